/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "../formats/subunit.h"
#include "format_bed.h"

enum { ROOM = 64 * 1024 * 1024 };

#define DATA "testdata/subunit"

/* ---- packets ---- */

/*
 * The vectors of python-subunit's own tests (testing-cabal/subunit,
 * python/tests/test_test_protocol2.py), and what they mean.
 */
static const struct {
	const char *hex, *events;
} vectors[] = {
	{ "b329010c03666f6f08555f1b",
	    "{\"event\":\"discover_start\"}\n"
	    "{\"event\":\"discover_case\",\"name\":\"foo\"}\n"
	    "{\"event\":\"discover_complete\"}\n" },
	{ "b329020c03666f6f8ec12db5",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n" },
	{ "b329030c03666f6f459dfe10",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b329040c03666f6f5898cea8",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"fail\",\"status\":\"xpass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n" },
	{ "b329050c03666f6f93c41d0d",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"skip\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b329060c03666f6f15506fa3",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"fail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n" },
	{ "b329070c03666f6fde0cbc06",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"skip\",\"status\":\"xfail\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	/* The end of a file that nobody began. */
	{ "b3211008531588dc",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b3214013066261726e657903776f6f4135e38c",
	    "{\"event\":\"log\",\"stream\":\"subunit.barney\","
	    "\"text\":\"woo\"}\n"
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b32120231a6170706c69636174696f6e2f666f6f3b20636861727365743d31783351"
	  "15",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b32b03133c1754cf80afc80362617249963e2d",
	    "{\"event\":\"run_start\",\"time\":"
	    "\"2001-12-12T12:59:59.000045Z\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"bar\",\"time\":"
	    "\"2001-12-12T12:59:59.000045Z\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"bar\","
	    "\"outcome\":\"pass\","
	    "\"time\":\"2001-12-12T12:59:59.000045Z\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b32d03130362617206736f757263659c593919",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"bar\","
	    "\"worker\":\"source\"}\n"
	    "{\"event\":\"case_complete\",\"name\":\"bar\","
	    "\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b328030c03666f6fe3eaf5a4",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"foo\","
	    "\"properties\":{\"runnable\":false}}\n"
	    "{\"event\":\"case_complete\",\"name\":\"foo\","
	    "\"outcome\":\"pass\"}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n" },
	{ "b3298015036261720203666f6f0362617254486eb4",
	    "{\"event\":\"run_start\"}\n"
	    "{\"event\":\"case_start\",\"name\":\"bar\","
	    "\"tags\":[\"foo\",\"bar\"]}\n"
	    "{\"event\":\"run_complete\",\"outcome\":\"fail\"}\n" },
};

static struct em_str
from_hex(const char *hex, char bytes[256])
{
	size_t n = strlen(hex) / 2;
	unsigned value;

	for (size_t i = 0; i < n; i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1], '\0' };

		value = (unsigned)strtoul(two, NULL, 16);
		bytes[i] = (char)(unsigned char)value;
	}
	return (struct em_str){ bytes, n };
}

START_TEST(test_vectors)
{
	struct subunit_packet p;
	struct buf out, again;
	struct bed_read how;
	struct arena a;
	char bytes[256];
	struct em_str s = from_hex(vectors[_i].hex, bytes);
	const char *why;
	uint64_t work = 0;
	size_t length;

	buf_init(&out, ROOM);
	buf_init(&again, ROOM);
	arena_init(&a, ROOM);
	bed_read(NULL, NULL, s, 1, &out, &how);
	ck_assert_str_eq(how.format, "subunit");
	ck_assert_uint_eq(how.warnings, 0);
	bed_same(buf_str(&out), em_str(vectors[_i].events), "events");
	ck_assert_int_eq(
	    subunit_look(s, &a, &p, &length, &why, &work), SUBUNIT_PACKET);
	ck_assert_uint_eq(length, s.n);
	ck_assert(subunit_encode(&again, &p));
	bed_same(buf_str(&again), s, "the packet written again");
	/* Less of it is not enough to tell. */
	for (size_t n = 1; n < s.n; n++)
		ck_assert_int_eq(
		    subunit_look(str_upto(s, n), &a, &p, &length, &why, &work),
		    SUBUNIT_MORE);
	arena_free(&a);
	buf_free(&out);
	buf_free(&again);
}
END_TEST

