/* SPDX-License-Identifier: MIT */
/*
 * The validator. The files of the JSON-Schema-Test-Suite are used where the
 * corpus is at hand: all their tests hold for every keyword that is claimed,
 * save groups whose schema uses something else, which is refused.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "schema.h"

Suite *schema_suite(void);

static struct json *
parse(struct slice text)
{
	struct json_error e;
	struct json *v = json_parse(text.p, text.n, &e);

	ck_assert_msg(v != NULL, "%s at %zu", e.text, e.offset);
	return v;
}

/* Whether v is valid; what is wrong, and where, is kept in *why. */
static bool
valid(const char *schema, const char *v, enum schema_view view,
    struct schema_why *why)
{
	struct json *text = parse(slice_of(schema)), *value;
	struct schema_error e;
	struct schema *s = schema_read(text, SCHEMA_GENERAL, &e);
	bool ok;

	ck_assert_msg(s != NULL, "%s: %s", e.at, e.text);
	value = parse(slice_of(v));
	ok = schema_valid(s, value, view, why);
	json_free(value);
	schema_free(s);
	json_free(text);
	return ok;
}

START_TEST(says_what_and_where)
{
	static const char schema[] =
	    "{\"oneOf\":[{\"$ref\":\"#/$defs/a\"},{\"$ref\":\"#/$defs/b\"}],"
	    "\"$defs\":{\"a\":{\"type\":\"object\",\"required\":[\"event\"],"
	    "\"properties\":{\"event\":{\"const\":\"a\"},"
	    "\"l\":{\"items\":{\"type\":\"integer\"}}},"
	    "\"additionalProperties\":false},"
	    "\"b\":{\"properties\":{\"event\":{\"const\":\"b\"}}}}}";
	struct schema_why why;

	ck_assert(valid(
	    schema, "{\"event\":\"a\",\"l\":[1,2e0]}", SCHEMA_STRICT, &why));
	ck_assert(!valid(
	    schema, "{\"event\":\"a\",\"l\":[1,\"x\"]}", SCHEMA_STRICT, &why));
	ck_assert_str_eq(why.at, "/l/1");
	ck_assert_str_eq(why.text, "is not of type 'integer'");
	ck_assert(
	    !valid(schema, "{\"event\":\"a\",\"x.y\":1}", SCHEMA_STRICT, &why));
	ck_assert_str_eq(why.text, "has an unknown member 'x.y'");
	ck_assert(valid(
	    schema, "{\"event\":\"a\",\"x.y\":1}", SCHEMA_EXTENSIONS, &why));
	ck_assert(!valid(
	    schema, "{\"event\":\"a\",\"xy\":1}", SCHEMA_EXTENSIONS, &why));
}
END_TEST

START_TEST(takes_open_values_with_a_dot)
{
	static const char open[] = "{\"enum\":[\"a\"],\"x-open\":true}";
	static const char closed[] = "{\"enum\":[\"a\"],\"x-open\":false}";
	struct schema_why why;

	ck_assert(valid(open, "\"v.b\"", SCHEMA_EXTENSIONS, &why));
	ck_assert(!valid(open, "\"v.b\"", SCHEMA_STRICT, &why));
	ck_assert(!valid(open, "\"b\"", SCHEMA_EXTENSIONS, &why));
	ck_assert(!valid(closed, "\"v.b\"", SCHEMA_EXTENSIONS, &why));
}
END_TEST

static const struct {
	const char *schema, *at;
	enum schema_language language;
} refused[] = {
	{ "{\"format\":\"date\"}", "", SCHEMA_GENERAL },
	{ "{\"allOf\":[true]}", "", SCHEMA_PROFILE },
	{ "{\"properties\":{\"a\":{\"typ\":\"string\"}}}", "/properties/a",
	    SCHEMA_GENERAL },
	{ "{\"type\":\"text\"}", "/type", SCHEMA_GENERAL },
	{ "{\"type\":[\"string\",\"string\"]}", "/type", SCHEMA_GENERAL },
	{ "{\"required\":[1]}", "/required", SCHEMA_GENERAL },
	{ "{\"minLength\":-1}", "/minLength", SCHEMA_GENERAL },
	{ "{\"minimum\":\"1\"}", "/minimum", SCHEMA_GENERAL },
	{ "{\"oneOf\":[]}", "/oneOf", SCHEMA_GENERAL },
	{ "{\"pattern\":\"(\"}", "/pattern", SCHEMA_GENERAL },
	{ "{\"$ref\":\"other.json\"}", "/$ref", SCHEMA_GENERAL },
	{ "{\"$ref\":\"#/$defs/a\"}", "/$ref", SCHEMA_GENERAL },
	{ "{\"$ref\":\"#\"}", "/$ref", SCHEMA_PROFILE },
	{ "{\"not\":{\"type\":\"string\"}}", "/not", SCHEMA_PROFILE },
	{ "{\"type\":\"string\",\"type\":\"null\"}", "", SCHEMA_GENERAL },
	{ "{\"properties\":{\"a\":{\"$id\":\"x\"}}}", "/properties/a",
	    SCHEMA_GENERAL },
	{ "[]", "", SCHEMA_GENERAL },
};

