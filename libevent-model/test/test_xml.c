/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "xml.h"

static const struct em_limits limits = { 1 << 20, 16 << 20, 100 };

/* What the handler is told, as text: <a k=v> for a start, (text) for text
 * before a child, text</a> for an end; | between documents. */
struct log {
	struct buf text;
	struct em_error err;
	uint64_t replaced, noise, line;
	unsigned documents;
	bool complete; /* the last document */
};

static void
add(struct log *l, const char *s)
{
	buf_add(&l->text, em_str(s));
}

static void
on_start(void *arg, const struct xml_node *n)
{
	struct log *l = arg;

	add(l, "<");
	buf_add(&l->text, n->name);
	for (size_t i = 0; i < n->attr_count; i++) {
		add(l, " ");
		buf_add(&l->text, n->attrs[i].name);
		add(l, "=");
		buf_add(&l->text, n->attrs[i].value);
	}
	add(l, ">");
}

static void
on_end(void *arg, struct em_str name, struct em_str text)
{
	struct log *l = arg;

	buf_add(&l->text, text);
	add(l, "</");
	buf_add(&l->text, name);
	add(l, ">");
}

static void
on_text(void *arg, struct em_str text)
{
	struct log *l = arg;

	add(l, "(");
	buf_add(&l->text, text);
	add(l, ")");
}

static const struct xml_handler handler = { on_start, on_end, on_text };

/* One document; what it did not use of s. */
static struct em_str
read_document(struct log *l, struct em_str s, size_t chunk)
{
	struct xml *x = xml_new(&handler, l, &limits);
	enum em_rc rc = EM_OK;

	ck_assert_ptr_nonnull(x);
	while (s.n > 0 && rc == EM_OK && !xml_done(x)) {
		/* memory of its own, so that a look past the end is seen */
		struct em_str part = str_upto(s, chunk);
		char *own = malloc(part.n);

		memcpy(own, part.p, part.n);
		rc = xml_feed(x, (struct em_str){ own, part.n }, &l->err);
		free(own);
		ck_assert_uint_le(xml_rest(x), part.n);
		s = str_from(s, rc == EM_OK ? part.n - xml_rest(x) : s.n);
	}
	if (rc == EM_OK)
		rc = xml_finish(x, &l->err);
	ck_assert_int_eq(rc, l->err.code == EM_E_NONE ? EM_EOF : EM_ERR);
	l->complete = xml_done(x);
	l->replaced += xml_replaced(x);
	l->noise += xml_noise(x);
	l->line = xml_line(x);
	xml_free(x);
	return s;
}

static void
read_all(struct log *l, struct em_str s, size_t chunk)
{
	*l = (struct log){ 0 };
	buf_init(&l->text, 64 << 20);
	do {
		if (l->documents > 0)
			add(l, "|");
		s = read_document(l, s, chunk);
		l->documents += l->complete;
	} while (l->complete && s.n > 0);
}

static void
check_str(struct em_str got, const char *want)
{
	ck_assert_msg(str_eq(got, want), "got \"%.*s\", want \"%s\"",
	    (int)got.n, got.p, want);
}

#define FFFD "\xef\xbf\xbd"
#define E_ACUTE "\xc3\xa9"

