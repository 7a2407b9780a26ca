/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "document.h"

static void
put_line(struct ref_text *out, struct slice s, bool escape)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (escape && (c == '#' || c == '\\'))
			ref_adds(out, "\\");
		if (c < 0x20 || c == 0x7f)
			ref_adds(out, " ");
		else
			ref_add(out, s.p + i, 1);
	}
}

void
tap_point(struct ref_text *out, const struct fold *f, const struct ccase *c,
    size_t number, const struct document_faults *x)
{
	const struct attempt *a = fold_decides(f, c);
	enum outcome o = fold_outcome(f, c);
	char start[64];

	snprintf(start, sizeof start, "%s %zu - ", o == FAIL ? "not ok" : "ok",
	    number);
	ref_adds(out, start);
	if (c->id.suite.p != NULL) {
		put_line(out, c->id.suite, !x->unescaped);
		ref_adds(out, " > ");
	}
	put_line(out, c->id.name, !x->unescaped);
	if (o == SKIP && !x->skips_as_pass) {
		ref_adds(out, " # SKIP");
		if (a->reason.p != NULL && !x->reasons_lost) {
			ref_adds(out, " ");
			put_line(out, a->reason, false);
		}
	}
	ref_adds(out, "\n");
	for (size_t i = 0; i < c->messages.n && o == FAIL; i++) {
		ref_adds(out, "# ");
		put_line(out, c->messages.v[i], false);
		ref_adds(out, "\n");
	}
}
