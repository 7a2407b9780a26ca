/* SPDX-License-Identifier: MIT */
#include "../runner/harness.h"

#include <check.h>

Suite *harness_suite(void);

/* What is left of events without their extensions. */
static void
leaves(const char *events, const char *left)
{
	struct sitting s = { .name = "test" };

	sitting_events(&s, slice_of(events));
	harness_strip(&s);
	ck_assert_str_eq(buf_str(&s.events), left);
	sitting_close(&s);
}

START_TEST(plain)
{
	leaves("", "");
	leaves("{\"event\":\"log\",\"text\":\"a.b\"}\n",
	    "{\"event\":\"log\",\"text\":\"a.b\"}\n");
	leaves("{\"n\":[1.50,true,null,{\"a\":\"\\u00e9\"}]}\n",
	    "{\"n\":[1.50,true,null,{\"a\":\"\\u00e9\"}]}\n");
}
END_TEST

START_TEST(members)
{
	leaves("{\"event\":\"x\",\"a.b\":1,\"c\":2}\n",
	    "{\"event\":\"x\",\"c\":2}\n");
	leaves("{\"a.b\":1}\n", "{}\n");
	leaves("{\"location\":{\"file\":\"f\",\"a.b\":{}}}\n",
	    "{\"location\":{\"file\":\"f\"}}\n");
	leaves("{\"properties\":{\"a.b\":1},\"env\":{\"c.d\":\"e\"}}\n",
	    "{\"properties\":{\"a.b\":1},\"env\":{\"c.d\":\"e\"}}\n");
}
END_TEST

START_TEST(kinds)
{
	leaves("{\"event\":\"own.thing\"}\n{\"event\":\"log\"}\n",
	    "{\"event\":\"log\"}\n");
}
END_TEST

START_TEST(values)
{
	leaves("{\"event\":\"x\",\"status\":\"own.bad\"}\n",
	    "{\"event\":\"x\"}\n");
	leaves("{\"event\":\"x\",\"status\":\"timeout\"}\n",
	    "{\"event\":\"x\",\"status\":\"timeout\"}\n");
	leaves("{\"stream\":\"own.tty\",\"kind\":\"own.hint\"}\n",
	    "{\"stream\":\"combined\",\"kind\":\"note\"}\n");
	leaves("{\"features\":[\"a\",\"own.b\"],\"tags\":[\"own.c\"]}\n",
	    "{\"features\":[\"a\"],\"tags\":[\"own.c\"]}\n");
}
END_TEST

/* What is no event stays, so that it is judged. */
START_TEST(no_events)
{
	leaves("hello\n\n[]\n{\"a\n", "hello\n[]\n{\"a\n");
}
END_TEST

Suite *
harness_suite(void)
{
	Suite *s = suite_create("harness");
	TCase *t = tcase_create("strip");

	tcase_add_test(t, plain);
	tcase_add_test(t, members);
	tcase_add_test(t, kinds);
	tcase_add_test(t, values);
	tcase_add_test(t, no_events);
	suite_add_tcase(s, t);
	return s;
}