START_TEST(refuses)
{
	struct json *text = parse(slice_of(refused[_i].schema));
	struct schema_error e;

	ck_assert_ptr_null(schema_read(text, refused[_i].language, &e));
	ck_assert_str_eq(e.at, refused[_i].at);
	ck_assert_str_ne(e.text, "");
	json_free(text);
}
END_TEST

/* Keywords that are claimed, and how many groups of their file use something
 * that is not: it is never more. */
static const struct {
	const char *name;
	unsigned refused;
} files[] = {
	{ "type", 0 },
	{ "enum", 0 },
	{ "const", 0 },
	{ "required", 0 },
	{ "properties", 0 },
	{ "additionalProperties", 0 },
	{ "items", 0 },
	{ "minimum", 0 },
	{ "maximum", 0 },
	{ "minLength", 0 },
	{ "maxLength", 0 },
	{ "minItems", 0 },
	{ "maxItems", 0 },
	{ "pattern", 1 }, /* \p */
	{ "oneOf", 0 },
	{ "not", 1 }, /* unevaluatedProperties */
	{ "ref", 17 }, /* $id below the root, other documents, anchors */
	{ "defs", 1 }, /* the meta-schema */
	{ "boolean_schema", 0 },
	{ "infinite-loop-detection", 0 },
	{ "allOf", 1 }, /* multipleOf */
	{ "anyOf", 0 },
	{ "patternProperties", 1 }, /* \p */
	{ "propertyNames", 0 },
	{ "dependentSchemas", 1 }, /* minProperties */
	{ "prefixItems", 0 },
	{ "optional/non-bmp-regex", 0 },
};

static void
hold_group(const char *name, const struct json *group, unsigned *refusals)
{
	const struct json *tests = json_member(group, "tests"), *t;
	struct slice title = json_text(group, "description");
	struct schema_error e;
	struct schema *s =
	    schema_read(json_member(group, "schema"), SCHEMA_GENERAL, &e);

	if (s == NULL) {
		(*refusals)++;
		return;
	}
	for (size_t i = 0; (t = json_at(tests, i)) != NULL; i++) {
		struct slice what = json_text(t, "description");

		ck_assert_msg(
		    schema_valid(s, json_member(t, "data"), SCHEMA_STRICT,
			NULL) == json_member(t, "valid")->boolean,
		    "%s: %.*s: %.*s", name, (int)title.n, title.p, (int)what.n,
		    what.p);
	}
	schema_free(s);
}

START_TEST(passes_the_test_suite)
{
	const char *corpus = getenv("CORPUS");
	struct buf b = { 0 };
	unsigned refusals = 0;
	struct json *all;
	char path[1024];

	snprintf(path, sizeof(path),
	    "%s/conformance/JSON-Schema-Test-Suite/tests/draft2020-12/%s.json",
	    corpus != NULL ? corpus : "../shared/corpus", files[_i].name);
	if (!read_file(path, &b)) {
		buf_free(&b);
		return;
	}
	all = parse(buf_slice(&b));
	buf_free(&b);
	for (size_t i = 0; i < all->count; i++)
		hold_group(files[_i].name, all->item[i], &refusals);
	ck_assert_uint_le(refusals, files[_i].refused);
	json_free(all);
}
END_TEST

Suite *
schema_suite(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("schema");

	tcase_add_test(t, says_what_and_where);
	tcase_add_test(t, takes_open_values_with_a_dot);
	tcase_add_loop_test(t, refuses, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_loop_test(
	    t, passes_the_test_suite, 0, sizeof(files) / sizeof(*files));
	suite_add_tcase(s, t);
	return s;
}
