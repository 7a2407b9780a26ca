/* SPDX-License-Identifier: MIT */
/*
 * Whether tags are well-formed, byte by byte.  A push parser holds a tag that
 * has not ended, but where it thinks that it ends depends on what else was
 * pushed; so a fault in a tag was a fault or the end of input, as the pieces
 * fell.  Here it is found at its byte.  For the files whose names start with
 * xml only.
 */
#ifndef XMLTAG_H
#define XMLTAG_H

#include "core.h"

/* Starts zeroed, outside of tags. */
struct xmltag {
	unsigned char state;
	unsigned char matched; /* bytes of what ends a section */
};

/*
 * Looks at s, which continues what it saw before.  False when there is what
 * can be in no tag: *n is then how many bytes of s there are up to it and
 * with it.
 */
bool xmltag_check(struct xmltag *t, struct em_str s, size_t *n);

#endif
