/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

/* ---- names ---- */

START_TEST(kinds)
{
	ck_assert_ptr_null(em_kind_name(EM_UNKNOWN).p);
	for (int k = EM_UNKNOWN + 1; k < EM_KINDS; k++) {
		struct em_str name = em_kind_name((enum em_kind)k);
		char other[32];

		ck_assert_ptr_nonnull(name.p);
		ck_assert_uint_eq(name.n, strlen(name.p));
		ck_assert_int_eq(em_kind_find(name), k);
		for (size_t i = 0; i < name.n; i++) {
			memcpy(other, name.p, name.n);
			other[i] ^= 1;
			ck_assert_int_eq(
			    em_kind_find((struct em_str){ other, name.n }),
			    EM_UNKNOWN);
		}
		ck_assert_int_eq(
		    em_kind_find((struct em_str){ name.p, name.n - 1 }),
		    EM_UNKNOWN);
	}
	ck_assert_int_eq(em_kind_find(EM_STR("")), EM_UNKNOWN);
	ck_assert_int_eq(em_kind_find(EM_STR("case_start\0")), EM_UNKNOWN);
	ck_assert_int_eq(em_kind_find((struct em_str){ NULL, 0 }), EM_UNKNOWN);
}
END_TEST

START_TEST(outcomes)
{
	ck_assert_ptr_null(em_outcome_name(EM_NONE).p);
	ck_assert_str_eq(em_outcome_name(EM_PASS).p, "pass");
	ck_assert_str_eq(em_outcome_name(EM_FAIL).p, "fail");
	ck_assert_str_eq(em_outcome_name(EM_SKIP).p, "skip");
	ck_assert_str_eq(em_outcome_name(EM_INVALID).p, "invalid");
}
END_TEST

START_TEST(strings)
{
	struct em_str absent = em_str(NULL), empty = em_str("");

	ck_assert_ptr_null(absent.p);
	ck_assert_ptr_nonnull(empty.p);
	ck_assert(em_str_eq(absent, absent));
	ck_assert(!em_str_eq(absent, empty));
	ck_assert(!em_str_eq(empty, absent));
	ck_assert(em_str_eq(empty, EM_STR("")));
	ck_assert(em_str_eq(em_str("ab"), EM_STR("ab")));
	ck_assert(!em_str_eq(em_str("ab"), EM_STR("ac")));
	ck_assert(!em_str_eq(em_str("ab"), EM_STR("ab\0")));
}
END_TEST

START_TEST(cases)
{
	struct em_event ev;

	for (int k = 0; k < EM_KINDS; k++) {
		struct em_str name = em_kind_name((enum em_kind)k);
		bool is = k != EM_UNKNOWN && str_starts(name, "case_");

		em_event_init(&ev, (enum em_kind)k);
		ck_assert(!em_event_is_case(&ev));
		ev.name = EM_STR("");
		ck_assert_int_eq(em_event_is_case(&ev), is);
	}
}
END_TEST

/* ---- the field table ---- */

START_TEST(fresh)
{
	struct em_event ev;

	memset(&ev, 0x55, sizeof(ev));
	em_event_init(&ev, EM_LOG);
	ck_assert_int_eq(ev.kind, EM_LOG);
	ck_assert_uint_eq(ev.flags, 0);
	ck_assert_uint_eq(ev.line, 0);
	ck_assert_ptr_null(ev.raw.p);
	ck_assert_ptr_null(ev.event.p);
	ck_assert_uint_eq(ev.extra.n, 0);
	/* The native writer lists them by kind, in bytes. */
	ck_assert_uint_le(em_fields_count, 128);
	for (size_t i = 0; i < em_fields_count; i++)
		ck_assert_msg(!em_field_present(&em_fields[i], &ev),
		    "%s is present", em_fields[i].name);
}
END_TEST

static void
path_of(const struct em_field *f, char path[64])
{
	snprintf(path, 64, "%s%s%s", f->in != NULL ? f->in : "",
	    f->in != NULL ? "." : "", f->name);
}

START_TEST(find)
{
	for (size_t i = 0; i < em_fields_count; i++) {
		char path[64];

		path_of(&em_fields[i], path);
		ck_assert_ptr_eq(em_field_find(em_str(path)), &em_fields[i]);
	}
	ck_assert_ptr_null(em_field_find(EM_STR("")));
	ck_assert_ptr_null(em_field_find(EM_STR("line")));
	ck_assert_ptr_null(em_field_find(EM_STR("location.")));
	ck_assert_ptr_null(em_field_find(EM_STR(".name")));
	ck_assert_ptr_null(em_field_find(EM_STR("location.line.")));
	ck_assert_ptr_null(em_field_find(EM_STR("message_kind")));
}
END_TEST