/* Lengths at the borders of their forms: 1, 2 and 3 bytes. */
START_TEST(test_lengths)
{
	static const size_t sizes[] = { 0, 1, 40, 41, 42, 43, 44, 45, 46, 47,
		48, 49, 50, 16350, 16355, 16358, 16359, 16360, 16361, 16362,
		16363, 16364, 16365, 16366, 16367, 16368, 16369, 16370, 4194280,
		4194281, 4194282, 4194283, 4194284 };
	char *bytes = malloc(SUBUNIT_PACKET_MAX);
	struct subunit_packet p, q;
	struct arena a;
	struct buf b;
	const char *why;
	uint64_t work = 0;
	size_t length;

	memset(bytes, 'x', SUBUNIT_PACKET_MAX);
	arena_init(&a, ROOM);
	buf_init(&b, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		subunit_packet_init(&p);
		p.file = EM_STR("f");
		p.content = (struct em_str){ bytes, sizes[i] };
		buf_reset(&b);
		ck_assert_msg(subunit_encode(&b, &p), "%zu", sizes[i]);
		ck_assert_int_eq(
		    subunit_look(buf_str(&b), &a, &q, &length, &why, &work),
		    SUBUNIT_PACKET);
		ck_assert_uint_eq(length, b.n);
		ck_assert_uint_eq(q.content.n, sizes[i]);
	}
	p.content.n = 4194300;
	buf_reset(&b);
	ck_assert(!subunit_encode(&b, &p));
	free(bytes);
	arena_free(&a);
	buf_free(&b);
}
END_TEST

/* ---- files, in pieces of any size ---- */

static void
read_file(const char *path, void *arg)
{
	static const size_t chunks[] = { 0, 1, 2, 3, 5, 7, 13, 31, 64 };
	const char *format = arg;
	struct buf bytes, want, got;
	char other[1024];

	buf_init(&bytes, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	bed_load(path, &bytes);
	snprintf(other, sizeof(other), "%.*s.jsonl",
	    (int)(strrchr(path, '.') - path), path);
	bed_load(other, &want);
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		buf_reset(&got);
		bed_read(format, NULL, buf_str(&bytes), chunks[i], &got, NULL);
		bed_same(buf_str(&got), buf_str(&want), path);
	}
	buf_free(&bytes);
	buf_free(&want);
	buf_free(&got);
}

START_TEST(test_files)
{
	bed_each(DATA, ".subunit", read_file, NULL);
}
END_TEST

START_TEST(test_malformed)
{
	char two[] = "subunit", one[] = "subunit1";

	bed_each(DATA "/malformed", ".subunit", read_file, two);
	bed_each(DATA "/malformed", ".subunit1", read_file, one);
}
END_TEST

static const struct {
	const char *file, *warning; /* the first, or NULL */
	unsigned malformed, noise;
	bool truncated;
} statuses[] = {
	{ "02-truncated-last-packet.subunit", "the last packet is cut short", 0,
	    0, true },
	{ "04-bad-crc-middle.subunit",
	    "damaged packet at byte 42: the checksum is wrong", 1, 0, false },
	/* Other versions are text, says the specification. */
	{ "05-version-1.subunit", NULL, 0, 1, false },
	{ "06-version-3.subunit", NULL, 0, 1, false },
	{ "07-reserved-bit3.subunit",
	    "damaged packet at byte 42: the header is wrong", 1, 0, false },
	{ "09-len-zero.subunit",
	    "damaged packet at byte 42: the header is wrong", 1, 0, false },
	{ "13-len-too-big-swallows.subunit",
	    "damaged packet at byte 42: text is not UTF-8 or has a NUL", 1, 0,
	    false },
	{ "14-varint-past-end-valid-crc.subunit",
	    "damaged packet at byte 42: a field goes beyond the end of the "
	    "packet",
	    1, 0, false },
	{ "18-trailing-bytes-in-packet.subunit", NULL, 0, 0, false },
	{ "24-text-no-newline-then-packet.subunit", NULL, 0, 3, false },
	{ "25-half-utf8-then-packet.subunit", NULL, 0, 1, false },
	{ "27-latin1-text-with-b3.subunit", NULL, 0, 1, false },
	{ "41-noncanonical-length.subunit", NULL, 0, 0, false },
	{ "text-02-eof-in-details.subunit1",
	    "the input ends in the details of a test", 0, 0, true },
	{ "text-07-bad-time.subunit1", "time \"not-a-time\" is no time", 1, 0,
	    false },
	{ "text-08-bad-progress.subunit1", "progress \"abc\" is no number", 1,
	    0, false },
	{ "text-10-truncated-chunk.subunit1",
	    "the input ends in the details of a test", 0, 0, true },
	{ "text-16-uxsuccess-outside-test.subunit1", NULL, 0, 1, false },
};

