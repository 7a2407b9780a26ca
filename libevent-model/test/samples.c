/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "samples.h"

enum { ROOM = 16 * 1024 * 1024, CUTS = 300 };

struct place {
	const char *suffix, *format;
};

static void
match_one(const char *path, void *arg)
{
	static const size_t chunks[] = { 0, 1, 7, 31, 1000 };
	const struct place *p = arg;
	char input[1024];
	struct buf in, want;

	buf_init(&in, ROOM);
	buf_init(&want, ROOM);
	snprintf(input, sizeof(input), "%.*s%s",
	    (int)(strlen(path) - strlen(".jsonl")), path, p->suffix);
	bed_load(input, &in);
	bed_load(path, &want);
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		struct bed_read how;
		struct buf got;

		buf_init(&got, ROOM);
		bed_read(NULL, NULL, buf_str(&in), chunks[i], &got, &how);
		ck_assert_str_eq(how.format, p->format);
		bed_same(buf_str(&got), buf_str(&want), path);
		buf_free(&got);
	}
	buf_free(&in);
	buf_free(&want);
}

void
samples_match(const char *dir, const char *suffix, const char *format)
{
	struct place p = { suffix, format };

	bed_each(dir, ".jsonl", match_one, &p);
}

void
sample_says(const struct sample *s, const char *format)
{
	struct bed_read how;
	struct em_str rest;
	struct buf got;

	buf_init(&got, ROOM);
	bed_read(NULL, NULL, em_str(s->in), 0, &got, &how);
	ck_assert_msg(strcmp(how.format, format) == 0, "%s: read as %s",
	    s->what, how.format);
	rest = buf_str(&got);
	for (size_t i = 0; i < SAMPLE_SAYS && s->says[i] != NULL; i++) {
		ptrdiff_t at = str_find(rest, s->says[i]);

		ck_assert_msg(at >= 0, "%s: no %s in\n%.*s", s->what,
		    s->says[i], (int)got.n, got.p);
		rest = str_from(rest, (size_t)at + strlen(s->says[i]));
	}
	buf_free(&got);
}

void
sample_returns(const char *format, const char *native)
{
	struct buf got;

	buf_init(&got, ROOM);
	bed_round(format, NULL, em_str(native), &got);
	bed_same(buf_str(&got), em_str(native), format);
	buf_free(&got);
}

void
samples_round(const char *format)
{
	struct buf native, want, got;
	char path[256];

	buf_init(&native, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	snprintf(
	    path, sizeof(path), "testdata/roundtrip/full.%s.jsonl", format);
	bed_load("testdata/roundtrip/full.jsonl", &native);
	bed_load(path, &want);
	bed_round(format, NULL, buf_str(&native), &got);
	bed_same(buf_str(&got), buf_str(&want), path);
	buf_free(&native);
	buf_free(&want);
	buf_free(&got);
}

/* How many of the lines of s name an event of that kind. */
static size_t
count_of(struct em_str s, const char *kind)
{
	size_t n = 0;
	ptrdiff_t at;

	while ((at = str_find(s, kind)) >= 0) {
		s = str_from(s, (size_t)at + 1);
		n++;
	}
	return n;
}

static void
cut_one(const char *path, void *arg)
{
	static const char complete[] = "{\"event\":\"case_complete\"";
	const struct place *p = arg;
	struct buf in, whole;
	struct bed_read how;
	struct em_str bytes;
	size_t step, last = 0, all;

	buf_init(&in, ROOM);
	buf_init(&whole, ROOM);
	bed_load(path, &in);
	bytes = buf_str(&in);
	bed_read(p->format, NULL, bytes, 0, &whole, &how);
	all = count_of(buf_str(&whole), complete);
	while (bytes.n > 0 && strchr(" \r\n", bytes.p[bytes.n - 1]) != NULL)
		bytes.n--;
	step = bytes.n / CUTS + 1;
	for (size_t n = 1; n < bytes.n; n += step) {
		struct buf got;
		size_t have;

		buf_init(&got, ROOM);
		bed_read(p->format, NULL, str_upto(bytes, n), 0, &got, &how);
		have = count_of(buf_str(&got), complete);
		ck_assert_msg(how.stats.truncated || how.stats.malformed > 0,
		    "%s cut at %zu looks complete", path, n);
		ck_assert_int_lt(
		    str_find(buf_str(&got), "\"event\":\"run_complete\""), 0);
		ck_assert_msg(have >= last && have <= all,
		    "%s cut at %zu has %zu cases, before %zu", path, n, have,
		    last);
		last = have;
		buf_free(&got);
	}
	buf_free(&in);
	buf_free(&whole);
}

void
samples_cut(const char *dir, const char *suffix, const char *format)
{
	struct place p = { suffix, format };

	bed_each(dir, suffix, cut_one, &p);
}
