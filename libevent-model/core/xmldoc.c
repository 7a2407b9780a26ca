/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "foreign.h"
#include "xmldoc.h"

enum {
	FEED = 64 * 1024,
	HEAD_MAX = 4 * 1024 * 1024, /* what a probe may ask for */
	SKIP = 255 /* an element that no rule names */
};

/* ---- what the parser says ---- */

static struct xdoc *
doc_of(struct em_reader *r)
{
	/* Each XML format has its struct xdoc first in its state. */
	return r->state;
}

static unsigned
innermost(const struct xdoc *d)
{
	return d->path.n > 0 ? (uint8_t)d->path.p[d->path.n - 1] : XDOC_TOP;
}

static unsigned
find_rule(const struct xdoc *d, struct em_str name)
{
	unsigned in = innermost(d);

	for (const struct xdoc_rule *x = d->rules; x->name != NULL; x++)
		if (x->in == in &&
		    (x->name[0] == '*' ? str_ends(name, x->name + 1)
				       : str_eq(name, x->name)))
			return x->is;
	return SKIP;
}

static void
on_start(void *arg, const struct xml_node *n)
{
	struct em_reader *r = arg;
	struct xdoc *d = doc_of(r);
	unsigned is = find_rule(d, n->name);
	char byte = (char)is;

	d->rooted = true;
	buf_add(&d->path, (struct em_str){ &byte, 1 });
	if (is != SKIP)
		d->start(r, is, n);
}

static void
on_end(void *arg, struct em_str name, struct em_str text)
{
	struct em_reader *r = arg;
	struct xdoc *d = doc_of(r);
	unsigned is = innermost(d);

	(void)name;
	if (d->path.n == 0)
		return;
	if (is != SKIP)
		d->end(r, is, text);
	d->path.n--;
}

static void
on_text(void *arg, struct em_str text)
{
	struct em_reader *r = arg;
	struct xdoc *d = doc_of(r);
	unsigned is = innermost(d);

	if (d->text != NULL && d->path.n > 0 && is != SKIP)
		d->text(r, is, text);
}

static const struct xml_handler handler = { on_start, on_end, on_text };

/* ---- documents ---- */

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes of white space at the start of s. */
static size_t
spaces(struct em_str s)
{
	size_t n = 0;

	while (n < s.n && is_space(s.p[n]))
		n++;
	return n;
}

static bool
is_utf16(struct em_str s)
{
	return s.n >= 2 &&
	    (str_starts(s, "\xff\xfe") || str_starts(s, "\xfe\xff") ||
		(s.p[0] == '<' && s.p[1] == '\0') ||
		(s.p[0] == '\0' && s.p[1] == '<'));
}

/* What comes of it is said when the format has sent what it holds. */
static enum em_rc
end(struct xdoc *d, bool complete, enum em_rc then)
{
	d->ended = true;
	d->complete = complete;
	d->then = then;
	return EM_OK;
}

static enum em_rc
malformed(struct em_reader *r, struct xdoc *d, const struct em_error *e)
{
	return end(d, false, foreign_malformed(r, d->line, e));
}

static enum em_rc
feed(struct em_reader *r, struct xdoc *d)
{
	struct em_str part = str_upto(in_peek(r->in), FEED);
	struct em_error e = { .code = EM_E_NONE };

	if (xml_feed(d->xml, part, &e) == EM_ERR) {
		in_consume_upto(
		    r->in, part.n, d->line + e.line - in_lines(r->in));
		return malformed(r, d, &e);
	}
	if (d->path.failed)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	if (xml_done(d->xml)) {
		part.n -= xml_rest(d->xml);
		end(d, true, EM_OK);
	}
	in_consume_lines(r->in, part.n);
	return EM_OK;
}

static enum em_rc
finish(struct em_reader *r, struct xdoc *d)
{
	uint64_t replaced = xml_replaced(d->xml);

	if (!d->over(r, d->complete))
		return EM_OK;
	if (replaced > 0)
		rd_warn(r, "%llu characters that XML forbids were replaced",
		    (unsigned long long)replaced);
	xml_free(d->xml);
	d->xml = NULL;
	return d->then;
}

