/* SPDX-License-Identifier: MIT */
#include "../runner/pattern.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *pattern_suite(void);

static char why[512];

/* Whether text, lines as they are, is matched. */
static bool
matches(const char *pattern, const char *text)
{
	struct pattern *p;
	struct slice lines[64];
	size_t count = 0;
	bool yes;

	p = pattern_read(pattern, strlen(pattern), why, sizeof(why));
	ck_assert_msg(p != NULL, "%s", why);
	while (*text) {
		size_t n = strcspn(text, "\n");

		lines[count++] = (struct slice){ text, n };
		text += n + (text[n] == '\n');
	}
	yes = pattern_match(p, lines, count, why, sizeof(why));
	pattern_free(p);
	return yes;
}

static void
refuses(const char *pattern, const char *what)
{
	struct pattern *p;

	p = pattern_read(pattern, strlen(pattern), why, sizeof(why));
	ck_assert_ptr_null(p);
	ck_assert_str_eq(why, what);
}

START_TEST(one_event)
{
	ck_assert(matches("{\"a\":1}", "{\"a\":1}\n"));
	ck_assert(matches("{\"a\":1}", "{ \"a\" : 1.0 }"));
	ck_assert(!matches("{\"a\":1}", "{\"a\":2}"));
	ck_assert(!matches("{\"a\":1}", "{\"a\":\"1\"}"));
	ck_assert(!matches("{\"a\":1}", "{\"a\":1,\"b\":2}"));
	ck_assert(!matches("{\"a\":1}", "{}"));
	ck_assert(!matches("{\"a\":1}", ""));
	ck_assert(!matches("{\"a\":1}", "{\"a\":1}\n{\"a\":1}"));
	ck_assert(!matches("{\"a\":null}", "{}"));
	ck_assert(
	    matches("{\"a\":[1,[true,null]]}", "{\"a\":[1,[true,null]]}"));
	ck_assert(!matches("{\"a\":[1]}", "{\"a\":[1,2]}"));
	ck_assert(!matches("{\"a\":[1,2]}", "{\"a\":[1]}"));
}
END_TEST

START_TEST(empty)
{
	ck_assert(matches("", ""));
	ck_assert(matches("# nothing\n\n", ""));
	ck_assert(!matches("", "{}"));
	ck_assert_str_eq(why, "line 1: the pattern has come to its end: {}");
}
END_TEST

START_TEST(more_members)
{
	ck_assert(matches("{\"a\":1,...}", "{\"b\":2,\"a\":1}"));
	ck_assert(matches("{...}", "{}"));
	ck_assert(!matches("{\"a\":1,...}", "{\"b\":2}"));
	ck_assert(
	    matches("{\"a\":{\"x\":1,...}}", "{\"a\":{\"x\":1,\"y\":2}}"));
	ck_assert(
	    !matches("{\"a\":{\"x\":1},...}", "{\"a\":{\"x\":1,\"y\":2}}"));
	ck_assert(matches("{\"a\":[1,...]}", "{\"a\":[1,2,3]}"));
	ck_assert(matches("{\"a\":[...]}", "{\"a\":[]}"));
	ck_assert(matches("{\"a\":0.5}", "{\"a\":5e-1}"));
}
END_TEST

START_TEST(any_value)
{
	ck_assert(matches("{\"a\":*}", "{\"a\":[1]}"));
	ck_assert(matches("{\"a\":*}", "{\"a\":null}"));
	ck_assert(!matches("{\"a\":*}", "{}"));
	ck_assert(matches("{\"a\":[*,2]}", "{\"a\":[{},2]}"));
	ck_assert(matches("{\"a\":\"*\"}", "{\"a\":\"*\"}"));
	ck_assert(!matches("{\"a\":\"*\"}", "{\"a\":\"b\"}"));
}
END_TEST

