/* SPDX-License-Identifier: MIT */
/*
 * XML by libxml2's SAX2 push parser; xml.c is the only file that includes it.
 * The parser never sees a DTD: what a reference to an entity stands for is
 * not looked up, the reference itself becomes text.  Text nodes may be of any
 * length up to the limit, a tag has 8 MiB.  What may come first is read, and
 * not an error: noise, a BOM, a declaration behind blank lines, a wrong
 * encoding in it.  Raw control characters, references to them (ESC in
 * coloured output) and bytes that the encoding does not have are replaced by
 * U+FFFD before the parser sees them, and counted.
 */
#ifndef XML_H
#define XML_H

#include "core.h"

struct xml_attr {
	struct em_str name; /* local name */
	struct em_str value; /* decoded */
};

struct xml_node { /* a start tag; valid during the callback */
	struct em_str name; /* local name */
	struct em_str uri; /* namespace, absent when none */
	const struct xml_attr *attrs;
	size_t attr_count;
	unsigned depth; /* 0 for the root */
	uint64_t line;
};

/* Absent when there is no such attribute. */
struct em_str xml_attr(const struct xml_node *n, const char *name);

struct xml_handler {
	void (*start)(void *arg, const struct xml_node *n);
	/* text: all character data of the element itself since the last tag
	 * that started or ended in it, CDATA joined; valid during the call. */
	void (*end)(void *arg, struct em_str name, struct em_str text);
	/* Text before a child element (mixed content); may be NULL. */
	void (*text)(void *arg, struct em_str text);
};

struct xml;

struct xml *xml_new(
    const struct xml_handler *h, void *arg, const struct em_limits *limits);
/* EM_ERR when malformed: e has the line and reason. */
enum em_rc xml_feed(struct xml *x, struct em_str bytes, struct em_error *e);
/* EM_EOF when the document was complete, or when there was none, only white
 * space, comments and noise; EM_ERR: e->code EM_E_TRUNCATED when it was cut,
 * and the text so far of the element it was cut in has been given to text;
 * EM_E_SYNTAX when malformed. */
enum em_rc xml_finish(struct xml *x, struct em_error *e);
uint64_t xml_replaced(const struct xml *x); /* forbidden characters */
uint64_t xml_noise(const struct xml *x); /* bytes before the document */
uint64_t xml_line(const struct xml *x);
/* True once the root element has ended: what follows may be another
 * document; xml_feed() then stops, and xml_rest() says how many of the last
 * bytes fed were not used. */
bool xml_done(const struct xml *x);
size_t xml_rest(const struct xml *x);
void xml_free(struct xml *x);

#endif
