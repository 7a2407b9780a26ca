/* SPDX-License-Identifier: MIT */
/*
 * What formats that are XML have in common: a document among other lines, read
 * step by step, and a table of the elements that matter and where.
 */
#ifndef XMLDOC_H
#define XMLDOC_H

#include "format.h"
#include "xml.h"

/*
 * An element is told by its name and by the element around it; both are
 * numbers that the format gives.  Elements that no rule names are left out
 * with all that is in them.
 */
enum { XDOC_TOP = 0 }; /* around the root */

struct xdoc_rule {
	uint8_t in, is; /* is: from 1 to 254 */
	const char *name; /* local; "*x" is any that ends in x */
};

/*
 * Whole documents.  They may stand between lines that are not XML, and after
 * each other; what is not a document of the format is noise.  The format sets
 * the first members in open() and leaves the others alone.
 */
struct xdoc {
	const struct xdoc_rule *rules; /* ends with name == NULL */
	void (*start)(
	    struct em_reader *r, unsigned is, const struct xml_node *n);
	/* text is what came since the last tag; see struct xml_handler. */
	void (*end)(struct em_reader *r, unsigned is, struct em_str text);
	/* Text before a child; may be NULL. */
	void (*text)(struct em_reader *r, unsigned is, struct em_str text);
	/* It is over, complete and well formed or not.  Called again until it
	 * says true, so that events need not be made all at once. */
	bool (*over)(struct em_reader *r, bool complete);

	struct xml *xml; /* NULL: between documents */
	struct buf path; /* the numbers of the elements that are open */
	bool rooted; /* the root of this document was seen */
	bool ended, complete; /* it is over, and how */
	enum em_rc then; /* what to say when that was dealt with */
	bool any; /* there was a document */
	uint64_t line; /* lines before it */
};

enum em_rc xdoc_step(struct em_reader *r, struct xdoc *d);
void xdoc_close(struct xdoc *d);

/*
 * For probes: whether there is a document with one of the roots, which end
 * with NULL.  Behind other lines it may be something that those print, so
 * that it is sure only at the start.
 */
int xdoc_probe(struct em_str head, bool eof, const char *const *roots);

/* The line of the input that a node is on. */
uint64_t xdoc_line(const struct xdoc *d, const struct xml_node *n);

#endif