START_TEST(test_statuses)
{
	struct buf bytes, out;
	struct bed_read how;
	char path[256];

	buf_init(&bytes, ROOM);
	buf_init(&out, ROOM);
	snprintf(path, sizeof(path), DATA "/malformed/%s", statuses[_i].file);
	bed_load(path, &bytes);
	bed_read(strstr(path, "subunit1") != NULL ? "subunit1" : "subunit",
	    NULL, buf_str(&bytes), 0, &out, &how);
	bed_same(em_str(how.warnings > 0 ? how.warning : NULL),
	    em_str(statuses[_i].warning), statuses[_i].file);
	ck_assert_uint_eq(how.stats.malformed, statuses[_i].malformed);
	ck_assert_uint_eq(how.stats.noise, statuses[_i].noise);
	ck_assert_int_eq(how.stats.truncated, statuses[_i].truncated);
	buf_free(&bytes);
	buf_free(&out);
}
END_TEST

/* Text that looks like it is not taken for version 1. */
START_TEST(test_recognised)
{
	static const struct {
		const char *text;
		bool is;
	} texts[] = {
		{ "test: a\nsuccess: a\n", true },
		{ "make: x\ntesting: a b\nfailure: a b [\nx\n]\n", true },
		{ "time: 2026-01-01 00:00:00Z\ntest: a\nerror: a", true },
		{ "test: a\n", true },
		{ "testing: warning: no tests to run\nPASS\n", false },
		{ "x\ntest: a\nsuccess: b\n", false },
		{ "error: no such file\n", false },
	};
	struct bed_read how;
	struct buf out;

	buf_init(&out, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		bed_read(NULL, NULL, em_str(texts[i].text), 0, &out, &how);
		ck_assert_msg(
		    (strcmp(how.format, "subunit1") == 0) == texts[i].is,
		    "\"%s\" is %s", texts[i].text, how.format);
	}
	buf_free(&out);
}
END_TEST

/* ---- damage ---- */

/* A packet for each: a and c are one, b is inprogress and success. */
static void
put_test(struct buf *b, const char *id)
{
	struct subunit_packet p;

	subunit_packet_init(&p);
	p.id = em_str(id);
	p.status = SUBUNIT_SUCCESS;
	p.time_ns = (int64_t)1700000000 * 1000000000;
	p.file = EM_STR("log");
	p.mime = EM_STR("text/plain");
	p.content = EM_STR("a line\nanother\xff\xb3\n");
	ck_assert(subunit_encode(b, &p));
}

static bool
has_complete(const struct buf *out, const char *id)
{
	char text[128];

	snprintf(text, sizeof(text),
	    "{\"event\":\"case_complete\",\"name\":\"%s\"", id);
	return str_find(buf_str(out), text) >= 0;
}

/* Whichever byte of a packet is damaged, those beside it are read, and it is
 * not read as something else. */
START_TEST(test_damage)
{
	static const unsigned char bits[] = { 0x01, 0x80, 0xff, 0x40 };
	struct buf bytes, out;
	struct bed_read how;
	size_t first, second;

	buf_init(&bytes, ROOM);
	buf_init(&out, ROOM);
	put_test(&bytes, "a");
	first = bytes.n;
	put_test(&bytes, "b");
	second = bytes.n;
	put_test(&bytes, "c");
	for (size_t at = first; at < second; at++)
		for (size_t k = 0; k < ARRAY_LEN(bits); k++) {
			bytes.p[at] = (char)(bytes.p[at] ^ bits[k]);
			buf_reset(&out);
			bed_read(
			    "subunit", NULL, buf_str(&bytes), 0, &out, &how);
			ck_assert_msg(has_complete(&out, "a") &&
				!has_complete(&out, "b") &&
				has_complete(&out, "c"),
			    "byte %zu ^ %02x:\n%.*s", at, bits[k], (int)out.n,
			    out.p);
			ck_assert(how.stats.malformed + how.stats.noise > 0);
			ck_assert(!how.stats.truncated);
			bytes.p[at] = (char)(bytes.p[at] ^ bits[k]);
		}
	buf_free(&bytes);
	buf_free(&out);
}
END_TEST