static const struct {
	struct em_str text;
	const char *log;
	unsigned replaced;
} documents[] = {
	{ EM_STR("<a/>"), "<a></a>", 0 },
	{ EM_STR("<a b='1' c=\"x y\">t<b/>u</a>"),
	    "<a b=1 c=x y>(t)<b></b>u</a>", 0 },
	/* namespaces: local names, whether the prefix is bound or not */
	{ EM_STR("<p:a xmlns:p='u' p:b='1'><q:c/></p:a>"), "<a b=1><c></c></a>",
	    0 },
	/* decoding, in attributes and in text */
	{ EM_STR("<a b='&amp;&lt;&#233;&#x1F600;&apos;'>&amp;&gt;&#xe9;</a>"),
	    "<a b=&<" E_ACUTE "\xf0\x9f\x98\x80'>&>" E_ACUTE "</a>", 0 },
	{ EM_STR("<a b='x\n\ty'>1\r\n2</a>"), "<a b=x  y>1\n2</a>", 0 },
	{ EM_STR("<a>x<![CDATA[<y>&amp;]]]]><![CDATA[>\r\n]]>z</a>"),
	    "<a>x<y>&amp;]]>\nz</a>", 0 },
	{ EM_STR("<a><!-- <b> & ]]> -->x<?pi <c> & ?>y</a>"), "<a>xy</a>", 0 },
	/* forbidden characters, raw and by reference */
	{ EM_STR("<a b='\x1b[0m'>\x01\t\0z</a>"),
	    "<a b=" FFFD "[0m>" FFFD "\t" FFFD "z</a>", 3 },
	{ EM_STR("<a b='&#27;'>&#x1b;&#x1B;&#0;&#8;&#xFFFE;&#xd800;</a>"),
	    "<a b=" FFFD ">" FFFD FFFD FFFD FFFD FFFD FFFD "</a>", 7 },
	{ EM_STR("<a>&#x110000;&#99999999999;&#9;&#x0d;</a>"),
	    "<a>" FFFD FFFD "\t\r</a>", 2 },
	/* where a reference is not one, it stays; a raw character does not */
	{ EM_STR("<a><![CDATA[&#27;\x1b]]><!--&#27;\x1b--></a>"),
	    "<a>&#27;" FFFD "</a>", 2 },
	/* what was not escaped */
	{ EM_STR(
	      "<a b='x & y &c'>1 && 2 &#; &#x; &#12 &nbsp; &amp ]]> ]]]></a>"),
	    "<a b=x & y &c>1 && 2 &#; &#x; &#12 &nbsp; &amp ]]> ]]]></a>", 9 },
	/* bytes that are not UTF-8 */
	{ EM_STR("<a b='\xe9'>caf\xe9 \xc0\xaf\xed\xa0\x80" E_ACUTE "</a>"),
	    "<a b=" FFFD ">caf" FFFD " " FFFD FFFD FFFD FFFD FFFD E_ACUTE
	    "</a>",
	    7 },
	{ EM_STR("<a>\xef\xbf\xbf\xef\xbf\xbd</a>"), "<a>" FFFD FFFD "</a>",
	    1 },
	/* encodings: declared, by BOM, by the look of it */
	{ EM_STR("<?xml version='1.0' encoding='utf-8'?><a>" E_ACUTE "</a>"),
	    "<a>" E_ACUTE "</a>", 0 },
	{ EM_STR("<?xml version=\"1.0\" encoding = \"ISO-8859-1\" ?>\n"
		 "<a b='\xe9'>\xe9</a>"),
	    "<a b=" E_ACUTE ">" E_ACUTE "</a>", 0 },
	{ EM_STR("<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>"),
	    "<a>\xe2\x82\xac</a>", 0 },
	{ EM_STR("<?xml version='1.0' encoding='Shift_JIS'?><a>\x93\xfa</a>"),
	    "<a>\xe6\x97\xa5</a>", 0 },
	{ EM_STR("\xef\xbb\xbf<?xml version='1.0'?><a>" E_ACUTE "</a>"),
	    "<a>" E_ACUTE "</a>", 0 },
	{ EM_STR("\xff\xfe<\0a\0>\0\xe9\0=\xd8\0\xde<\0/\0a\0>\0"),
	    "<a>" E_ACUTE "\xf0\x9f\x98\x80</a>", 0 },
	{ EM_STR("\xfe\xff\0<\0a\0>\0\xe9\0<\0/\0a\0>"), "<a>" E_ACUTE "</a>",
	    0 },
	{ EM_STR("<\0a\0>\0\xe9\0<\0/\0a\0>\0"), "<a>" E_ACUTE "</a>", 0 },
	{ EM_STR("\xff\xfe\0\0<\0\0\0a\0\0\0/\0\0\0>\0\0\0"), "<a></a>", 0 },
	/* half a surrogate pair, and what follows is still read */
	{ EM_STR("\xff\xfe<\0a\0>\0=\xd8x\0<\0/\0a\0>\0"), "<a>" FFFD "x</a>",
	    1 },
	/* encodings declared wrongly */
	{ EM_STR("<?xml version='1.0' encoding='utf-16'?><a>" E_ACUTE "</a>"),
	    "<a>" E_ACUTE "</a>", 0 },
	{ EM_STR("<?xml version='1.0' encoding='utf-8'?><a>\xe9</a>"),
	    "<a>" FFFD "</a>", 1 },
	{ EM_STR("<?xml version='1.0' encoding='klingon'?><a>" E_ACUTE "</a>"),
	    "<a>" E_ACUTE "</a>", 0 },
	{ EM_STR("<?xml version='1.0' encoding='latin1//IGNORE'?><a>x</a>"),
	    "<a>x</a>", 0 },
	{ EM_STR("\xef\xbb\xbf<?xml version='1.0' encoding='gb2312'?>"
		 "<a>\xb0\xa1</a>"),
	    "<a>\xe5\x95\x8a</a>", 0 },
	/* the declaration not where it should be, or not as */
	{ EM_STR("\n  <?xml version='1.0'?><a/>"), "<a></a>", 0 },
	{ EM_STR("<!-- c -->\n<?xml version='1.0'?><a/>"), "<a></a>", 0 },
	{ EM_STR("<?xml version=1.1 ?><a/>"), "<a></a>", 0 },
	/* DTDs: nothing declared, nothing fetched, nothing expanded */
	{ EM_STR("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"), "<a></a>",
	    0 },
	{ EM_STR("<!DOCTYPE a [ <!-- ]> ' --> <?pi ]> \" ?>\n"
		 "<!ENTITY e SYSTEM 'file:///etc/passwd'>\n"
		 "<!ENTITY % p \"]>\"> %p; <!ATTLIST a d CDATA '>'> ] >\n"
		 "<a b='&e;'>&e;</a>"),
	    "<a b=&e;>&e;</a>", 2 },
};