/* A value for the field of f, so that it is present. */
static void
set_field(const struct em_field *f, struct em_event *ev)
{
	static const struct em_str string = EM_STR("x");
	static const struct em_pair pair = { EM_STR("k"), EM_STR("v"), false };
	void *at = (char *)ev + f->offset;

	switch (f->type) {
	case EM_T_STR:
	case EM_T_BYTES:
	case EM_T_DATA:
	case EM_T_NUM:
		*(struct em_str *)at = string;
		break;
	case EM_T_INT:
	case EM_T_COUNT:
	case EM_T_TIME:
		*(int64_t *)at = 1;
		break;
	case EM_T_TRI:
		*(enum em_tri *)at = EM_FALSE;
		break;
	case EM_T_OUTCOME:
		*(enum em_outcome *)at = EM_INVALID;
		break;
	case EM_T_STRS:
	case EM_T_NUMS:
		*(struct em_strs *)at = (struct em_strs){ &string, 1 };
		break;
	case EM_T_PAIRS:
		*(struct em_pairs *)at = (struct em_pairs){ &pair, 1 };
		break;
	case EM_T_OBJECT:
		break;
	}
}

/* Each field has a place of its own. */
START_TEST(present)
{
	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];
		struct em_event ev;

		if (f->type == EM_T_OBJECT)
			continue;
		em_event_init(&ev, EM_LOG);
		set_field(f, &ev);
		for (size_t j = 0; j < em_fields_count; j++) {
			const struct em_field *g = &em_fields[j];
			bool holds = g->type == EM_T_OBJECT && f->in != NULL &&
			    strcmp(g->name, f->in) == 0;

			ck_assert_msg(
			    em_field_present(g, &ev) == (g == f || holds),
			    "%s with %s set", g->name, f->name);
		}
	}
}
END_TEST

/* ---- the table against the published schema ---- */

static struct arena arena;
static const struct json *defs;

static void
setup_schema(void)
{
	FILE *f = fopen("schemas/writer-1.0.schema.json", "rb");
	struct em_error e = { 0 };
	struct buf text;
	const struct json *root;
	char part[4096];
	size_t n;

	ck_assert_msg(f != NULL, "run from the top of the repository");
	arena_init(&arena, 1 << 24);
	buf_init(&text, 1 << 20);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(&text, (struct em_str){ part, n });
	fclose(f);
	root = json_parse(&arena, arena_dup(&arena, buf_str(&text)), 64, &e);
	ck_assert_msg(root != NULL, "%s", e.msg);
	defs = json_get(root, "$defs");
	buf_free(&text);
}

static void
teardown_schema(void)
{
	arena_free(&arena);
}

static bool
lists(const struct json *array, struct em_str s)
{
	for (const struct json *v = array != NULL ? array->child : NULL;
	     v != NULL; v = v->next)
		if (em_str_eq(json_str(v), s))
			return true;
	return false;
}

static enum em_field_type
string_type(struct em_str ref)
{
	if (str_ends(ref, "/time"))
		return EM_T_TIME;
	if (str_ends(ref, "/outcome"))
		return EM_T_OUTCOME;
	return str_ends(ref, "/base64") ? EM_T_DATA : EM_T_STR;
}

/* How the schema's property would be in the table. */
static enum em_field_type
schema_type(const struct json *property)
{
	struct em_str ref = json_get_str(property, "$ref"), type;
	int64_t minimum = 0;

	if (ref.p != NULL) {
		struct em_str name = str_from(ref, strlen("#/$defs/"));

		property = json_get(defs, arena_cstr(&arena, name));
	}
	type = json_get_str(property, "type");
	json_i64(json_get(property, "minimum"), &minimum);
	if (str_eq(type, "string"))
		return string_type(ref);
	if (str_eq(type, "integer"))
		return minimum == 1 ? EM_T_COUNT : EM_T_INT;
	if (str_eq(type, "number"))
		return EM_T_NUM;
	if (str_eq(type, "boolean"))
		return EM_T_TRI;
	if (str_eq(type, "array"))
		return str_eq(json_str(json_path(property, "items.type")),
			   "number")
		    ? EM_T_NUMS
		    : EM_T_STRS;
	ck_assert(str_eq(type, "object"));
	return json_get(property, "properties") != NULL ? EM_T_OBJECT
							: EM_T_PAIRS;
}