/* Wherever it is cut, what is whole before is read and the cut is noticed. */
START_TEST(test_cuts)
{
	struct buf bytes, out;
	struct bed_read how;
	size_t first;

	buf_init(&bytes, ROOM);
	buf_init(&out, ROOM);
	put_test(&bytes, "a");
	first = bytes.n;
	put_test(&bytes, "b");
	for (size_t n = 0; n <= bytes.n; n++) {
		bool whole = n == first || n == bytes.n;

		buf_reset(&out);
		bed_read("subunit", NULL, str_upto(buf_str(&bytes), n), 0, &out,
		    &how);
		ck_assert_int_eq(how.stats.truncated, !whole);
		ck_assert_int_eq(has_complete(&out, "a"), n >= first);
		ck_assert_uint_eq(how.stats.malformed, 0);
	}
	buf_free(&bytes);
	buf_free(&out);
}
END_TEST

/* A stream of damaged packets of 4 MiB that overlap ends, and not by reading
 * each of them. */
START_TEST(test_costly)
{
	enum { SIZE = 6 * 1024 * 1024 };
	/* A file of all but what remains of the packet after its head. */
	static const char head[] = "\xb3\x21\x40\xbf\xff\xff\x01x";
	char *bytes = malloc(SIZE);
	struct bed_read how;
	struct buf out;

	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = head[i % (sizeof(head) - 1)];
	buf_init(&out, ROOM);
	bed_read(
	    "subunit", NULL, (struct em_str){ bytes, SIZE }, 0, &out, &how);
	ck_assert(how.err.code == EM_E_LIMIT || how.stats.malformed > 0);
	free(bytes);
	buf_free(&out);
}
END_TEST

START_TEST(test_strict)
{
	struct em_reader_opts opts = { .format = "subunit", .strict = true };
	struct em_reader *r = em_reader_mem(&opts, EM_STR("text\n"), "test");
	const struct em_event *ev;
	enum em_rc rc;

	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		continue;
	ck_assert_int_eq(rc, EM_ERR);
	ck_assert_int_eq(em_reader_error(r)->code, EM_E_SYNTAX);
	em_reader_close(r);
}
END_TEST

/* ---- writing ---- */

START_TEST(test_round)
{
	struct buf native, want, got, again;

	buf_init(&native, ROOM);
	buf_init(&want, ROOM);
	buf_init(&got, ROOM);
	buf_init(&again, ROOM);
	bed_load("testdata/roundtrip/full.jsonl", &native);
	bed_load("testdata/roundtrip/full.subunit.jsonl", &want);
	bed_round("subunit", NULL, buf_str(&native), &got);
	bed_same(buf_str(&got), buf_str(&want), "the round trip");
	/* What came back is what comes back. */
	bed_round("subunit", NULL, buf_str(&got), &again);
	bed_same(buf_str(&again), buf_str(&got), "the second round");
	buf_free(&native);
	buf_free(&want);
	buf_free(&got);
	buf_free(&again);
}
END_TEST

/* Reading, writing and reading again gives the same, where subunit's own
 * streams say all in the terms of subunit. */
static void
round_file(const char *path, void *arg)
{
	struct buf bytes, first, second;

	(void)arg;
	buf_init(&bytes, ROOM);
	buf_init(&first, ROOM);
	buf_init(&second, ROOM);
	bed_load(path, &bytes);
	bed_read("subunit", NULL, buf_str(&bytes), 0, &first, NULL);
	bed_round("subunit", NULL, buf_str(&first), &second);
	bed_same(buf_str(&second), buf_str(&first), path);
	buf_free(&bytes);
	buf_free(&first);
	buf_free(&second);
}

START_TEST(test_own_streams)
{
	static const char *const files[] = { "stestr-2-workers", "list",
		"tempest", "setup-skips" };
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), DATA "/%s.subunit", files[i]);
		round_file(path, NULL);
	}
}
END_TEST