START_TEST(parts_of_strings)
{
	ck_assert(matches("{\"a\":*\"b\"*}", "{\"a\":\"abc\"}"));
	ck_assert(matches("{\"a\":*\"b\"*}", "{\"a\":\"b\"}"));
	ck_assert(!matches("{\"a\":*\"b\"*}", "{\"a\":\"ac\"}"));
	ck_assert(!matches("{\"a\":*\"b\"*}", "{\"a\":1}"));
	ck_assert(matches("{\"a\":\"b\"*}", "{\"a\":\"bc\"}"));
	ck_assert(!matches("{\"a\":\"b\"*}", "{\"a\":\"ab\"}"));
	ck_assert(matches("{\"a\":*\"b\"}", "{\"a\":\"ab\"}"));
	ck_assert(!matches("{\"a\":*\"b\"}", "{\"a\":\"ba\"}"));
	ck_assert(!matches("{\"a\":*\"bb\"}", "{\"a\":\"b\"}"));
	ck_assert(matches("{\"a\":*\"\\\"\\n\"*}", "{\"a\":\"x\\\"\\n\"}"));
	ck_assert(matches("{\"a\":\"b\\u0000c\"}", "{\"a\":\"b\\u0000c\"}"));
	ck_assert(!matches("{\"a\":\"b\\u0000c\"}", "{\"a\":\"b\\u0000d\"}"));
}
END_TEST

START_TEST(optional_members)
{
	ck_assert(matches("{?\"a\":1}", "{}"));
	ck_assert(matches("{?\"a\":1}", "{\"a\":1}"));
	ck_assert(!matches("{?\"a\":1}", "{\"a\":2}"));
	ck_assert(!matches("{?\"a\":1}", "{\"b\":2}"));
	ck_assert(!matches("{\"?a\":1}", "{\"a\":1}"));
}
END_TEST

START_TEST(bindings)
{
	const char *p = "{\"n\":$x}\n{\"m\":$x}";

	ck_assert(matches(p, "{\"n\":1}\n{\"m\":1}"));
	ck_assert(matches(p, "{\"n\":[\"a\"]}\n{\"m\":[\"a\"]}"));
	ck_assert(!matches(p, "{\"n\":1}\n{\"m\":2}"));
	ck_assert_str_eq(
	    why, "line 2: \"m\" is not as in line 2 of the pattern: {\"m\":2}");
	ck_assert(matches("{\"n\":$x,\"m\":$x}", "{\"n\":1,\"m\":1}"));
	ck_assert(!matches("{\"n\":$x,\"m\":$x}", "{\"n\":1,\"m\":2}"));
	ck_assert(matches("{\"n\":$x1,\"m\":$x2}", "{\"n\":1,\"m\":2}"));
}
END_TEST

START_TEST(times)
{
	ck_assert(matches("? {\"a\":1}\n{\"b\":1}", "{\"b\":1}"));
	ck_assert(matches("? {\"a\":1}\n{\"b\":1}", "{\"a\":1}\n{\"b\":1}"));
	ck_assert(!matches(
	    "? {\"a\":1}\n{\"b\":1}", "{\"a\":1}\n{\"a\":1}\n{\"b\":1}"));
	ck_assert(matches(
	    "* {\"a\":1}\n{\"b\":1}", "{\"a\":1}\n{\"a\":1}\n{\"b\":1}"));
	ck_assert(matches("* {\"a\":*}\n{\"a\":2}", "{\"a\":2}\n{\"a\":2}"));
	ck_assert(matches("...\n{\"a\":2}\n...", "{\"b\":1}\n{\"a\":2}"));
	ck_assert(!matches("...\n{\"a\":2}\n...", "{\"b\":1}"));
	ck_assert_str_eq(
	    why, "the stream ends where line 2 of the pattern must come");
	ck_assert(matches("* {\"a\":$x}\n{\"b\":$x}", "{\"a\":1}\n{\"b\":1}"));
}
END_TEST