static const struct em_field *
find_in(const char *in, struct em_str name)
{
	if (in == NULL)
		return em_field_find(name);
	return em_field_find(
	    arena_printf(&arena, "%s.%.*s", in, (int)name.n, name.p));
}

/* Every property of the schema is in the table, as what it is. */
static void
check_properties(const struct json *def, const char *in, uint32_t bit)
{
	const struct json *p = json_get(def, "properties");

	for (p = p->child; p != NULL; p = p->next) {
		struct em_str name = p->key;
		bool b64 = str_ends(name, "_b64");
		enum em_field_type type = EM_T_DATA, want = EM_T_DATA;
		const struct em_field *f;

		if (in == NULL && str_eq(name, "event"))
			continue;
		if (b64)
			name.n -= strlen("_b64");
		f = find_in(in, name);
		ck_assert_msg(
		    f != NULL, "%.*s is not in the table", (int)name.n, name.p);
		ck_assert_msg((f->kinds & bit) != 0,
		    "%s is in the schema of more kinds", f->name);
		want = schema_type(p);
		type = f->type;
		if (type == EM_T_BYTES)
			type = b64 ? EM_T_DATA : EM_T_STR;
		ck_assert_msg(type == want, "%s: type %d, in the schema %d",
		    f->name, type, want);
	}
}

/* Every field of the table is in the schema, required or not. */
static void
check_fields(const struct json *def, const char *in, uint32_t bit)
{
	const struct json *props = json_get(def, "properties");
	const struct json *required = json_get(def, "required");
	const struct json *choice = json_get(def, "x-exactly-one");

	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];
		struct em_str name = em_str(f->name);
		bool needed;

		if ((f->in == NULL) != (in == NULL) ||
		    (in != NULL && strcmp(f->in, in) != 0) || !(f->kinds & bit))
			continue;
		if (f->type == EM_T_DATA)
			name = arena_join(&arena, name, EM_STR("_b64"));
		ck_assert_msg(json_get(props, arena_cstr(&arena, name)),
		    "%s is not in the schema", f->name);
		needed = lists(required, name) ||
		    (f->type == EM_T_BYTES && lists(choice, name));
		ck_assert_msg(((f->required & bit) != 0) == needed,
		    "%s is%s required in the schema", f->name,
		    needed ? "" : " not");
	}
}

START_TEST(schema)
{
	struct em_str name = em_kind_name((enum em_kind)_i);
	const struct json *def = json_get(defs, name.p);
	uint32_t bit = 1u << _i;

	ck_assert_msg(def != NULL, "%s is not in the schema", name.p);
	check_properties(def, NULL, bit);
	check_fields(def, NULL, bit);
	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];

		if (f->type != EM_T_OBJECT || !(f->kinds & bit))
			continue;
		check_properties(json_get(defs, f->name), f->name, bit);
		check_fields(json_get(defs, f->name), f->name, bit);
	}
}
END_TEST

/* The kinds of the schema are those that are known. */
START_TEST(schema_kinds)
{
	int n = 0;

	for (const struct json *d = defs->child; d != NULL; d = d->next)
		if (json_path(d, "properties.event") != NULL) {
			ck_assert_msg(em_kind_find(d->key) != EM_UNKNOWN,
			    "%.*s", (int)d->key.n, d->key.p);
			n++;
		}
	ck_assert_int_eq(n, EM_KINDS - 1);
}
END_TEST

Suite *event_suite(void);

Suite *
event_suite(void)
{
	Suite *s = suite_create("event");
	TCase *names = tcase_create("names");
	TCase *table = tcase_create("field table");
	TCase *schemas = tcase_create("schema");

	tcase_add_test(names, kinds);
	tcase_add_test(names, outcomes);
	tcase_add_test(names, strings);
	tcase_add_test(names, cases);
	suite_add_tcase(s, names);
	tcase_add_test(table, fresh);
	tcase_add_test(table, find);
	tcase_add_test(table, present);
	suite_add_tcase(s, table);
	tcase_add_checked_fixture(schemas, setup_schema, teardown_schema);
	tcase_add_loop_test(schemas, schema, EM_UNKNOWN + 1, EM_KINDS);
	tcase_add_test(schemas, schema_kinds);
	suite_add_tcase(s, schemas);
	return s;
}
