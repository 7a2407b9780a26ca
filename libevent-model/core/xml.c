/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/SAX2.h>
#include <stdlib.h>
#include <string.h>

#include "xml.h"
#include "xmlclean.h"
#include "xmltag.h"

/*
 * libxml2 holds a tag until it has ended, and compares the name of each of its
 * attributes with all before it.  Its dictionary of names grows lists, not
 * its table, and is searched in them.  The limits bound the time and stay
 * below those of its own, which cannot be told from other errors.
 */
enum {
	TAG_MAX = 8 * 1024 * 1024,
	TAG_LONG = 64 * 1024, /* looked at */
	ATTRS_MAX = 10000,
	NAMES_MAX = 1024 * 1024 /* bytes of names, each counted once */
};

enum { IN_SIZE = 64 * 1024 };

/* A tag that the parser holds because it has not ended. */
struct open_tag {
	uint64_t at;
	size_t seen; /* bytes of it */
	size_t attrs; /* values in those */
	char quote; /* in one of them, or 0 */
};

struct xml {
	const struct xml_handler *handler;
	void *arg;
	struct em_limits limits;
	xmlParserCtxtPtr parser;
	xmlSAXHandler sax;
	struct xml_attr *attrs; /* of the element that starts; reused */
	size_t attrs_size;
	const char **open; /* names of the elements that are open */
	unsigned depth;
	size_t open_size;
	struct buf text; /* since the last tag */
	bool cr; /* the last section of CDATA so far ends with a CR */
	struct open_tag tag;
	struct xmltag check;
	bool done, closing;
	uint64_t pushed; /* bytes given to the parser */
	uint64_t used; /* of those, up to the end of the root */
	size_t rest;
	uint64_t line; /* once done */
	struct em_error err;
	struct xmldecode decode;
	struct xmlclean clean;
	size_t in_n;
	char in[IN_SIZE];
};

/* ---- errors ---- */

static uint64_t
line_now(const struct xml *x)
{
	int line = xmlSAX2GetLineNumber(x->parser);

	return line > 0 ? (uint64_t)line : 1;
}

/* Stops the parser from within a callback. */
static void
stop(struct xml *x, enum em_code code, const char *what, size_t limit)
{
	err_set(&x->err, code, line_now(x), "XML: %s than the limit of %zu",
	    what, limit);
	xmlStopParser(x->parser);
}

#if LIBXML_VERSION >= 21200
typedef const xmlError *error_ptr;
#else
typedef xmlErrorPtr error_ptr;
#endif

static void
on_error(void *arg, error_ptr error)
{
	struct xml *x = arg;
	const char *msg = error->message != NULL ? error->message : "no reason";
	size_t n = strlen(msg);

	/* The others are about namespaces and do no harm. */
	if (error->level != XML_ERR_FATAL)
		return;
	while (n > 0 && (msg[n - 1] == '\n' || msg[n - 1] == '.'))
		n--;
	if (error->code == XML_ERR_NO_MEMORY && x->parser != NULL &&
	    xmlDictGetUsage(x->parser->dict) > NAMES_MAX)
		err_set(&x->err, EM_E_LIMIT, line_now(x),
		    "XML: more names than the limit of %d bytes", NAMES_MAX);
	else if (error->code == XML_ERR_NO_MEMORY)
		err_set(&x->err, EM_E_MEMORY, 0, "out of memory");
	else
		err_set(&x->err, EM_E_SYNTAX,
		    error->line > 0 ? (uint64_t)error->line : 0,
		    "malformed XML: %c%.*s", tolower((unsigned char)msg[0]),
		    (int)n - (n > 0), msg + (n > 0));
}

