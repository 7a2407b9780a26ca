/* SPDX-License-Identifier: MIT */
/* The generators, as properties that hold for any seed. */
#include <check.h>
#include <stdlib.h>

#include "../runner/gen.h"
#include "../runner/json.h"

/* clang-format off */
static const char stream[] =
    "{\"event\":\"protocol\",\"version\":\"1.9\",\"producer\":{\"name\":\"x\"}}\n"
    "{\"event\":\"run_start\"}\n"
    "{\"event\":\"suite_start\",\"suite\":\"s\"}\n"
    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"a\"}\n"
    "noise\n"
    "{\"event\":\"case_start\",\"suite\":\"s\",\"name\":\"b\",\"parent\":\"a\"}\n"
    "{\"event\":\"case_output\",\"suite\":\"s\",\"name\":\"a\",\"stream\":\"stdout\",\"text\":\"\\u00e9\\ud83d\\ude00\\u0000\\\"\"}\n"
    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"b\",\"outcome\":\"fail\",\"x.n\":[1.50,1e400]}\n"
    "{\"event\":\"case_complete\",\"suite\":\"s\",\"name\":\"a\",\"outcome\":\"pass\"}\n"
    "{\"event\":\"suite_complete\",\"suite\":\"s\"}\n"
    "{\"event\":\"run_complete\",\"outcome\":\"fail\",\"counts\":{\"pass\":1,\"fail\":1,\"skip\":0}}\n";
/* clang-format on */

enum { SEEDS = 60, LINES = 200 };

struct lines {
	struct slice v[LINES];
	size_t n;
};

static struct buf
made(const char *by, uint64_t seed)
{
	struct buf out = { 0 }, why = { 0 };

	ck_assert(gen_apply(by, slice_of(stream), seed, &out, &why));
	buf_free(&why);
	return out;
}

/* Lines that are not blank, without what is around them. */
static struct lines
split(struct slice s)
{
	struct lines l = { 0 };

	while (s.n != 0) {
		const char *lf = memchr(s.p, '\n', s.n);
		size_t n = lf != NULL ? (size_t)(lf - s.p) : s.n;
		struct slice one = { s.p, n };

		s.p += n + (lf != NULL);
		s.n -= n + (lf != NULL);
		while (one.n != 0 && strchr(" \t\r", one.p[one.n - 1]) != NULL)
			one.n--;
		if (one.n == 0)
			continue;
		ck_assert_uint_lt(l.n, LINES);
		l.v[l.n++] = one;
	}
	return l;
}

static struct json *
tree(struct slice s)
{
	struct json *v = json_parse(s.p, s.n, NULL);

	ck_assert_msg(v != NULL, "not JSON: %.*s", (int)s.n, s.p);
	return v;
}

START_TEST(same_seed_same_stream)
{
	for (const struct generator *g = generators; g->name != NULL; g++) {
		struct buf a = made(g->name, 7), b = made(g->name, 7);

		ck_assert(slice_same(buf_slice(&a), buf_slice(&b)));
		buf_free(&a);
		buf_free(&b);
	}
}
END_TEST

START_TEST(respelled_lines_are_the_same_json)
{
	struct buf out = made("respell", (uint64_t)_i);
	struct lines a = split(slice_of(stream)), b = split(buf_slice(&out));

	ck_assert_uint_eq(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		struct json *x, *y;

		if (*a.v[i].p != '{') {
			ck_assert(slice_same(a.v[i], b.v[i]));
			continue;
		}
		x = tree(a.v[i]);
		y = tree(b.v[i]);
		ck_assert(json_same(x, y, JSON_LEXEME));
		json_free(x);
		json_free(y);
	}
	buf_free(&out);
}
END_TEST

static size_t
place(const struct lines *l, const char *has)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t j = 0; j + strlen(has) <= l->v[i].n; j++)
			if (memcmp(l->v[i].p + j, has, strlen(has)) == 0)
				return i;
	ck_abort_msg("no line has %s", has);
	return 0;
}

START_TEST(interleaved_lines_are_the_same_in_a_legal_order)
{
	struct buf out = made("interleave", (uint64_t)_i);
	struct lines a = split(slice_of(stream)), b = split(buf_slice(&out));
	bool used[LINES] = { false };

	ck_assert_uint_eq(out.n, strlen(stream));
	ck_assert_uint_eq(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		size_t j = 0;

		while (j < b.n && (used[j] || !slice_same(a.v[i], b.v[j])))
			j++;
		ck_assert_uint_lt(j, b.n);
		used[j] = true;
	}
	ck_assert_uint_lt(
	    place(&b, "case_output"), place(&b, "\"a\",\"outcome\":\"pass\""));
	ck_assert_uint_lt(
	    place(&b, "\"name\":\"a\"}"), place(&b, "\"parent\":\"a\""));
	ck_assert_uint_lt(
	    place(&b, "\"outcome\":\"fail\",\"x.n\""), place(&b, "suite_c"));
	buf_free(&out);
}
END_TEST

START_TEST(interleaving_finds_more_than_one_order)
{
	struct buf first = made("interleave", 0);
	bool other = false;

	for (uint64_t seed = 1; seed < SEEDS; seed++) {
		struct buf out = made("interleave", seed);

		other =
		    other || !slice_same(buf_slice(&first), buf_slice(&out));
		buf_free(&out);
	}
	ck_assert(other);
	buf_free(&first);
}
END_TEST