START_TEST(reads_documents)
{
	struct em_str text = documents[_i].text;
	struct log l;

	for (size_t chunk = 1; chunk < 40; chunk++) {
		read_all(&l, text, chunk < 39 ? chunk : text.n);
		ck_assert_msg(l.err.code == EM_E_NONE, "%s", l.err.msg);
		ck_assert_uint_eq(l.documents, 1);
		check_str(buf_str(&l.text), documents[_i].log);
		ck_assert_uint_eq(l.replaced, documents[_i].replaced);
		ck_assert_uint_eq(l.noise, 0);
		buf_free(&l.text);
	}
}
END_TEST

static const struct {
	struct em_str text;
	const char *log;
	unsigned documents, noise;
} streams[] = {
	{ EM_STR(""), "", 0, 0 },
	{ EM_STR(" \n\n"), "", 0, 0 },
	{ EM_STR("not XML at all: 1 < 2 <b>"), "", 0, 18 },
	{ EM_STR("<!-- alone -->\n"), "", 0, 0 },
	{ EM_STR("make: Nothing\n <3 <x>\n<a/>"), "<a></a>", 1, 17 },
	{ EM_STR("[12:00] <?xml version='1.0'?>raw\n<a/>"), "<a></a>", 1, 10 },
	{ EM_STR("<a/><b/>"), "<a></a>|<b></b>", 2, 0 },
	{ EM_STR("<a>1</a>\n<?xml version='1.0'?>\n<b>2</b>\n\n"),
	    "<a>1</a>|<b>2</b>|", 2, 0 },
	{ EM_STR("<a/><!-- end --><?pi?>\n"), "<a></a>|", 1, 0 },
	{ EM_STR("<a>\x1b</a>tail"), "<a>" FFFD "</a>|", 1, 4 },
	/* each with its encoding */
	{ EM_STR("<?xml version='1.0' encoding='latin1'?><a>\xe9</a>"
		 "<b>" E_ACUTE "</b>"),
	    "<a>" E_ACUTE "</a>|<b>" E_ACUTE "</b>", 2, 0 },
	{ EM_STR("<\0a\0/\0>\0<\0b\0/\0>\0"), "<a></a>|<b></b>", 2, 0 },
};