static void
on_print(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

/*
 * What has no parser at hand, such as running out of memory, goes to handlers
 * of the thread, which print unless they are set.  They may be the caller's.
 */
struct quiet {
	xmlGenericErrorFunc print;
	xmlStructuredErrorFunc error;
	void *print_arg, *error_arg;
};

static void
quiet_begin(struct quiet *q, struct xml *x)
{
	q->print = xmlGenericError;
	q->print_arg = xmlGenericErrorContext;
	q->error = xmlStructuredError;
	q->error_arg = xmlStructuredErrorContext;
	xmlSetGenericErrorFunc(x, on_print);
	xmlSetStructuredErrorFunc(x, on_error);
}

static void
quiet_end(const struct quiet *q)
{
	xmlSetGenericErrorFunc(q->print_arg, q->print);
	xmlSetStructuredErrorFunc(q->error_arg, q->error);
}

/* ---- what libxml2 calls ---- */

/* The text before a child; nothing for the handler to see at its own tags. */
static void
end_text(struct xml *x)
{
	if (x->text.n > 0 && x->handler->text != NULL)
		x->handler->text(x->arg, buf_str(&x->text));
	buf_reset(&x->text);
}

/* Makes room for n of size bytes in *p. */
static bool
grow(void **p, size_t *have, size_t n, size_t size)
{
	size_t more = *have * 2 > n ? *have * 2 : n + 16;
	void *q;

	if (n <= *have)
		return true;
	q = realloc(*p, more * size);
	if (q == NULL)
		return false;
	*p = q;
	*have = more;
	return true;
}

static void
on_start(void *arg, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int spaces, const xmlChar **space, int n, int defaults,
    const xmlChar **attrs)
{
	struct xml *x = arg;
	struct xml_node node = { .name = em_str((const char *)name),
		.uri = em_str((const char *)uri),
		.depth = x->depth };

	(void)prefix, (void)spaces, (void)space, (void)defaults;
	if (x->closing)
		return;
	if (x->depth >= x->limits.depth_max) {
		stop(x, EM_E_LIMIT, "nested deeper", x->limits.depth_max);
		return;
	}
	if (!grow((void **)&x->attrs, &x->attrs_size, (size_t)n,
		sizeof(*x->attrs)) ||
	    !grow((void **)&x->open, &x->open_size, (size_t)x->depth + 1,
		sizeof(*x->open))) {
		err_set(&x->err, EM_E_MEMORY, 0, "out of memory");
		xmlStopParser(x->parser);
		return;
	}
	for (int i = 0; i < n; i++, attrs += 5)
		x->attrs[i] = (struct xml_attr){ em_str((const char *)attrs[0]),
			{ (const char *)attrs[3],
			    (size_t)(attrs[4] - attrs[3]) } };
	end_text(x);
	x->open[x->depth++] = (const char *)name;
	node.attrs = x->attrs;
	node.attr_count = (size_t)n;
	node.line = line_now(x);
	x->handler->start(x->arg, &node);
}

static void
on_end(
    void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = arg;

	(void)prefix, (void)uri;
	if (x->closing)
		return;
	x->handler->end(x->arg, em_str((const char *)name), buf_str(&x->text));
	buf_reset(&x->text);
	x->cr = false;
	if (--x->depth > 0)
		return;
	x->done = true;
	x->used = (uint64_t)xmlByteConsumed(x->parser);
	x->line = line_now(x);
	xmlStopParser(x->parser);
}

static void
add_text(struct xml *x, const char *p, size_t n)
{
	buf_add(&x->text, (struct em_str){ p, n });
	if (x->text.failed)
		stop(x, EM_E_LIMIT, "text is longer", x->limits.memory_max);
}

static void
on_text(void *arg, const xmlChar *p, int n)
{
	struct xml *x = arg;

	x->cr = false;
	add_text(x, (const char *)p, (size_t)n);
}

/* A pushed section comes in pieces, its ends of line as they were. */
static void
on_cdata(void *arg, const xmlChar *p, int len)
{
	struct xml *x = arg;
	const char *s = (const char *)p, *cr;
	size_t n = (size_t)len;

	while (n > 0 && !x->text.failed) {
		if (x->cr && s[0] == '\n') {
			s++;
			n--;
		}
		x->cr = false;
		cr = n > 0 ? memchr(s, '\r', n) : NULL;
		if (cr == NULL) {
			add_text(x, s, n);
			return;
		}
		add_text(x, s, (size_t)(cr - s));
		add_text(x, "\n", 1);
		x->cr = true;
		n -= (size_t)(cr + 1 - s);
		s = cr + 1;
	}
}

/* ---- bytes in ---- */

struct xml *
xml_new(const struct xml_handler *h, void *arg, const struct em_limits *limits)
{
	struct xml *x = malloc(sizeof(*x));
	struct quiet quiet;

	if (x == NULL)
		return NULL;
	memset(x, 0, offsetof(struct xml, decode));
	x->handler = h;
	x->arg = arg;
	x->limits = *limits;
	x->in_n = 0;
	buf_init(&x->text, limits->memory_max);
	xmldecode_init(&x->decode);
	xmlclean_init(&x->clean);
	/* ignorableWhitespace is only told from text when it differs. */
	x->sax.initialized = XML_SAX2_MAGIC;
	x->sax.startElementNs = on_start;
	x->sax.endElementNs = on_end;
	x->sax.characters = x->sax.ignorableWhitespace = on_text;
	x->sax.cdataBlock = on_cdata;
	x->sax.serror = on_error;
	quiet_begin(&quiet, x);
	x->parser = xmlCreatePushParserCtxt(&x->sax, x, NULL, 0, NULL);
	/*
	 * No DTD reaches the parser, so there are no entities to expand;
	 * NOENT only makes it decode &amp; in attributes, which it leaves as
	 * &#38; otherwise.  Without HUGE its limits hold.
	 */
	if (x->parser != NULL) {
		xmlCtxtUseOptions(x->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
		xmlDictSetLimit(x->parser->dict, NAMES_MAX);
	}
	quiet_end(&quiet);
	if (x->parser != NULL)
		return x;
	xml_free(x);
	return NULL;
}

void
xml_free(struct xml *x)
{
	if (x == NULL)
		return;
	xmlFreeParserCtxt(x->parser);
	xmldecode_free(&x->decode);
	buf_free(&x->text);
	free(x->attrs);
	free(x->open);
	free(x);
}

static void
check_open_tag(struct xml *x)
{
	struct open_tag *tag = &x->tag;
	uint64_t at = (uint64_t)xmlByteConsumed(x->parser);
	size_t n = (size_t)(x->pushed - at);
	const char *p = (const char *)x->parser->input->cur;

	if (tag->at != at)
		*tag = (struct open_tag){ .at = at };
	if (n > TAG_MAX) {
		stop(x, EM_E_LIMIT, "a tag or comment is longer", TAG_MAX);
		return;
	}
	if (n < TAG_LONG || p[0] != '<' || p[1] == '!' || p[1] == '?')
		return;
	for (; tag->seen < n; tag->seen++) {
		char c = p[tag->seen];

		if (tag->quote != 0) {
			if (c == tag->quote)
				tag->quote = 0;
		} else if (c == '"' || c == '\'') {
			tag->quote = c;
			tag->attrs++;
		}
	}
	if (tag->attrs > ATTRS_MAX)
		stop(x, EM_E_LIMIT, "a tag has more attributes", ATTRS_MAX);
}

/* A fault in a tag ends the document there, so that the parser looks at the
 * tag as far as it goes: how many bytes were pushed. */
static size_t
push(struct xml *x, const char *p, size_t n)
{
	bool bad = !xmltag_check(&x->check, (struct em_str){ p, n }, &n);

	x->pushed += n;
	if (xmlParseChunk(x->parser, p, (int)n, bad) != 0 &&
	    x->err.code == EM_E_NONE && !x->done && x->parser->wellFormed == 0)
		err_set(&x->err, EM_E_SYNTAX, line_now(x), "malformed XML");
	if (bad && !x->done)
		err_set(&x->err, EM_E_SYNTAX, line_now(x),
		    "malformed XML: a tag is not one");
	if (!x->done && x->err.code == EM_E_NONE)
		check_open_tag(x);
	return n;
}

/*
 * Cleans and parses what is in the buffer.  Stops at the end of the root, at
 * an error, behind a declaration that changes how to decode, and when the
 * rest is too short to say: how many bytes it used.
 */
static size_t
parse_buffer(struct xml *x, bool last, bool *redecode)
{
	struct xmlclean *c = &x->clean;
	size_t used = 0, n = 1, made;

	*redecode = false;
	while (used < x->in_n && n > 0 && x->err.code == EM_E_NONE) {
		n = xmlclean_run(
		    c, (struct em_str){ x->in + used, x->in_n - used }, last);
		made = push(x, c->out, c->n);
		if (x->done)
			return used +
			    xmlclean_origin(
				c, made - (size_t)(x->pushed - x->used));
		used += n;
		*redecode = c->encoding.p != NULL &&
		    xmldecode_declare(&x->decode, c->encoding);
		if (*redecode)
			break;
	}
	return used;
}

/* How many bytes of raw, which before was about to see, make n bytes. */
static size_t
raw_length(struct xml *x, struct xmldecode *before, struct em_str raw, size_t n)
{
	struct em_str left = raw;
	size_t made = 1;

	while (n > 0 && left.n > 0 && made > 0) {
		made = xmldecode_run(before, &left, x->in, n, false);
		n -= made;
	}
	if (before->cd != x->decode.cd)
		xmldecode_free(before);
	/* What it holds now is behind them. */
	return raw.n - left.n - before->held;
}

/* Takes some of *bytes; false when it cannot go on. */
static bool
feed_some(struct xml *x, struct em_str *bytes, bool last)
{
	struct xmldecode before = x->decode;
	struct em_str raw = *bytes;
	size_t held = x->in_n, used;
	bool redecode;

	x->in_n += xmldecode_run(
	    &x->decode, bytes, x->in + held, IN_SIZE - held, last);
	used = parse_buffer(x, last && bytes->n == 0, &redecode);
	if (x->done) {
		*bytes =
		    str_from(raw, raw_length(x, &before, raw, used - held));
		return false;
	}
	x->in_n -= used;
	if (redecode) {
		/* What is behind the declaration was not decoded yet. */
		bytes->p -= x->in_n;
		bytes->n += x->in_n;
		x->in_n = 0;
	}
	memmove(x->in, x->in + used, x->in_n);
	return x->err.code == EM_E_NONE;
}

enum em_rc
xml_feed(struct xml *x, struct em_str bytes, struct em_error *e)
{
	struct quiet quiet;

	x->rest = bytes.n;
	if (x->err.code == EM_E_NONE && !x->done) {
		quiet_begin(&quiet, x);
		while (bytes.n > 0 && feed_some(x, &bytes, false))
			continue;
		quiet_end(&quiet);
		x->rest = bytes.n;
	}
	if (x->err.code == EM_E_NONE)
		return EM_OK;
	*e = x->err;
	return EM_ERR;
}

/* The input ended within the document: what is left of it is text. */
static void
cut_short(struct xml *x)
{
	char name[80];

	if (x->depth > 0)
		err_set(&x->err, EM_E_TRUNCATED, line_now(x),
		    "XML is cut inside of <%s>",
		    err_quote(name, em_str(x->open[x->depth - 1])));
	else
		err_set(&x->err, EM_E_TRUNCATED, line_now(x),
		    "XML is cut before its first element");
	x->closing = true;
	if (x->clean.state == XMLCLEAN_CDATA)
		xmlParseChunk(x->parser, "]]>", 3, 0);
	xmlParseChunk(x->parser, "", 0, 1);
	end_text(x);
}

enum em_rc
xml_finish(struct xml *x, struct em_error *e)
{
	struct em_str none = { "", 0 };
	struct quiet quiet;

	if (!x->done && x->err.code == EM_E_NONE) {
		quiet_begin(&quiet, x);
		feed_some(x, &none, true);
		if (!x->done && x->err.code == EM_E_NONE &&
		    (x->clean.declared || x->clean.has_doctype ||
			x->clean.state != XMLCLEAN_START))
			cut_short(x);
		quiet_end(&quiet);
	}
	if (x->err.code == EM_E_NONE)
		return EM_EOF;
	*e = x->err;
	return EM_ERR;
}

struct em_str
xml_attr(const struct xml_node *n, const char *name)
{
	for (size_t i = 0; i < n->attr_count; i++)
		if (str_eq(n->attrs[i].name, name))
			return n->attrs[i].value;
	return (struct em_str){ NULL, 0 };
}

uint64_t
xml_replaced(const struct xml *x)
{
	return x->clean.replaced + x->decode.replaced;
}

uint64_t
xml_noise(const struct xml *x)
{
	return x->clean.noise;
}

uint64_t
xml_line(const struct xml *x)
{
	return x->done ? x->line : line_now(x);
}

bool
xml_done(const struct xml *x)
{
	return x->done;
}

size_t
xml_rest(const struct xml *x)
{
	return x->rest;
}