/* Content beyond a packet goes into several, and comes back as one. */
START_TEST(test_big)
{
	enum { BIG = 9 * 1024 * 1024 };
	char *text = malloc(BIG);
	struct buf native, packets, got;
	struct em_str line, rest;
	struct arena a;

	memset(text, 'y', BIG);
	arena_init(&a, ROOM);
	buf_init(&native, ROOM);
	buf_init(&packets, ROOM);
	buf_init(&got, ROOM);
	buf_add(&native,
	    EM_STR("{\"event\":\"run_start\"}\n"
		   "{\"event\":\"case_start\",\"name\":\"n\"}\n"
		   "{\"event\":\"case_attachment\",\"name\":\"n\",\"title\":"
		   "\"t\",\"media_type\":\"a/b\",\"data_b64\":\""));
	buf_add(&native, arena_b64_encode(&a, (struct em_str){ text, BIG }));
	buf_add(&native,
	    EM_STR("\"}\n{\"event\":\"case_complete\",\"name\":\"n\","
		   "\"outcome\":\"pass\"}\n"
		   "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"));
	bed_round("subunit", NULL, buf_str(&native), &got);
	rest = buf_str(&native);
	for (int i = 0; i < 3; i++)
		str_cut(&rest, '\n', &line);
	ck_assert_msg(
	    str_find_str(buf_str(&got), line) >= 0, "not the same attachment");
	free(text);
	arena_free(&a);
	buf_free(&native);
	buf_free(&packets);
	buf_free(&got);
}
END_TEST

START_TEST(test_losses)
{
	struct buf out, lost;

	buf_init(&out, ROOM);
	buf_init(&lost, ROOM);
	bed_write("subunit", NULL,
	    EM_STR("{\"event\":\"run_start\",\"seed\":\"1\"}\n"
		   "{\"event\":\"case_start\",\"name\":\"n\","
		   "\"time\":\"1960-01-01T00:00:00Z\"}\n"
		   "{\"event\":\"case_slow\",\"name\":\"n\"}\n"
		   "{\"event\":\"case_complete\",\"name\":\"n\","
		   "\"outcome\":\"pass\",\"x.y\":1}\n"
		   "{\"event\":\"case_output\",\"name\":\"n\",\"stream\":"
		   "\"stdout\",\"text\":\"late\"}\n"
		   "{\"event\":\"x.z\"}\n"
		   "{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"),
	    &out, &lost);
	bed_same(buf_str(&lost),
	    EM_STR("facts about runs and suites: 1\n"
		   "times before 1970 and after 2106: 1\n"
		   "warnings of slow cases: 1\n"
		   "unknown members: 1\n"
		   "what came after the end of a case: 1\n"
		   "unknown events: 1\n"),
	    "losses");
	buf_free(&out);
	buf_free(&lost);
}
END_TEST

/* A run that was cut does not look whole on the other side, and a run that
 * failed by itself does not pass. */
START_TEST(test_ends)
{
	static const struct {
		struct em_str native, end; /* what is read last */
		bool truncated;
	} ends[] = {
		{ EM_STR("{\"event\":\"run_start\"}\n"), EM_STR(""), true },
		{ EM_STR("{\"event\":\"run_start\"}\n"
			 "{\"event\":\"run_complete\",\"outcome\":\"fail\","
			 "\"status\":\"abort\",\"signal\":9}\n"),
		    EM_STR("{\"event\":\"run_complete\",\"outcome\":\"fail\","
			   "\"status\":\"abort\",\"signal\":9}\n"),
		    false },
		{ EM_STR("{\"event\":\"run_start\"}\n"
			 "{\"event\":\"run_complete\",\"outcome\":\"pass\"}"
			 "\n"),
		    EM_STR(""), true },
	};
	struct buf there, got;
	struct bed_read how;

	buf_init(&there, ROOM);
	buf_init(&got, ROOM);
	bed_write("subunit", NULL, ends[_i].native, &there, NULL);
	bed_read("subunit", NULL, buf_str(&there), 0, &got, &how);
	ck_assert_msg(
	    str_ends(buf_str(&got), ends[_i].end.p), "%.*s", (int)got.n, got.p);
	ck_assert_int_eq(how.stats.truncated, ends[_i].truncated);
	buf_free(&there);
	buf_free(&got);
}
END_TEST

Suite *subunit_suite(void);

Suite *
subunit_suite(void)
{
	Suite *s = suite_create("subunit");
	TCase *t = tcase_create("subunit");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, test_vectors, 0, (int)ARRAY_LEN(vectors));
	tcase_add_test(t, test_lengths);
	tcase_add_test(t, test_files);
	tcase_add_test(t, test_malformed);
	tcase_add_loop_test(t, test_statuses, 0, (int)ARRAY_LEN(statuses));
	tcase_add_test(t, test_recognised);
	tcase_add_test(t, test_damage);
	tcase_add_test(t, test_cuts);
	tcase_add_test(t, test_costly);
	tcase_add_test(t, test_strict);
	tcase_add_test(t, test_round);
	tcase_add_test(t, test_own_streams);
	tcase_add_test(t, test_big);
	tcase_add_test(t, test_losses);
	tcase_add_loop_test(t, test_ends, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