/* Every member of the base is there as it was, save the version. */
static void
holds(const struct json *base, const struct json *v)
{
	for (size_t i = 0; i < base->count; i++) {
		const struct json *m = base->item[i];
		const struct json *n = json_named(v, m->name);

		ck_assert_ptr_nonnull(n);
		if (slice_is(m->name, "version"))
			ck_assert(slice_is(n->text, "1.10"));
		else if (slice_is(m->name, "counts") ||
		    slice_is(m->name, "producer"))
			holds(m, n);
		else
			ck_assert(slice_same(m->raw, n->raw));
	}
	ck_assert_ptr_null(json_duplicate(v));
}

START_TEST(futurized_lines_hold_what_they_held)
{
	struct buf out = made("futurize", (uint64_t)_i);
	struct lines a = split(slice_of(stream)), b = split(buf_slice(&out));
	size_t j = 0;

	for (size_t i = 0; i < a.n; i++, j++) {
		struct json *x, *y;

		if (*a.v[i].p != '{') {
			while (!slice_same(a.v[i], b.v[j]))
				ck_assert_uint_lt(++j, b.n);
			continue;
		}
		x = tree(a.v[i]);
		for (;; j++) {
			ck_assert_uint_lt(j, b.n);
			if (*b.v[j].p != '{')
				continue;
			y = tree(b.v[j]);
			if (slice_same(
				json_text(x, "event"), json_text(y, "event")))
				break;
			json_free(y);
		}
		holds(x, y);
		json_free(x);
		json_free(y);
	}
	buf_free(&out);
}
END_TEST

START_TEST(a_cut_stream_is_a_prefix_and_has_no_end)
{
	struct buf out = made("truncate", (uint64_t)_i);

	ck_assert_uint_gt(out.n, 0);
	ck_assert_uint_lt(out.n, strlen(stream) - 1);
	ck_assert(memcmp(out.p, stream, out.n) == 0);
	if (_i % 2 == 0 && out.p[out.n - 1] != '\n')
		ck_assert_uint_eq(out.n, strlen(stream) - 2);
	buf_free(&out);
}
END_TEST

START_TEST(chunks_add_up)
{
	struct buf out = made("rechunk", (uint64_t)_i);
	struct json *v = json_parse(out.p, out.n, NULL);
	size_t sum = 0;

	ck_assert_ptr_nonnull(v);
	for (size_t i = 0; i < v->count; i++)
		sum += strtoul(v->item[i]->raw.p, NULL, 10);
	ck_assert_uint_eq(sum, strlen(stream));
	json_free(v);
	buf_free(&out);
}
END_TEST

START_TEST(headers_of_major_2_and_nothing_else)
{
	struct buf out = made("majorize", 1);
	struct lines a = split(slice_of(stream)), b = split(buf_slice(&out));

	ck_assert_uint_eq(a.n, b.n);
	ck_assert_uint_eq(place(&b, "\"version\":\"2.0\",\"producer\""), 0);
	for (size_t i = 1; i < a.n; i++)
		ck_assert(slice_same(a.v[i], b.v[i]));
	buf_free(&out);
}
END_TEST

START_TEST(twice_the_stream)
{
	struct buf out = made("concat", 1);
	size_t n = strlen(stream);

	ck_assert_uint_eq(out.n, 2 * n);
	ck_assert(memcmp(out.p, stream, n) == 0);
	ck_assert(memcmp(out.p + n, stream, n) == 0);
	buf_free(&out);
}
END_TEST

/* Nothing, no stream, no objects, no end. */
START_TEST(any_bytes_will_do)
{
	static const char *const odd[] = { "", "\n", "x", "{", "{}", "[]\n",
		"{\"event\":7}\n", "{\"event\":\"protocol\"}",
		"{\"event\":\"protocol\",\"version\":7}\n{}\n",
		"{\"event\":\"case_start\"}\n{\"event\":\"case_start\"}" };

	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		for (const struct generator *g = generators; g->name != NULL;
		     g++) {
			struct buf out = { 0 }, why = { 0 };

			ck_assert(gen_apply(
			    g->name, slice_of(odd[i]), 5, &out, &why));
			buf_free(&out);
		}
}
END_TEST

START_TEST(no_such_generator)
{
	struct buf out = { 0 }, why = { 0 };

	ck_assert(!gen_apply("x", slice_of(""), 1, &out, &why));
	ck_assert_str_eq(buf_str(&why), "no generator \"x\"");
	buf_free(&why);
}
END_TEST

Suite *gen_suite(void);

Suite *
gen_suite(void)
{
	Suite *s = suite_create("gen");
	TCase *tc = tcase_create("gen");

	tcase_add_test(tc, same_seed_same_stream);
	tcase_add_loop_test(tc, respelled_lines_are_the_same_json, 0, SEEDS);
	tcase_add_loop_test(
	    tc, interleaved_lines_are_the_same_in_a_legal_order, 0, SEEDS);
	tcase_add_test(tc, interleaving_finds_more_than_one_order);
	tcase_add_loop_test(tc, futurized_lines_hold_what_they_held, 0, SEEDS);
	tcase_add_loop_test(
	    tc, a_cut_stream_is_a_prefix_and_has_no_end, 0, SEEDS);
	tcase_add_loop_test(tc, chunks_add_up, 0, SEEDS);
	tcase_add_test(tc, headers_of_major_2_and_nothing_else);
	tcase_add_test(tc, twice_the_stream);
	tcase_add_test(tc, any_bytes_will_do);
	tcase_add_test(tc, no_such_generator);
	suite_add_tcase(s, tc);
	return s;
}
