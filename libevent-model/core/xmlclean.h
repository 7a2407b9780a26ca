/* SPDX-License-Identifier: MIT */
/*
 * Bytes on their way to an XML parser: what real reports hold and parsers
 * refuse or must not be trusted with.  First to UTF-8, whatever the bytes
 * are; then noise before the document, its declaration and its DTD go, and
 * characters that XML forbids, raw or by reference, become U+FFFD.  For the
 * files whose names start with xml only.
 */
#ifndef XMLCLEAN_H
#define XMLCLEAN_H

#include <iconv.h>

#include "core.h"

/* ---- xmldecode.c: to UTF-8 ---- */

struct xmldecode {
	enum { XMLDECODE_HEAD, XMLDECODE_PASS, XMLDECODE_ICONV } mode;
	iconv_t cd;
	unsigned char unit; /* bytes of the shortest character */
	size_t held; /* bytes that wait for more */
	char hold[16];
	uint64_t replaced; /* sequences that were not of the encoding */
};

void xmldecode_init(struct xmldecode *d);
void xmldecode_free(struct xmldecode *d);
/*
 * Converts from *raw, which is advanced, to out; how many bytes it made.
 * What came before a document's declaration is taken for UTF-8 unless it has
 * a BOM or looks like UTF-16.
 */
size_t xmldecode_run(
    struct xmldecode *d, struct em_str *raw, char *out, size_t size, bool last);
/*
 * The encoding that a declaration names, for the bytes behind it.  False when
 * it changes nothing: it is UTF-8, not known, or plainly wrong.
 */
bool xmldecode_declare(struct xmldecode *d, struct em_str name);

/* ---- xmlprolog.c: what comes before the root ---- */

bool xml_blank(char c);
/* Beyond ASCII the parser knows. */
bool xml_name_start(char c);
/*
 * Where a document starts in s: at "<?xml ", or at a tag, comment or doctype
 * on a new line.  s.n when not in s; *more is set when what is at the place
 * may still become one.  bol: s starts on a new line, or behind blanks.
 */
size_t xml_find_start(struct em_str s, bool bol, bool last, bool *more);
/* The encoding that an XML declaration names; absent when it names none. */
struct em_str xml_declared_encoding(struct em_str decl);

/* A place inside of <!DOCTYPE ...>; starts zeroed, behind the <!. */
struct xml_doctype {
	unsigned char state;
	unsigned depth; /* of [ ] */
};

/* Steps over a doctype: how many bytes of s belong to it; *end is set when it
 * ends there. */
size_t xml_doctype_skip(struct xml_doctype *d, struct em_str s, bool *end);

/* ---- xmlclean.c: to what a parser takes ---- */

enum { XMLCLEAN_OUT = 32 * 1024, XMLCLEAN_EDITS = 256 };

struct xmlclean {
	enum {
		XMLCLEAN_START, /* before the root */
		XMLCLEAN_CONTENT,
		XMLCLEAN_DOCTYPE,
		XMLCLEAN_COMMENT,
		XMLCLEAN_PI,
		XMLCLEAN_CDATA
	} state;
	bool inside_line; /* START: noise came before on this line */
	bool rooted; /* the root has started */
	bool declared, has_doctype;
	struct em_str encoding; /* as declared, a slice of the last input */
	struct xml_doctype doctype;
	size_t section; /* bytes in this section of CDATA */
	uint64_t replaced; /* characters forbidden or not escaped */
	uint64_t noise; /* bytes before the document, blanks apart */
	/* What the last run made, and where parts of it are from: from
	 * edit[i].out on it is the input from edit[i].in on. */
	size_t n;
	size_t edits;
	struct {
		uint32_t out, in;
	} edit[XMLCLEAN_EDITS];
	char out[XMLCLEAN_OUT];
};

void xmlclean_init(struct xmlclean *c);
/*
 * Cleans from s, which is shorter than 4 GiB, to c->out until that is full:
 * how many bytes it used.  The others are to be given again, with more if
 * nothing was used.  Stops behind a declaration that names an encoding, and
 * sets c->encoding.
 */
size_t xmlclean_run(struct xmlclean *c, struct em_str s, bool last);
/* Where in the last input the byte at out in the last output is from. */
size_t xmlclean_origin(const struct xmlclean *c, size_t out);

#endif
