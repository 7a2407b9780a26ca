/* SPDX-License-Identifier: MIT */
#include "format_bed.h"
#include "plain.h"

enum { ROOM = 1 << 16 };

static const struct {
	struct em_str text, line, lines;
} shown[] = {
	{ EM_STR("plain"), EM_STR("plain"), EM_STR("plain") },
	{ EM_STR("a\nb\tc"), EM_STR("a\\nb\\tc"), EM_STR("a\nb\tc") },
	{ EM_STR("a\r\nb\rc"), EM_STR("a\\r\\nb\\rc"), EM_STR("a\nb\\rc") },
	{ EM_STR("\x1b[31m\x07\x7f"), EM_STR("\\x1b[31m\\x07\\x7f"),
	    EM_STR("\\x1b[31m\\x07\\x7f") },
	{ EM_STR("nul\0.."), EM_STR("nul\\x00.."), EM_STR("nul\\x00..") },
	/* Bytes that are not UTF-8; a character that is cut. */
	{ EM_STR("\xff\xfe"), EM_STR("\\xff\\xfe"), EM_STR("\\xff\\xfe") },
	{ EM_STR("caf\xc3"), EM_STR("caf\\xc3"), EM_STR("caf\\xc3") },
	{ EM_STR("\xe2\x98\x83 \xf0\x9f\x98\x80"),
	    EM_STR("\xe2\x98\x83 \xf0\x9f\x98\x80"),
	    EM_STR("\xe2\x98\x83 \xf0\x9f\x98\x80") },
	/* C1 controls move terminals as C0 do; U+202E turns what follows. */
	{ EM_STR("\xc2\x9b"
		 "1m"),
	    EM_STR("\\u{9b}1m"), EM_STR("\\u{9b}1m") },
	{ EM_STR("\xe2\x80\xae.exe"), EM_STR("\\u{202e}.exe"),
	    EM_STR("\\u{202e}.exe") },
	{ EM_STR("\xe2\x80\xa8\xef\xbb\xbf"), EM_STR("\\u{2028}\\u{feff}"),
	    EM_STR("\\u{2028}\\u{feff}") },
	/* Line ends that .NET and Java know are line ends. */
	{ EM_STR("a\xc2\x85"
		 "b"),
	    EM_STR("a\\u{85}b"), EM_STR("a\\u{85}b") },
};

START_TEST(test_shown)
{
	struct em_out *line = em_out_mem();
	struct em_out *one = em_out_mem(), *many = em_out_mem();

	plain_line(line, shown[_i].text);
	bed_same(em_out_memory(line), shown[_i].line, "a line");
	em_out_plain(one, shown[_i].text, NULL);
	em_out_plain(many, shown[_i].text, "");
	bed_same(em_out_memory(one), shown[_i].line, "one line");
	bed_same(em_out_memory(many), shown[_i].lines, "many lines");
	em_out_close(line, NULL);
	em_out_close(one, NULL);
	em_out_close(many, NULL);
}
END_TEST

START_TEST(test_indent)
{
	struct em_out *out = em_out_mem();

	em_out_plain(out, EM_STR("a\r\n\x1b\nc\n"), "> ");
	bed_same(em_out_memory(out), EM_STR("a\n> \\x1b\n> c\n> "), "indent");
	em_out_close(out, NULL);
}
END_TEST

START_TEST(test_block)
{
	static const struct {
		struct em_str text, block;
	} blocks[] = {
		{ EM_STR(""), EM_STR("") },
		{ EM_STR("a"), EM_STR("> a\n") },
		{ EM_STR("a\n"), EM_STR("> a\n") },
		{ EM_STR("a\r\n\nb\x1b"), EM_STR("> a\n\n> b\\x1b\n") },
	};
	struct em_out *out = em_out_mem();

	plain_block(out, blocks[_i].text, "> ");
	bed_same(em_out_memory(out), blocks[_i].block, "a block");
	em_out_close(out, NULL);
}
END_TEST

START_TEST(test_names)
{
	static const struct {
		struct em_event ev;
		const char *name, *dotted, *without;
	} names[] = {
		{ { .name = EM_STR("n") }, "n", "n", "n" },
		{ { .suite = EM_STR("s"), .name = EM_STR("n") }, "s::n", "s.n",
		    "n" },
		{ { .run = EM_STR("r"),
		      .suite = EM_STR("s"),
		      .class_name = EM_STR("c"),
		      .name = EM_STR("n"),
		      .variant = EM_STR("v"),
		      .iteration = 2 },
		    "r::s::c::n (v) (iteration 2)", "r.s.c.n (v) (iteration 2)",
		    "c.n (v) (iteration 2)" },
	};
	struct arena a;

	arena_init(&a, ROOM);
	bed_same(plain_name(&a, &names[_i].ev), em_str(names[_i].name), "name");
	bed_same(plain_dotted(&a, &names[_i].ev, true),
	    em_str(names[_i].dotted), "with its suite");
	bed_same(plain_dotted(&a, &names[_i].ev, false),
	    em_str(names[_i].without), "without");
	arena_free(&a);
}
END_TEST

static const struct em_location nowhere = { .line = EM_UNSET,
	.column = EM_UNSET };

START_TEST(test_message)
{
	const struct {
		struct em_message m;
		const char *text;
	} messages[] = {
		{ { .message = EM_STR("bad"), .location = nowhere }, "bad" },
		{ { .type = EM_STR("E"), .location = nowhere }, "E" },
		{ { .message = EM_STR("bad"),
		      .type = EM_STR("E"),
		      .location = { EM_STR("a.c"), 3, 4, EM_UNSET, EM_UNSET },
		      .expected = EM_STR("1"),
		      .actual = EM_STR("2") },
		    "E: bad\nat a.c:3:4\nexpected: 1\nactual: 2" },
		/* A trace that says it all already is enough. */
		{ { .message = EM_STR("E: bad"),
		      .type = EM_STR("E"),
		      .detail = EM_STR("at a.c:3\nE: bad\n"),
		      .location = { EM_STR("a.c"), 3, EM_UNSET, EM_UNSET,
			  EM_UNSET } },
		    "at a.c:3\nE: bad\n" },
		{ { .kind = EM_STR("warning"),
		      .message = EM_STR("old"),
		      .location = nowhere },
		    "warning: old" },
		{ { .message = EM_STR("x"),
		      .rendered = EM_STR("as shown"),
		      .location = nowhere },
		    "as shown" },
	};
	struct arena a;

	arena_init(&a, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		bed_same(plain_message(&a, &messages[i].m),
		    em_str(messages[i].text), "message");
	arena_free(&a);
}
END_TEST

START_TEST(test_first_line)
{
	bed_same(plain_first_line(EM_STR("\n \n  a b \nc")), EM_STR("a b"),
	    "first line");
	ck_assert_uint_eq(plain_first_line(EM_STR(" \n")).n, 0);
	ck_assert_uint_eq(plain_first_line((struct em_str){ NULL, 0 }).n, 0);
}
END_TEST

Suite *plain_suite(void);

Suite *
plain_suite(void)
{
	Suite *s = suite_create("plain");
	TCase *t = tcase_create("plain");

	tcase_add_loop_test(t, test_shown, 0, (int)ARRAY_LEN(shown));
	tcase_add_test(t, test_indent);
	tcase_add_loop_test(t, test_block, 0, 4);
	tcase_add_loop_test(t, test_names, 0, 3);
	tcase_add_test(t, test_message);
	tcase_add_test(t, test_first_line);
	suite_add_tcase(s, t);
	return s;
}