static enum em_rc
cut_short(struct em_reader *r, struct xdoc *d)
{
	struct em_error e = { .code = EM_E_NONE };
	enum em_rc rc = xml_finish(d->xml, &e);

	if (rc == EM_EOF && d->rooted)
		return end(d, true, EM_OK);
	/* What is wrong besides being cut is said, too. */
	if (rc == EM_ERR && e.code != EM_E_TRUNCATED)
		return malformed(r, d, &e);
	rd_cut(r, "the document is cut short");
	return end(d, false, EM_EOF);
}

static enum em_rc
start(struct em_reader *r, struct xdoc *d)
{
	d->xml = xml_new(&handler, r, &r->opts.limits);
	if (d->xml == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	if (!d->any)
		buf_init(&d->path, r->opts.limits.depth_max + (size_t)1);
	buf_reset(&d->path);
	d->rooted = d->ended = false;
	d->any = true;
	d->line = in_lines(r->in);
	return EM_OK;
}

/* Whether a document of the format starts here.  The one that the user says
 * is there is taken at its first tag. */
static int
ours(struct em_reader *r, struct xdoc *d, bool eof)
{
	struct em_str head = in_peek(r->in);

	if (is_utf16(head))
		return 1;
	if (head.n > 0 && head.p[0] != '<')
		return 0;
	if (head.n < 2)
		return eof ? 0 : PROBE_MORE;
	if (!d->any && r->opts.format != NULL)
		return 1;
	return r->format->probe(head, eof || head.n >= HEAD_MAX);
}

/* Space before a tag goes; of other text only lines without any, since what it
 * is set in by belongs to it. */
static void
skip_space(struct em_reader *r)
{
	struct em_str head = in_peek(r->in);
	size_t n = spaces(head);

	if (n == head.n || head.p[n] != '<')
		while (n > 0 && head.p[n - 1] != '\n')
			n--;
	in_consume_lines(r->in, n);
}

static enum em_rc
seek(struct em_reader *r, struct xdoc *d)
{
	struct em_str head = in_peek(r->in), line;
	bool lf;
	int rc;

	if (in_bytes(r->in) == 0 && str_starts(head, "\xef\xbb\xbf"))
		in_consume(r->in, 3);
	skip_space(r);
	head = in_peek(r->in);
	rc = spaces(head) < head.n ? ours(r, d, false) : PROBE_MORE;
	if (rc == PROBE_MORE) {
		enum em_rc more = in_more(r->in);

		if (more != EM_EOF)
			return more;
		rc = ours(r, d, true);
	}
	if (rc > 0)
		return start(r, d);
	if (spaces(head) < head.n && in_line(r->in, &line, &lf) == EM_OK)
		return rd_noise(r, line);
	if (!d->any)
		rd_cut(r, "there is no document in the input");
	return EM_EOF;
}

enum em_rc
xdoc_step(struct em_reader *r, struct xdoc *d)
{
	enum em_rc rc;

	if (d->xml == NULL)
		return seek(r, d);
	if (d->ended)
		return finish(r, d);
	if (in_peek(r->in).n > 0)
		return feed(r, d);
	rc = in_more(r->in);
	return rc == EM_EOF ? cut_short(r, d) : rc;
}

void
xdoc_close(struct xdoc *d)
{
	xml_free(d->xml);
	buf_free(&d->path);
}

uint64_t
xdoc_line(const struct xdoc *d, const struct xml_node *n)
{
	return d->line + n->line;
}

int
xdoc_probe(struct em_str head, bool eof, const char *const *roots)
{
	char name[64];
	struct em_str tag;
	int rc = probe_xml(head, eof, name, &tag);

	if (rc != 1)
		return rc;
	if (str_starts(head, "\xef\xbb\xbf"))
		head = str_from(head, 3);
	for (; *roots != NULL; roots++)
		if (strcmp(name, *roots) == 0)
			return str_starts(str_trim(head), "<")
			    ? PROBE_SURE
			    : 8 * (int)strlen(name);
	return 0;
}