START_TEST(reads_one_after_another)
{
	struct em_str text = streams[_i].text;
	struct log l;

	for (size_t chunk = 1; chunk < 40; chunk++) {
		read_all(&l, text, chunk);
		ck_assert_msg(l.err.code == EM_E_NONE, "%s", l.err.msg);
		check_str(buf_str(&l.text), streams[_i].log);
		ck_assert_uint_eq(l.documents, streams[_i].documents);
		ck_assert_uint_eq(l.noise, streams[_i].noise);
		buf_free(&l.text);
	}
}
END_TEST

static const struct {
	struct em_str text;
	const char *log;
	enum em_code code;
	unsigned line;
	const char *msg; /* or NULL */
} damaged[] = {
	/* cut: what was complete is there, and the text so far */
	{ EM_STR("<a>\n<b>1</b>\n<c>2 < 3</c>"), "<a>(\n)<b>1</b>(\n)<c>",
	    EM_E_SYNTAX, 3, NULL },
	{ EM_STR("<a>\n<b>1</b><c>2\n3"), "<a>(\n)<b>1</b><c>(2\n3)",
	    EM_E_TRUNCATED, 2, "XML is cut inside of <c>" },
	{ EM_STR("<a><b>x</b>y</"), "<a><b>x</b>(y)", EM_E_TRUNCATED, 1,
	    "XML is cut inside of <a>" },
	{ EM_STR("<a><![CDATA[x]]"), "<a>(x]])", EM_E_TRUNCATED, 1,
	    "XML is cut inside of <a>" },
	{ EM_STR("<a>x&#1"), "<a>(x)", EM_E_TRUNCATED, 1,
	    "XML is cut inside of <a>" },
	/* a tag that is cut may be of another name, so it is none */
	{ EM_STR("<a><testca"), "<a>", EM_E_TRUNCATED, 1,
	    "XML is cut inside of <a>" },
	{ EM_STR("<a><b c='1'"), "<a>", EM_E_TRUNCATED, 1, NULL },
	{ EM_STR("<a"), "", EM_E_TRUNCATED, 1,
	    "XML is cut before its first element" },
	{ EM_STR("<?xml version='1.0'?>\n"), "", EM_E_TRUNCATED, 1,
	    "XML is cut before its first element" },
	{ EM_STR("<!DOCTYPE a [\n"), "", EM_E_TRUNCATED, 1, NULL },
	{ EM_STR("<a><b c='x>\n</a>"), "<a>", EM_E_SYNTAX, 2, NULL },
	{ EM_STR("<a><b c='x>\n"), "<a>", EM_E_TRUNCATED, 1,
	    "XML is cut inside of <a>" },
	/* malformed, whatever comes or does not come behind */
	{ EM_STR("<a><b c='x><d"), "<a>", EM_E_SYNTAX, 1,
	    "malformed XML: unescaped '<' not allowed in attributes values" },
	{ EM_STR("<a><b c=\"\"\" d"), "<a>", EM_E_SYNTAX, 1,
	    "malformed XML: attributes construct error" },
	{ EM_STR("<a><b <c/></b></a>"), "<a>", EM_E_SYNTAX, 1, NULL },
	{ EM_STR("<a><b/ ></a>"), "<a>", EM_E_SYNTAX, 1, NULL },
	{ EM_STR("<a><b c d='>'"), "<a>", EM_E_SYNTAX, 1, NULL },
	{ EM_STR("<a>x</'a>"), "<a>", EM_E_SYNTAX, 1, NULL },
	{ EM_STR("<a><!x"), "<a>", EM_E_SYNTAX, 1, NULL },
	{ EM_STR("<a>\n<b></a>\n</b>"), "<a>(\n)<b>", EM_E_SYNTAX, 2,
	    "malformed XML: opening and ending tag mismatch: "
	    "b line 2 and a" },
	{ EM_STR("<a b='1' b='2'/>"), "", EM_E_SYNTAX, 1,
	    "malformed XML: attribute b redefined" },
	{ EM_STR("\n\n<a b=1/>"), "", EM_E_SYNTAX, 3, NULL },
	{ EM_STR("<!DOCTYPE a\n[\n<!ENTITY x 'y'>\n]>\n<a>\n<b c/></a>"), "<a>",
	    EM_E_SYNTAX, 6, NULL },
};

