/* SPDX-License-Identifier: MIT */
#include "gen.h"

/* Cut somewhere, never at the very end. */
static bool
gen_truncate(struct slice in, uint64_t seed, struct buf *out)
{
	uint64_t x = seed * 6364136223846793005u + 1442695040888963407u;

	if (in.n > 0)
		buf_add(out, in.p, (size_t)((x >> 33) % in.n));
	return true;
}

/* Every header says 2.0. */
static bool
gen_majorize(struct slice in, uint64_t seed, struct buf *out)
{
	static const char key[] = "\"version\":\"1.";
	size_t n = sizeof(key) - 1;

	(void)seed;
	for (size_t i = 0; i < in.n; i++) {
		if (in.n - i < n || memcmp(in.p + i, key, n) != 0) {
			buf_putc(out, in.p[i]);
			continue;
		}
		buf_puts(out, "\"version\":\"2.0");
		i += n;
		while (i < in.n && in.p[i] != '"')
			i++;
		i--;
	}
	return true;
}

static const struct {
	const char *name;
	bool (*make)(struct slice in, uint64_t seed, struct buf *out);
} generators[] = {
	{ "truncate", gen_truncate },
	{ "majorize", gen_majorize },
};

bool
gen_apply(const char *by, struct slice in, uint64_t seed, struct buf *out,
    struct buf *why)
{
	for (size_t i = 0; i < sizeof(generators) / sizeof(*generators); i++)
		if (strcmp(generators[i].name, by) == 0)
			return generators[i].make(in, seed, out);
	buf_printf(why, "no generator \"%s\"", by);
	return false;
}
