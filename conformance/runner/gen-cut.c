/* SPDX-License-Identifier: MIT */
/* The generators that cut and join. */
#include "gen-stream.h"

/* Where the last run begins, or else the last header, and where the last
 * completion ends. What ends with a listing is whole without its run. */
static void
extent(const struct gen_lines *l, struct slice in, size_t *from, size_t *to)
{
	*from = 0;
	*to = in.n;
	for (size_t i = 0; i < l->n; i++) {
		size_t at = (size_t)(l->v[i].text.p - in.p);

		if (slice_is(l->v[i].kind, "protocol") ||
		    slice_is(l->v[i].kind, "run_start"))
			*from = at;
		if (slice_is(l->v[i].kind, "run_complete") ||
		    slice_is(l->v[i].kind, "discover_complete"))
			*to = at + l->v[i].text.n;
	}
}

void
gen_truncate(struct slice in, uint64_t seed, struct buf *out)
{
	struct chance c = { seed };
	struct gen_lines l;
	size_t from, to, at;

	gen_split(&l, in);
	extent(&l, in, &from, &to);
	at = to > from + 1 ? from + 1 + chance_below(&c, to - from - 1) : 0;
	if (seed % 2 == 0)
		while (at < to - 1 && in.p[at - 1] != '\n')
			at++;
	buf_add(out, in.p, at);
	gen_free(&l);
}

void
gen_concat(struct slice in, uint64_t seed, struct buf *out)
{
	(void)seed;
	buf_add(out, in.p, in.n);
	if (in.n != 0 && in.p[in.n - 1] != '\n')
		buf_putc(out, '\n');
	buf_add(out, in.p, in.n);
}

void
gen_majorize(struct slice in, uint64_t seed, struct buf *out)
{
	struct gen_lines l;

	(void)seed;
	gen_split(&l, in);
	for (size_t i = 0; i < l.n; i++) {
		const struct gen_line *line = &l.v[i];
		const struct json *v = json_member(line->event, "version");
		size_t at;

		if (!slice_is(line->kind, "protocol") || v == NULL) {
			gen_put(out, &l, i);
			continue;
		}
		/* The tree has a copy of the line: only offsets carry over. */
		at = (size_t)(v->raw.p - line->event->raw.p) +
		    (size_t)((const char *)memchr(
				 line->text.p, '{', line->text.n) -
			line->text.p);
		buf_add(out, line->text.p, at);
		buf_puts(out, "\"2.0\"");
		at += v->raw.n;
		buf_add(out, line->text.p + at, line->text.n - at);
		if (i + 1 < l.n || !l.open)
			buf_putc(out, '\n');
	}
	gen_free(&l);
}

void
gen_rechunk(struct slice in, uint64_t seed, struct buf *out)
{
	static const size_t most[] = { 1, 3, 17, 256, 4096 };
	struct chance c = { seed };
	size_t at = 0;

	buf_putc(out, '[');
	while (at < in.n) {
		size_t n = 1 + chance_below(&c, most[chance_below(&c, 5)]);

		n = n < in.n - at ? n : in.n - at;
		buf_printf(out, "%s%zu", at != 0 ? "," : "", n);
		at += n;
	}
	buf_puts(out, "]\n");
}