START_TEST(keeps_what_came_before_damage)
{
	struct log l;

	for (size_t chunk = 1; chunk < 40; chunk++) {
		read_all(&l, damaged[_i].text, chunk);
		ck_assert_uint_eq(l.documents, 0);
		/* how much of the text before the fault has been seen depends
		 * on the pieces */
		if (damaged[_i].code == EM_E_TRUNCATED)
			check_str(buf_str(&l.text), damaged[_i].log);
		else
			ck_assert(str_starts(
			    em_str(damaged[_i].log), l.text.n > 0 ? "<" : ""));
		ck_assert_int_eq(l.err.code, damaged[_i].code);
		ck_assert_uint_eq(l.err.line, damaged[_i].line);
		if (damaged[_i].msg != NULL)
			ck_assert_str_eq(l.err.msg, damaged[_i].msg);
		buf_free(&l.text);
	}
}
END_TEST

/* ---- size ---- */

/* Feeds head, n times body and tail, in pieces of 64 KiB. */
static void
read_repeated(struct log *l, const char *head, const char *body, size_t n,
    const char *tail)
{
	struct buf text;

	buf_init(&text, SIZE_MAX);
	buf_add(&text, em_str(head));
	for (size_t i = 0; i < n; i++)
		buf_add(&text, em_str(body));
	buf_add(&text, em_str(tail));
	read_all(l, buf_str(&text), 65536);
	buf_free(&text);
}

/* Longer than what libxml2 allows, and what it can do in linear time. */
START_TEST(reads_long_text)
{
	static const struct {
		const char *head, *body, *tail;
		size_t length; /* of body as text */
	} long_text[] = {
		{ "<a>", "0123456789abcde\n", "</a>", 16 },
		{ "<a><![CDATA[", "[01234567]<&>\r\n", "]]></a>", 14 },
		{ "<a>", "&lt;\x1b\xc3\xa9 long", "</a>", 11 },
		{ "<a><![CDATA[", "]]]]\xc3\xa9]&#27;\r", "]]></a>", 13 },
	};
	const size_t n = 800000;

	for (size_t i = 0; i < ARRAY_LEN(long_text); i++) {
		struct log l;

		read_repeated(&l, long_text[i].head, long_text[i].body, n,
		    long_text[i].tail);
		ck_assert_msg(l.err.code == EM_E_NONE, "%s", l.err.msg);
		ck_assert(l.complete);
		ck_assert_uint_eq(
		    l.text.n, n * long_text[i].length + strlen("<a></a>"));
		buf_free(&l.text);
	}
}
END_TEST

