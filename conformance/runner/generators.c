/* SPDX-License-Identifier: MIT */
#include "gen.h"

#include <stdlib.h>

#include "gen-stream.h"

const struct generator generators[] = {
	{ "futurize", "what a later minor may add, at every place for it",
	    gen_futurize },
	{ "interleave", "another legal order of the same events",
	    gen_interleave },
	{ "respell", "other white space, order of members and escapes",
	    gen_respell },
	{ "rechunk", "a list of sizes for reads, as in \"chunking\"",
	    gen_rechunk },
	{ "truncate", "cut before its last completion", gen_truncate },
	{ "concat", "the stream twice, one after the other", gen_concat },
	{ "majorize", "with headers of version 2.0", gen_majorize },
	{ 0 },
};

bool
gen_apply(const char *by, struct slice in, uint64_t seed, struct buf *out,
    struct buf *why)
{
	for (const struct generator *g = generators; g->name != NULL; g++)
		if (strcmp(g->name, by) == 0) {
			g->make(in, seed, out);
			return true;
		}
	buf_printf(why, "no generator \"%s\"", by);
	return false;
}

size_t
chance_below(struct chance *c, size_t n)
{
	uint64_t x = c->state += 0x9e3779b97f4a7c15;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return (size_t)((x ^ x >> 31) % n);
}

void
gen_split(struct gen_lines *l, struct slice in)
{
	size_t at = 0, size = 0;

	*l = (struct gen_lines){ 0 };
	while (at < in.n) {
		const char *lf = memchr(in.p + at, '\n', in.n - at);
		struct gen_line *line;

		if (l->n == size) {
			size = size * 2 + 64;
			l->v = xrealloc(l->v, size * sizeof(*l->v));
		}
		line = &l->v[l->n++];
		*line = (struct gen_line){
			.text = { in.p + at,
			    lf != NULL ? (size_t)(lf - in.p) - at : in.n - at }
		};
		line->event = json_parse(line->text.p, line->text.n, NULL);
		line->kind = json_text(line->event, "event");
		l->open = lf == NULL;
		at += line->text.n + 1;
	}
}

void
gen_free(struct gen_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		json_free(l->v[i].event);
	free(l->v);
}

void
gen_put(struct buf *out, const struct gen_lines *l, size_t i)
{
	buf_add(out, l->v[i].text.p, l->v[i].text.n);
	if (i + 1 < l->n || !l->open)
		buf_putc(out, '\n');
}