/* What a choice bound is free again when the choice is taken back. */
START_TEST(taken_back)
{
	ck_assert(matches("? {\"a\":$x}\n{\"a\":$y}\n{\"b\":$x}",
	    "{\"a\":1}\n{\"a\":2}\n{\"b\":1}"));
	ck_assert(matches("? {\"a\":$x}\n{\"a\":$y}\n{\"b\":$y,\"c\":$x}",
	    "{\"a\":1}\n{\"b\":1,\"c\":3}"));
	ck_assert(matches("~ {\"a\":*}\n~ {\"a\":1}", "{\"a\":1}\n{\"a\":2}"));
}
END_TEST

START_TEST(lanes)
{
	const char *p = "{\"s\":0}\n"
			"~a {\"s\":1}\n~b {\"s\":2}\n"
			"~a {\"s\":3}\n~b {\"s\":4}\n"
			"{\"s\":9}";

	ck_assert(matches(p,
	    "{\"s\":0}\n{\"s\":1}\n{\"s\":2}\n{\"s\":3}\n{\"s\":4}\n{\"s\":"
	    "9}"));
	ck_assert(matches(p,
	    "{\"s\":0}\n{\"s\":2}\n{\"s\":4}\n{\"s\":1}\n{\"s\":3}\n{\"s\":"
	    "9}"));
	ck_assert(!matches(p,
	    "{\"s\":0}\n{\"s\":3}\n{\"s\":1}\n{\"s\":2}\n{\"s\":4}\n{\"s\":"
	    "9}"));
	ck_assert(!matches(p,
	    "{\"s\":0}\n{\"s\":1}\n{\"s\":2}\n{\"s\":3}\n{\"s\":9}\n{\"s\":"
	    "4}"));
	ck_assert(!matches(p, "{\"s\":0}\n{\"s\":1}\n{\"s\":2}\n{\"s\":3}"));
	ck_assert(matches("~ {\"a\":1}\n~ {\"a\":2}", "{\"a\":2}\n{\"a\":1}"));
	ck_assert(!matches("~ {\"a\":1}\n~ {\"a\":2}", "{\"a\":2}\n{\"a\":2}"));
	/* a plain line between ends the block, and names start anew */
	ck_assert(matches("~a {\"a\":1}\n{\"b\":1}\n~a {\"a\":1}",
	    "{\"a\":1}\n{\"b\":1}\n{\"a\":1}"));
	ck_assert(matches("~a ? {\"a\":1}\n~a {\"a\":2}\n~b * {\"b\":1}",
	    "{\"b\":1}\n{\"a\":2}\n{\"b\":1}"));
}
END_TEST

START_TEST(beside_the_order)
{
	const char *p = "- {\"log\":*}\n! {\"bad\":*,...}\n{\"a\":1}";

	ck_assert(matches(p, "{\"log\":1}\n{\"a\":1}\n{\"log\":2}"));
	ck_assert(!matches(p, "{\"a\":1}\n{\"bad\":1}"));
	ck_assert_str_eq(
	    why, "line 2: line 2 of the pattern forbids it: {\"bad\":1}");
	ck_assert(!matches(p, "{\"log\":1}\n{\"a\":2}"));
	ck_assert_str_eq(
	    why, "line 2: \"a\" is not as in line 3 of the pattern: {\"a\":2}");
	ck_assert(!matches(p, "{\"log\":1,\"bad\":2}\n{\"a\":1}"));
}
END_TEST

START_TEST(not_events)
{
	ck_assert(!matches("...", "hello"));
	ck_assert(!matches("...", "[]"));
	ck_assert_str_eq(why, "line 1: not an object: []");
}
END_TEST