static const struct {
	const char *head, *body;
	size_t times;
	const char *tail, *msg;
} too_much[] = {
	{ "<a>", "0123456789abcdef", 1 << 20 | 1, "</a>",
	    "XML: text is longer than the limit of 16777216" },
	{ "<a b='", "0123456789abcdef", 1 << 20, "'/>",
	    "XML: a tag or comment is longer than the limit of 8388608" },
	{ "<a>", "<b>", 100, "", "XML: nested deeper than the limit of 100" },
	{ "<a ", " b=''", 100000, "/>",
	    "XML: a tag has more attributes than the limit of 10000" },
	{ "<a><!--", "0123456789abcdef", 1 << 20, "--></a>",
	    "XML: a tag or comment is longer than the limit of 8388608" },
};

START_TEST(limits_size)
{
	struct log l;

	read_repeated(&l, too_much[_i].head, too_much[_i].body,
	    too_much[_i].times, too_much[_i].tail);
	ck_assert_int_eq(l.err.code, EM_E_LIMIT);
	ck_assert_str_eq(l.err.msg, too_much[_i].msg);
	buf_free(&l.text);
}
END_TEST

/* Each name is another one. */
START_TEST(limits_names)
{
	struct buf text;
	struct log l;
	char tag[16];

	buf_init(&text, SIZE_MAX);
	buf_add(&text, EM_STR("<a>"));
	for (int i = 0; i < 1000000; i++) {
		snprintf(tag, sizeof(tag), "<b%d/>", i);
		buf_add(&text, em_str(tag));
	}
	read_all(&l, buf_str(&text), 65536);
	ck_assert_int_eq(l.err.code, EM_E_LIMIT);
	ck_assert_str_eq(
	    l.err.msg, "XML: more names than the limit of 1048576 bytes");
	buf_free(&text);
	buf_free(&l.text);
}
END_TEST

/* Nine levels of ten references each would be a billion. */
START_TEST(expands_no_entity)
{
	struct buf text;
	struct log l;
	char decl[64];

	buf_init(&text, SIZE_MAX);
	buf_add(&text, EM_STR("<!DOCTYPE a [<!ENTITY e0 'ha'>\n"));
	for (int i = 1; i < 10; i++) {
		snprintf(decl, sizeof(decl), "<!ENTITY e%d '", i);
		buf_add(&text, em_str(decl));
		snprintf(decl, sizeof(decl), "&e%d;", i - 1);
		for (int k = 0; k < 10; k++)
			buf_add(&text, em_str(decl));
		buf_add(&text, EM_STR("'>\n"));
	}
	buf_add(&text, EM_STR("]>\n<a b='&e9;'>&e9;</a>"));
	read_all(&l, buf_str(&text), 65536);
	ck_assert_int_eq(l.err.code, EM_E_NONE);
	check_str(buf_str(&l.text), "<a b=&e9;>&e9;</a>");
	ck_assert_uint_eq(l.line, 12);
	buf_free(&text);
	buf_free(&l.text);
}
END_TEST

/* Line feeds are all that is kept of what is dropped; they must fit. */
START_TEST(drops_many_lines)
{
	for (size_t before = 31000; before < 33000; before += 97) {
		struct buf text;
		struct log l;

		buf_init(&text, SIZE_MAX);
		for (size_t i = 0; i < before; i++)
			buf_add(&text, EM_STR("\n"));
		buf_add(&text, EM_STR("<?xml"));
		for (size_t i = 0; i < 990; i++)
			buf_add(&text, EM_STR("\n"));
		buf_add(&text, EM_STR("?><!DOCTYPE a ["));
		for (size_t i = 0; i < before; i++)
			buf_add(&text, EM_STR("\n"));
		buf_add(&text, EM_STR("]><a>&#27;</a>"));
		read_all(&l, buf_str(&text), 65536);
		ck_assert_int_eq(l.err.code, EM_E_NONE);
		check_str(buf_str(&l.text), "<a>" FFFD "</a>");
		ck_assert_uint_eq(l.line, 2 * before + 991);
		buf_free(&text);
		buf_free(&l.text);
	}
}
END_TEST

static void
note_node(void *arg, const struct xml_node *n)
{
	struct log *l = arg;
	char text[64];

	snprintf(text, sizeof(text), "%.*s %u %u;", (int)n->name.n, n->name.p,
	    n->depth, (unsigned)n->line);
	add(l, text);
	if (n->depth == 0) {
		check_str(n->uri, "urn:x");
		check_str(xml_attr(n, "b"), "1");
		check_str(xml_attr(n, "c"), "");
		ck_assert_ptr_null(xml_attr(n, "d").p);
	} else {
		ck_assert_ptr_null(n->uri.p);
	}
}

static void
no_end(void *arg, struct em_str name, struct em_str text)
{
	(void)arg;
	(void)name;
	(void)text;
}

START_TEST(tells_about_nodes)
{
	const struct xml_handler h = { note_node, no_end, NULL };
	struct em_error e = { 0 };
	struct log l = { 0 };
	struct xml *x = xml_new(&h, &l, &limits);

	buf_init(&l.text, 1024);
	ck_assert_int_eq(xml_feed(x,
			     EM_STR("noise\n<?xml\nversion='1.0'?>\n"
				    "<!DOCTYPE x\n[\n]>\n"
				    "<x xmlns='urn:x' b='1' c=''>\n"
				    "text<y xmlns=''><z/></y>\n</x>\n\n"),
			     &e),
	    EM_OK);
	check_str(buf_str(&l.text), "x 0 7;y 1 8;z 2 8;");
	ck_assert(xml_done(x));
	ck_assert_uint_eq(xml_rest(x), 2);
	ck_assert_uint_eq(xml_line(x), 9);
	/* what comes behind is not used, and does not matter */
	ck_assert_int_eq(xml_feed(x, EM_STR("</x>"), &e), EM_OK);
	ck_assert_uint_eq(xml_rest(x), 4);
	ck_assert_int_eq(xml_finish(x, &e), EM_EOF);
	xml_free(x);
	buf_free(&l.text);
}
END_TEST

START_TEST(errors_stick)
{
	struct em_error e = { 0 };
	struct log l = { 0 };
	struct xml *x = xml_new(&handler, &l, &limits);

	buf_init(&l.text, 1024);
	ck_assert_int_eq(xml_feed(x, EM_STR("<a></b>"), &e), EM_ERR);
	e = (struct em_error){ 0 };
	ck_assert_int_eq(xml_feed(x, EM_STR("</a>"), &e), EM_ERR);
	ck_assert_int_eq(e.code, EM_E_SYNTAX);
	e = (struct em_error){ 0 };
	ck_assert_int_eq(xml_finish(x, &e), EM_ERR);
	ck_assert_int_eq(e.code, EM_E_SYNTAX);
	xml_free(x);
	xml_free(NULL);
	buf_free(&l.text);
}
END_TEST

Suite *xml_suite(void);

Suite *
xml_suite(void)
{
	Suite *s = suite_create("xml");
	TCase *t = tcase_create("documents"), *big = tcase_create("size");

	tcase_add_loop_test(t, reads_documents, 0, ARRAY_LEN(documents));
	tcase_add_loop_test(t, reads_one_after_another, 0, ARRAY_LEN(streams));
	tcase_add_loop_test(
	    t, keeps_what_came_before_damage, 0, ARRAY_LEN(damaged));
	tcase_add_test(t, tells_about_nodes);
	tcase_add_test(t, errors_stick);
	tcase_add_test(t, expands_no_entity);
	tcase_add_test(t, drops_many_lines);
	suite_add_tcase(s, t);
	tcase_set_timeout(big, 60);
	tcase_add_test(big, reads_long_text);
	tcase_add_loop_test(big, limits_size, 0, ARRAY_LEN(too_much));
	tcase_add_test(big, limits_names);
	suite_add_tcase(s, big);
	return s;
}