/* The furthest failure is told, not the first. */
START_TEST(furthest)
{
	ck_assert(!matches("...\n{\"a\":1}\n{\"b\":{\"c\":1},...}",
	    "{\"x\":1}\n{\"a\":1}\n{\"b\":{\"c\":2}}"));
	ck_assert_str_eq(
	    why, "the stream ends where line 2 of the pattern must come");
	ck_assert(!matches("{\"a\":1}\n{\"b\":{\"c\":1},...}",
	    "{\"a\":1}\n{\"b\":{\"c\":2}}"));
	ck_assert_str_eq(why,
	    "line 2: \"c\" is not as in line 2 of the pattern: "
	    "{\"b\":{\"c\":2}}");
}
END_TEST

/* The line of the pattern that was not met. */
static size_t
wants(const char *pattern, const char *line)
{
	struct slice lines = slice_of(line);
	struct pattern *p;
	size_t wanted = 99;

	p = pattern_read(pattern, strlen(pattern), why, sizeof(why));
	ck_assert_ptr_nonnull(p);
	pattern_match_to(p, &lines, 1, why, sizeof(why), &wanted);
	pattern_free(p);
	return wanted;
}

START_TEST(line_wanted)
{
	ck_assert_uint_eq(wants("{\"a\":1}", "{\"a\":1}"), 0);
	ck_assert_uint_eq(wants("# one\n{\"a\":1}", "{\"a\":2}"), 2);
	ck_assert_uint_eq(wants("{\"a\":1}\n{\"b\":1}", "{\"a\":1}"), 2);
	ck_assert_uint_eq(wants("...\n! {\"a\":1}", "{\"a\":1}"), 2);
	ck_assert_uint_eq(wants("# none", "{}"), 0);
}
END_TEST

START_TEST(many_ways)
{
	char p[1024] = "";
	char text[1024] = "";

	for (int i = 0; i < 24; i++) {
		strncat(p, "...\n{\"a\":1}\n", sizeof(p) - strlen(p) - 1);
		strncat(text, "{\"a\":1}\n", sizeof(text) - strlen(text) - 1);
	}
	ck_assert(matches(p, text));
	strncat(p, "{\"b\":1}\n", sizeof(p) - strlen(p) - 1);
	ck_assert(!matches(p, text));
}
END_TEST

START_TEST(faulty)
{
	refuses("{}\n\n{\"a\"",
	    "line 3 of the pattern: not an event with $x, "
	    "* and ... in it");
	refuses("[]", "line 1 of the pattern: an event is an object");
	refuses("{\"a\":$}", "line 1 of the pattern: $ without a name");
	refuses("{\"a}", "line 1 of the pattern: a string does not end");
	refuses("{..}", "line 1 of the pattern: \".\" that is not \"...\"");
	refuses("{?a:1}",
	    "line 1 of the pattern: \"?\" is not followed by a member's name");
	refuses("{\"a\":\"\\u0000*\"}",
	    "line 1 of the pattern: a string of a pattern cannot begin with "
	    "U+0000");
	refuses("{} {}",
	    "line 1 of the pattern: not an event with $x, * and "
	    "... in it");
	refuses("~",
	    "line 1 of the pattern: not an event with $x, * and ... "
	    "in it");
}
END_TEST

Suite *
pattern_suite(void)
{
	Suite *s = suite_create("pattern");
	TCase *t = tcase_create("pattern");

	tcase_set_timeout(t, 60);

	tcase_add_test(t, one_event);
	tcase_add_test(t, empty);
	tcase_add_test(t, more_members);
	tcase_add_test(t, any_value);
	tcase_add_test(t, parts_of_strings);
	tcase_add_test(t, optional_members);
	tcase_add_test(t, bindings);
	tcase_add_test(t, times);
	tcase_add_test(t, taken_back);
	tcase_add_test(t, lanes);
	tcase_add_test(t, beside_the_order);
	tcase_add_test(t, not_events);
	tcase_add_test(t, furthest);
	tcase_add_test(t, line_wanted);
	tcase_add_test(t, many_ways);
	tcase_add_test(t, faulty);
	suite_add_tcase(s, t);
	return s;
}
