/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "test_scan.h"

enum { DEPTH = 100, MEMORY = 1 << 26, SLACK = 64 };

static const struct scan_impl native = { "native", scan_line, scan_value,
	scan_unescape };
static const struct scan_impl *const impls[] = { &native, &scan_portable };

static struct arena arena;

static void
setup(void)
{
	arena_init(&arena, MEMORY);
}

static void
teardown(void)
{
	arena_free(&arena);
}

/* ---- text with just the slack that the scanner may look at ---- */

/* What may stand behind a line in a buffer: nothing, or what would go on with
 * it or end it, had the line not ended. */
static const char *const behind[] = { "", "\"", "}", "]", "0", " ", "}}]]\"\"",
	",\"name\":\"x\"}", ",\"x.y\":[1]}", "e1}", "\\\"}", "null}", "\n{}" };

static char *
with_slack(struct em_str s, const char *fill)
{
	char *p = malloc(s.n + SLACK);
	size_t n = strlen(fill);

	ck_assert_ptr_nonnull(p);
	memcpy(p, s.p, s.n);
	memset(p + s.n, 0, SLACK);
	for (size_t i = 0; n > 0 && i < SLACK; i++)
		p[s.n + i] = fill[i % n];
	return p;
}

/* ---- an event as text, to compare ---- */

static void
print_list(struct em_out *out, struct em_strs l)
{
	em_out_puts(out, "[");
	for (size_t i = 0; i < l.n; i++) {
		em_out_puts(out, i > 0 ? "," : "");
		em_out_json_str(out, l.v[i]);
	}
	em_out_puts(out, "]");
}

static void
print_pairs(struct em_out *out, struct em_pairs l)
{
	em_out_puts(out, "{");
	for (size_t i = 0; i < l.n; i++) {
		em_out_puts(out, i > 0 ? "," : "");
		em_out_json_str(out, l.v[i].key);
		em_out_puts(out, l.v[i].json ? "=" : ":");
		em_out_json_str(out, l.v[i].value);
	}
	em_out_puts(out, "}");
}

static void
print_field(
    struct em_out *out, const struct em_field *f, const struct em_event *ev)
{
	const void *at = (const char *)ev + f->offset;

	em_out_printf(out, " %s%s%s=", f->in != NULL ? f->in : "",
	    f->in != NULL ? "." : "", f->name);
	switch (f->type) {
	case EM_T_STR:
	case EM_T_BYTES:
	case EM_T_DATA:
	case EM_T_NUM:
		em_out_json_str(out, *(const struct em_str *)at);
		break;
	case EM_T_INT:
	case EM_T_COUNT:
	case EM_T_TIME:
		em_out_printf(out, "%lld", (long long)*(const int64_t *)at);
		break;
	case EM_T_TRI:
		em_out_puts(out,
		    *(const enum em_tri *)at == EM_TRUE ? "true" : "false");
		break;
	case EM_T_OUTCOME:
		em_out_write(
		    out, em_outcome_name(*(const enum em_outcome *)at));
		break;
	case EM_T_STRS:
	case EM_T_NUMS:
		print_list(out, *(const struct em_strs *)at);
		break;
	case EM_T_PAIRS:
		print_pairs(out, *(const struct em_pairs *)at);
		break;
	case EM_T_OBJECT:
		break;
	}
}

static void
print_event(struct em_out *out, const struct scan *s, const struct em_event *ev)
{
	em_out_json_str(out, ev->event);
	if (ev->kind == EM_UNKNOWN)
		em_out_puts(out, "?");
	for (size_t i = 0; i < em_fields_count; i++)
		if (em_fields[i].type != EM_T_OBJECT &&
		    em_field_present(&em_fields[i], ev))
			print_field(out, &em_fields[i], ev);
	for (size_t i = 0; i < ev->extra.n; i++) {
		const struct em_member *m = &ev->extra.v[i];

		em_out_puts(out, " +");
		if (m->in.p != NULL) {
			em_out_write(out, m->in);
			em_out_puts(out, ".");
		}
		em_out_write(out, m->key);
		em_out_puts(out, "=");
		em_out_write(out, m->value);
	}
	if (s->invalid != NULL)
		em_out_printf(out, " (%s %s)", s->invalid, s->invalid_why);
	if (ev->flags & EM_F_INVALID)
		em_out_puts(out, " INVALID");
}

/* The line scanned by s: the event, or the failure. */
static struct em_str
scanned(const struct scan_impl *impl, struct scan *s, struct em_event *ev,
    struct em_str line, const char *fill)
{
	struct em_out *out = em_out_mem();
	char *p = with_slack(line, fill);
	struct em_str copy = { p, line.n }, result;

	s->arena = &arena;
	s->depth_max = DEPTH;
	if (impl->line(s, copy, ev)) {
		ck_assert(ev->raw.p == p && ev->raw.n == line.n);
		ck_assert(em_kind_find(ev->event) == ev->kind);
		print_event(out, s, ev);
	} else {
		ck_assert_uint_le(s->error_at, line.n);
		em_out_printf(out, "%s at %zu", s->error, s->error_at);
	}
	result = arena_dup(&arena, em_out_memory(out));
	em_out_close(out, NULL);
	free(p);
	return result;
}

/* The same by all scanners, new and used ones, whatever is behind. */
static struct em_str
scan(struct em_str line)
{
	static struct scan used[ARRAY_LEN(impls)];
	static struct em_event events[ARRAY_LEN(impls)];
	struct em_str first = { NULL, 0 }, got;

	for (size_t i = 0; i < ARRAY_LEN(impls); i++)
		for (size_t j = 0; j < ARRAY_LEN(behind); j++) {
			struct scan *fresh = calloc(1, sizeof(*fresh));
			struct em_event ev;

			got = scanned(impls[i], fresh, &ev, line, behind[j]);
			if (first.p == NULL)
				first = got;
			ck_assert_msg(em_str_eq(first, got),
			    "%s, behind it \"%s\":\n%.*s\ngave %.*s\nnot  %.*s",
			    impls[i]->name, behind[j], (int)line.n, line.p,
			    (int)got.n, got.p, (int)first.n, first.p);
			free(fresh);
			got = scanned(
			    impls[i], &used[i], &events[i], line, behind[j]);
			ck_assert_msg(em_str_eq(first, got),
			    "%s, used, behind it \"%s\":\n%.*s\ngave %.*s\n"
			    "not  %.*s",
			    impls[i]->name, behind[j], (int)line.n, line.p,
			    (int)got.n, got.p, (int)first.n, first.p);
		}
	return first;
}

static void
check(struct em_str line, const char *want)
{
	struct em_str got = scan(line);

	ck_assert_msg(str_eq(got, want), "%.*s\ngave %.*s\nnot  %s",
	    (int)line.n, line.p, (int)got.n, got.p, want);
}

/* ---- lines ---- */

static const struct {
	struct em_str line;
	const char *want;
} lines[] = {
	{ EM_STR("{\"event\":\"run_cancel\"}"), "\"run_cancel\"" },
	{ EM_STR("{\"event\":\"case_complete\",\"suite\":\"pkg::bin\","
		 "\"name\":\"mod::case_1234\",\"elapsed_ns\":123456789,"
		 "\"outcome\":\"pass\",\"duration_ns\":12345,"
		 "\"x.vendor\":{\"a\":1}}"),
	    "\"case_complete\" suite=\"pkg::bin\" name=\"mod::case_1234\" "
	    "outcome=pass duration_ns=12345 elapsed_ns=123456789 "
	    "+x.vendor={\"a\":1}" },
	/* White space, CR at the end. */
	{ EM_STR(" { \"event\" : \"case_start\" , \"name\" : \"a\" } \r"),
	    "\"case_start\" name=\"a\"" },
	{ EM_STR("\t{\t\"event\":\r\"case_start\",\n\"name\":\t\"a\"\t}\t"),
	    "\"case_start\" name=\"a\"" },
	/* `event` anywhere and in any spelling. */
	{ EM_STR("{\"name\":\"a\",\"event\":\"case_start\"}"),
	    "\"case_start\" name=\"a\"" },
	{ EM_STR("{\"x.y\":{\"event\":\"log\"},\"name\":\"a\","
		 "\"\\u0065vent\":\"case_st\\u0061rt\",\"worker\":\"w\"}"),
	    "\"case_start\" name=\"a\" worker=\"w\" "
	    "+x.y={\"event\":\"log\"}" },
	{ EM_STR("{\"n\\u0061me\":\"a\",\"event\":\"case_start\"}"),
	    "\"case_start\" name=\"a\"" },
	/* Unknown events. */
	{ EM_STR("{\"event\":\"case_replay\",\"name\":\"a\","
		 "\"outcome\":\"pass\",\"x\":[1]}"),
	    "\"case_replay\"? name=\"a\"" },
	{ EM_STR("{\"event\":\"x.y\",\"suite\":3,\"elapsed_ns\":-1}"),
	    "\"x.y\"?" },
	{ EM_STR("{\"suite\":3,\"event\":\"\"}"), "\"\"?" },
	/* No event. */
	{ EM_STR("{}"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{ }"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{\"event\":null}"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{\"event\":5,\"name\":\"a\"}"),
	    "\"\"? name=\"a\" (event is not a string) INVALID" },
	{ EM_STR("{\"Event\":\"log\",\"type\":\"suite\"}"),
	    "\"\"? (event is missing) INVALID" },
	/* Known elsewhere is unknown here, and in its order. */
	{ EM_STR("{\"event\":\"run_cancel\",\"x.a\":1,\"outcome\":\"pass\","
		 "\"x.a\":2,\"location\":5,\"location\":6}"),
	    "\"run_cancel\" +x.a=1 +outcome=\"pass\" +x.a=2 +location=5 "
	    "+location=6" },
	{ EM_STR("{\"outcome\":\"pass\",\"x.b\":1,\"reason\":\"r\","
		 "\"text\":7,\"event\":\"run_cancel\"}"),
	    "\"run_cancel\" reason=\"r\" +outcome=\"pass\" +x.b=1 +text=7" },
	{ EM_STR("{\"event\":\"run_cancel\",\"Reason\":\"r\",\"\":0,"
		 "\"reaso\":1,\"reasons\":2,\"event\\u0000\":3,"
		 "\"__proto__\":{\"a\":[]}}"),
	    "\"run_cancel\" +Reason=\"r\" +=0 +reaso=1 +reasons=2 "
	    "+event\\u0000=3 +__proto__={\"a\":[]}" },
	/* More unknown members than there is room for at first. */
	{ EM_STR("{\"event\":\"run_cancel\",\"a.a\":1,\"a.b\":2,\"a.c\":3,"
		 "\"a.d\":4,\"a.e\":5,\"a.f\":6,\"a.g\":7,\"a.h\":8,"
		 "\"a.i\":9,\"a.j\":10}"),
	    "\"run_cancel\" +a.a=1 +a.b=2 +a.c=3 +a.d=4 +a.e=5 +a.f=6 "
	    "+a.g=7 +a.h=8 +a.i=9 +a.j=10" },
	{ EM_STR("{\"event\":\"run_cancel\",\"a.a\":1.0,\"a.b\":1e400,"
		 "\"a.c\":-0,\"a.d\":18446744073709551616}"),
	    "\"run_cancel\" +a.a=1.0 +a.b=1e400 +a.c=-0 "
	    "+a.d=18446744073709551616" },
	/* Strings. */
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"}"), "\"log\" text=\"\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcde\"}"),
	    "\"log\" text=\"0123456789abcde\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcdef\"}"),
	    "\"log\" text=\"0123456789abcdef\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcdef0\"}"),
	    "\"log\" text=\"0123456789abcdef0\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\\nb\\u0000\\u00e9\x7f\"}"),
	    "\"log\" text=\"a\\nb\\u0000\xc3\xa9\\u007f\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"gr\xc3\xb6\xc3\x9f"
		 "e \xe6\x97\xa5 \xf0\x9f\x98\x80 and ASCII behind it\"}"),
	    "\"log\" text=\"gr\xc3\xb6\xc3\x9f"
	    "e \xe6\x97\xa5 \xf0\x9f\x98\x80 and ASCII behind it\"" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"\\ud83d\\ude00\"}"),
	    "\"case_start\" name=\"\xf0\x9f\x98\x80\"" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"\\ud800\"}"),
	    "\"case_start\" name=\"\xef\xbf\xbd\"" },
	/* Bytes. */
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\"" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"\"}"),
	    "\"log\" text=\"\"" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"aGk*\"}"),
	    "\"log\" (text_b64 is not base64 in a string) INVALID" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":7}"),
	    "\"log\" (text_b64 is not base64 in a string) INVALID" },
	{ EM_STR("{\"event\":\"log\",\"text\":null,\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\",\"text_b64\":null}"),
	    "\"log\" text=\"a\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\",\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\" (text is there in several forms) INVALID" },
	{ EM_STR("{\"event\":\"log\"}"), "\"log\" (text is missing) INVALID" },
	/* One of several. */
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"path\":\"p\"}"),
	    "\"case_attachment\" name=\"a\" path=\"p\"" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"data_b64\":\"/wAB\",\"data\":\"x\"}"),
	    "\"case_attachment\" name=\"a\" data=\"\xef\xbf\xbd\\u0000\\u0001\""
	    " +data=\"x\"" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\"}"),
	    "\"case_attachment\" name=\"a\" (path is missing) INVALID" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"path\":\"p\",\"url\":\"u\"}"),
	    "\"case_attachment\" name=\"a\" path=\"p\" url=\"u\" "
	    "(path is there in several forms) INVALID" },
	/* Outcomes. */
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"fail\"}"),
	    "\"case_complete\" name=\"a\" outcome=fail" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"s\\u006bip\"}"),
	    "\"case_complete\" name=\"a\" outcome=skip" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"passed\"}"),
	    "\"case_complete\" name=\"a\" outcome=invalid "
	    "(outcome is not pass, fail or skip)" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":[\"pass\"]}"),
	    "\"case_complete\" name=\"a\" outcome=invalid "
	    "(outcome is not pass, fail or skip) INVALID" },
	{ EM_STR("{\"event\":\"suite_complete\",\"suite\":\"s\","
		 "\"outcome\":true}"),
	    "\"suite_complete\" suite=\"s\" outcome=invalid "
	    "(outcome is not pass, fail or skip)" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":null}"),
	    "\"case_complete\" name=\"a\" (outcome is missing) INVALID" },
	/* Several things wrong: the worst is named. */
	{ EM_STR("{\"event\":\"case_complete\",\"duration_ns\":-1,"
		 "\"outcome\":\"pass\",\"name\":7,\"suite\":8}"),
	    "\"case_complete\" outcome=pass (name is not a string) INVALID" },
	/* Identity: optional, and still not to be got wrong. */
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":\"2\"}"),
	    "\"case_start\" name=\"a\" "
	    "(attempt is not an integer from 1 to 2^53-1) INVALID" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"suite\":null}"),
	    "\"case_start\" name=\"a\"" },
	/* Objects. */
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":{\"name\":\"n\",\"version\":\"v\",\"x\":[1],"
		 "\"n\\u0061m\":{}},\"features\":[\"a.b\",\"c\"],"
		 "\"requires\":[]}"),
	    "\"protocol\" version=\"1.0\" features=[\"a.b\",\"c\"] "
	    "producer.name=\"n\" producer.version=\"v\" +producer.x=[1] "
	    "+producer.n\\u0061m={}" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":{\"version\":\"v\"}}"),
	    "\"protocol\" version=\"1.0\" (producer.name is missing) "
	    "INVALID" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":\"x\"}"),
	    "\"protocol\" version=\"1.0\" (producer is not an object) "
	    "INVALID" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\"}"),
	    "\"protocol\" version=\"1.0\" (producer is missing) INVALID" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"file\":\"f.c\",\"l\\u0069ne\":3,\"end_line\":null,"
		 "\"end_column\":7}}"),
	    "\"discover_case\" name=\"a\" location.file=\"f.c\" "
	    "location.line=3 location.end_column=7" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"file\":\"f.c\",\"line\":0}}"),
	    "\"discover_case\" name=\"a\" location.file=\"f.c\" "
	    "(location.line is not an integer from 1 to 2^53-1)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"line\":3,\"x\":1}}"),
	    "\"discover_case\" name=\"a\" +location.x=1 "
	    "(location.file is missing)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"line\":3,\"file\":8,\"end_column\":4}}"),
	    "\"discover_case\" name=\"a\" (location.file is not a string)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":{}}"),
	    "\"discover_case\" name=\"a\" (location.file is missing)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":null}"),
	    "\"discover_case\" name=\"a\"" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":[\"f.c\",3]}"),
	    "\"discover_case\" name=\"a\" (location is not an object)" },
	/* Counts that were stated wrongly agree with nothing. */
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"fail\":0,\"skip\":2},"
		 "\"filtered\":true}"),
	    "\"run_complete\" outcome=pass filtered=true counts.pass=1 "
	    "counts.fail=0 counts.skip=2" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"skip\":\"2\"}}"),
	    "\"run_complete\" outcome=pass counts.pass=1 counts.fail=-1 "
	    "counts.skip=-1 (counts.skip is not an integer from 0 to "
	    "2^53-1)" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"fail\":null,\"skip\":2}}"),
	    "\"run_complete\" outcome=pass counts.pass=1 counts.fail=-1 "
	    "counts.skip=2" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":3}"),
	    "\"run_complete\" outcome=pass counts.pass=-1 counts.fail=-1 "
	    "counts.skip=-1 (counts is not an object)" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":null}"),
	    "\"run_complete\" outcome=pass" },
	/* Lists and maps. */
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"tags\":[ \"a\" , \"b\\\"\" ]}"),
	    "\"case_start\" name=\"a\" tags=[\"a\",\"b\\\"\"]" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"tags\":[\"a\",1]}"),
	    "\"case_start\" name=\"a\" (tags is not an array of strings)" },
	{ EM_STR("{\"event\":\"case_metric\",\"name\":\"a\",\"metric\":\"m\","
		 "\"unit\":\"ns\",\"value\":1.50e3,\"min\":-0,"
		 "\"samples\":[1,2.0,-3e-1]}"),
	    "\"case_metric\" name=\"a\" metric=\"m\" value=\"1.50e3\" "
	    "unit=\"ns\" min=\"-0\" samples=[\"1\",\"2.0\",\"-3e-1\"]" },
	{ EM_STR("{\"event\":\"case_metric\",\"name\":\"a\",\"metric\":\"m\","
		 "\"unit\":\"ns\",\"value\":1,\"samples\":[1,\"2\"]}"),
	    "\"case_metric\" name=\"a\" metric=\"m\" value=\"1\" "
	    "unit=\"ns\" (samples is not an array of numbers)" },
	{ EM_STR("{\"event\":\"run_start\",\"properties\":{\"a\":\"b\",\"\":1,"
		 "\"n\":null, \"l\":[1, 2],\"a\":true,\"k\\t\":\"\\n\"},"
		 "\"env\":{},\"command\":[\"a b\"],\"seed\":\"42\"}"),
	    "\"run_start\" properties={\"a\":\"b\",\"\"=\"1\",\"n\"=\"null\","
	    "\"l\"=\"[1, 2]\",\"a\"=\"true\",\"k\\t\":\"\\n\"} seed=\"42\" "
	    "command=[\"a b\"]" },
	/* Times. */
	{ EM_STR(
	      "{\"event\":\"run_start\",\"time\":\"1970-01-01T00:00:01.5Z\"}"),
	    "\"run_start\" time=1500000000" },
	{ EM_STR("{\"event\":\"run_start\",\"time\":\"yesterday\"}"),
	    "\"run_start\" (time is not a time (RFC 3339) in a string)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"selected\":false}"),
	    "\"discover_case\" name=\"a\" selected=false" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"selected\":\"false\"}"),
	    "\"discover_case\" name=\"a\" (selected is not true or false)" },
};

START_TEST(line_table)
{
	check(lines[_i].line, lines[_i].want);
}
END_TEST

/* ---- malformed lines ---- */

static const struct {
	struct em_str line;
	const char *error;
} malformed[] = {
	{ EM_STR(""), "unexpected end at 0" },
	{ EM_STR("  "), "unexpected end at 2" },
	{ EM_STR("[]"), "object expected at 0" },
	{ EM_STR("{"), "unexpected end at 1" },
	{ EM_STR("{oops"), "member name expected at 1" },
	{ EM_STR("{,}"), "member name expected at 1" },
	{ EM_STR("{\"event\""), "unexpected end at 8" },
	{ EM_STR("{\"event\":"), "unexpected end at 9" },
	{ EM_STR("{\"event\":\"log"), "unexpected end at 13" },
	{ EM_STR("{\"event\":\"log\""), "unexpected end at 14" },
	{ EM_STR("{\"event\":\"log\","), "unexpected end at 15" },
	{ EM_STR("{\"event\":\"log\",}"), "member name expected at 15" },
	{ EM_STR("{\"event\":\"log\"{\"text\":\"\"}"),
	    "comma or } expected at 14" },
	{ EM_STR("{\"text\":\"\"{\"event\":\"log\"}"),
	    "comma or } expected at 10" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"}}"),
	    "text behind the object at 25" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"} {}"),
	    "text behind the object at 26" },
	{ EM_STR("{\"event\":\"log\" \"text\":\"\"}"),
	    "comma or } expected at 15" },
	{ EM_STR("{\"event\":\"log\",\"text\" \"\"}"), "colon expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"text\":}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\x1f\"}"),
	    "control character in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\0b\"}"),
	    "control character in a string at 24" },
	{ EM_STR("{\"event\":\"log\",\"te\nxt\":\"\"}"),
	    "control character in a string at 18" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\\x\"}"),
	    "bad escape in a string at 24" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\\u12g4\"}"),
	    "hexadecimal digit expected at 27" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"ok \xff\"}"),
	    "bad UTF-8 in a string at 26" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xc0\x80\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xed\xa0\x80\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xc3\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"x\xff\":1}"),
	    "bad UTF-8 in a string at 17" },
	{ EM_STR("{\"event\":\"log\",\"x\":\xef\xbb\xbf"
		 "1}"),
	    "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":[\"a\xf5\"]}"),
	    "bad UTF-8 in a string at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":NaN}"), "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":tru}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":truee}"),
	    "comma or } expected at 23" },
	{ EM_STR("{\"event\":\"log\",\"x\":01}"), "comma or } expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":1.}"), "digit expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":1e}"), "digit expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":-}"), "digit expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":+1}"), "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1,]}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1}}"),
	    "comma or ] expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":{\"a\":1]}"),
	    "comma or } expected at 25" },
	{ EM_STR("{\"event\":\"log\",\"x\":{1:1}}"),
	    "member name expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1,[2,{\"a\":[]}"),
	    "unexpected end at 33" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[\"a\""
		 "\"b\"]}"),
	    "comma or ] expected at 44" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[\"a\","
		 "1,]}"),
	    "value expected at 47" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"properties\":{\"a\":1,}}"),
	    "member name expected at 53" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"elapsed_ns\":012}"),
	    "comma or } expected at 47" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"elapsed_ns\":}"),
	    "value expected at 46" },
	/* Twice. */
	{ EM_STR("{\"event\":\"log\",\"event\":\"log\",\"text\":\"\"}"),
	    "member is there twice at 15" },
	{ EM_STR("{\"text\":\"\",\"event\":\"log\",\"event\":\"log\"}"),
	    "member is there twice at 25" },
	{ EM_STR("{\"event\":5,\"event\":\"log\",\"text\":\"\"}"),
	    "member is there twice at 11" },
	{ EM_STR("{\"event\":\"log\",\"\\u0065vent\":\"x.y\"}"),
	    "member is there twice at 15" },
	{ EM_STR("{\"event\":\"protocol\",\"producer\":{\"name\":\"a\","
		 "\"n\\u0061me\":\"a\"}}"),
	    "member is there twice at 43" },
};

START_TEST(malformed_table)
{
	check(malformed[_i].line, malformed[_i].error);
}
END_TEST

/* ---- every member of every kind, from the table ---- */

/* Values by type: one that is right, how it is printed, one that is wrong. */
static const struct {
	const char *right, *print, *wrong;
} samples[] = {
	[EM_T_STR] = { "\"a\\n\"", "\"a\\n\"", "7" },
	[EM_T_BYTES] = { "\"a\\n\"", "\"a\\n\"", "[]" },
	[EM_T_DATA] = { "\"aGk=\"", "\"hi\"", "\"a*k=\"" },
	[EM_T_NUM] = { "-1.50e+3", "\"-1.50e+3\"", "\"1\"" },
	[EM_T_INT] = { "9007199254740991", "9007199254740991", "-1" },
	[EM_T_COUNT] = { "9007199254740991", "9007199254740991", "0" },
	[EM_T_TIME] = { "\"1970-01-01T00:00:00.000000001Z\"", "1", "1" },
	[EM_T_TRI] = { "false", "false", "0" },
	[EM_T_OUTCOME] = { "\"fail\"", "fail", "false" },
	[EM_T_STRS] = { "[\"a\",\"\"]", "[\"a\",\"\"]", "[null]" },
	[EM_T_NUMS] = { "[0,1e1]", "[\"0\",\"1e1\"]", "{}" },
	[EM_T_PAIRS] = { "{\"a\":\"b\",\"c\":[]}", "{\"a\":\"b\",\"c\"=\"[]\"}",
	    "\"a=b\"" },
};

/* "name":value in JSON, with the first letter of the name escaped or not. */
static struct em_str
member(const struct em_field *f, struct em_str value, bool escape)
{
	const char *suffix = f->type == EM_T_DATA ? "_b64" : "";

	if (escape)
		return arena_printf(&arena, "\"\\u%04x%s%s\":%.*s", f->name[0],
		    f->name + 1, suffix, (int)value.n, value.p);
	return arena_printf(
	    &arena, "\"%s%s\":%.*s", f->name, suffix, (int)value.n, value.p);
}

static bool
is_in(const struct em_field *f, const char *in)
{
	return in == NULL ? f->in == NULL
			  : f->in != NULL && strcmp(f->in, in) == 0;
}

/* Whether f is one of those of which an attachment has exactly one. */
static bool
is_choice(const struct em_field *f)
{
	return f->offset == offsetof(struct em_event, path) ||
	    f->offset == offsetof(struct em_event, url) ||
	    f->offset == offsetof(struct em_event, data);
}

/* What a kind must have, each with a comma behind it, but for one field. */
static struct em_str
needed(unsigned kind, const char *in, const struct em_field *except)
{
	struct em_str all = EM_STR(""), value;

	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];

		if (f == except || !is_in(f, in) || !(f->required >> kind & 1))
			continue;
		if (f->type == EM_T_OBJECT) {
			value = needed(kind, f->name, NULL);
			value.n--;
			value = arena_printf(
			    &arena, "{%.*s}", (int)value.n, value.p);
		} else {
			value = em_str(samples[f->type].right);
		}
		all = arena_join(&arena, all, member(f, value, false));
		all = arena_join(&arena, all, EM_STR(","));
	}
	if (in == NULL && kind == EM_CASE_ATTACHMENT && !is_choice(except))
		all = arena_join(&arena, all, EM_STR("\"path\":\"p\","));
	return all;
}

/* A line of the kind with all that it must have, and f with that value, twice
 * when again is set. */
static struct em_str
line_of(unsigned kind, const struct em_field *f, const char *value, bool again)
{
	struct em_str name = em_kind_name((enum em_kind)kind);
	struct em_str m = member(f, em_str(value), false), rest;

	if (again) {
		m = arena_join(&arena, m, EM_STR(","));
		m = arena_join(&arena, m, member(f, em_str(value), true));
	}
	if (f->in != NULL) {
		struct em_str o = em_str(f->in);
		const struct em_field *object = em_field_find(o);

		rest = needed(kind, f->in, f);
		m = arena_printf(
		    &arena, "{%.*s%.*s}", (int)rest.n, rest.p, (int)m.n, m.p);
		m = member(object, m, false);
		f = object;
	}
	rest = needed(kind, NULL, f);
	return arena_printf(&arena, "{\"event\":\"%s\",%.*s%.*s}", name.p,
	    (int)rest.n, rest.p, (int)m.n, m.p);
}

static void
path_of(const struct em_field *f, char path[64])
{
	snprintf(path, 64, "%s%s%s%s", f->in != NULL ? f->in : "",
	    f->in != NULL ? "." : "", f->name,
	    f->type == EM_T_DATA ? "_b64" : "");
}

static bool
has(struct em_str got, const char *fmt, const char *a, const char *b)
{
	char want[128];

	snprintf(want, sizeof(want), fmt, a, b);
	return str_find(got, want) >= 0;
}

#define CHECK(cond)                                                            \
	ck_assert_msg(cond, "%s\n%.*s\ngave %.*s", #cond, (int)line.n, line.p, \
	    (int)got.n, got.p)

static void
check_allowed(unsigned kind, const struct em_field *f)
{
	bool identity = f->in == NULL &&
	    f->offset >= offsetof(struct em_event, run) &&
	    f->offset <= offsetof(struct em_event, attempt);
	bool stated = f->in != NULL && strcmp(f->in, "counts") == 0;
	bool must = f->required >> kind & 1 || is_choice(f);
	struct em_str path = EM_STR(""), line, got;
	char in_json[64];
	const char *name = in_json;

	path_of(f, in_json);
	path = em_str(in_json);
	if (f->type == EM_T_DATA)
		path = em_str("data");
	path = em_str(arena_cstr(&arena, path));
	/* Of the members of location only file is a must, and a location
	 * without it is as good as none. */
	if (f->in != NULL && strcmp(f->in, "producer") != 0)
		must = false;

	line = line_of(kind, f, samples[f->type].right, false);
	got = scan(line);
	CHECK(has(got, " %s=%s", path.p, samples[f->type].print));
	CHECK(str_find(got, "(") < 0 && str_find(got, " +") < 0);

	line = line_of(kind, f, samples[f->type].wrong, false);
	got = scan(line);
	if (f->type == EM_T_OUTCOME)
		CHECK(has(got, " %s=%s", path.p, "invalid"));
	else if (stated)
		CHECK(has(got, " %s=%s", path.p, "-1"));
	else
		CHECK(!has(got, " %s=%s", path.p, ""));
	CHECK(has(got, "(%s is not %s", name, "") || is_choice(f));
	CHECK(str_ends(got, ") INVALID") == (must || identity));

	line = line_of(kind, f, "null", false);
	got = scan(line);
	CHECK(has(got, " %s=%s", path.p, stated ? "-1" : "") == stated);
	CHECK(str_ends(got, " is missing) INVALID") == must);

	line = line_of(kind, f, samples[f->type].right, true);
	got = scan(line);
	CHECK(str_starts(got, "member is there twice at "));
}

START_TEST(every_member)
{
	const struct em_field *f = &em_fields[_i];
	struct em_str line, got;

	if (f->type == EM_T_OBJECT)
		return;
	for (unsigned kind = EM_UNKNOWN + 1; kind < EM_KINDS; kind++) {
		if (f->kinds >> kind & 1) {
			check_allowed(kind, f);
		} else if (f->in == NULL) {
			line = line_of(kind, f, samples[f->type].wrong, true);
			got = scan(line);
			CHECK(str_find(got, "(") < 0);
			CHECK(str_find(got, " +") > 0);
			CHECK(str_find(got, " +") < str_find(got, " +\\u"));
		}
		arena_reset(&arena);
	}
}
END_TEST

/* ---- integers ---- */

static const struct {
	const char *spelling;
	const char *want; /* NULL: a wrong value */
} integers[] = {
	{ "0", "0" },
	{ "7", "7" },
	{ "12", "12" },
	{ "1234567", "1234567" },
	{ "12345678", "12345678" },
	{ "123456789", "123456789" },
	{ "100000000", "100000000" },
	{ "1000000000000001", "1000000000000001" },
	{ "9007199254740991", "9007199254740991" },
	{ "9007199254740992", NULL },
	{ "9999999999999999", NULL },
	{ "10000000000000000", NULL },
	{ "12345678901234567", NULL },
	{ "18446744073709551616", NULL },
	{ "100000000000000000000000000000000000000000000000000000000000000000"
	  "000000000000000000000000000000000000000000000000000000000000",
	    NULL },
	{ "-1", NULL },
	{ "-0", NULL },
	{ "0.0", NULL },
	{ "1.0", NULL },
	{ "1e0", NULL },
	{ "12345678e1", NULL },
	{ "1234567812345678.5", NULL },
	{ "1E+2", NULL },
	{ "1e400", NULL },
	{ "\"5\"", NULL },
	{ "true", NULL },
	{ "[1]", NULL },
	{ "{\"a\":1}", NULL },
};

START_TEST(integer_table)
{
	static const char *const around[] = { ":%s,\"reason\":\"r\"}", ":%s}",
		": %s }", ":\t%s\t,\"reason\":\"r\"}", ":%s\r}" };
	const char *want = integers[_i].want;

	for (size_t i = 0; i < ARRAY_LEN(around); i++) {
		char format[80];
		struct em_str line, got;

		snprintf(format, sizeof(format),
		    "{\"event\":\"run_cancel\",\"elapsed_ns\"%s", around[i]);
		line = arena_printf(&arena, format, integers[_i].spelling);
		got = scan(line);
		if (want != NULL)
			CHECK(has(got, " elapsed_ns=%s%s", want, ""));
		else
			CHECK(str_find(got,
				  "(elapsed_ns is not an integer from 0 to "
				  "2^53-1)") > 0);
		CHECK((str_find(got, " elapsed_ns=") > 0) == (want != NULL));
		CHECK((str_find(got, "reason") > 0) ==
		    (str_find(line, "reason") > 0));
	}
}
END_TEST

/* ---- values ---- */

/* All scanners, whatever is behind, and yajl where it is as strict. */
static bool
valid(struct em_str s, unsigned depth)
{
	bool first = false;

	for (size_t i = 0; i < ARRAY_LEN(impls); i++)
		for (size_t j = 0; j < ARRAY_LEN(behind); j++) {
			const char *error = NULL;
			size_t at = 0;
			char *p = with_slack(s, behind[j]);
			bool ok = impls[i]->value(
			    (struct em_str){ p, s.n }, depth, &error, &at);

			if (i == 0 && j == 0)
				first = ok;
			ck_assert_msg(ok == first, "%s, behind it \"%s\": %.*s",
			    impls[i]->name, behind[j], (int)s.n, s.p);
			ck_assert(ok || (error != NULL && at <= s.n));
			free(p);
		}
	return first;
}

static struct em_str
nested(unsigned depth, const char *open, const char *inner, const char *close)
{
	struct em_out *out = em_out_mem();
	struct em_str s;

	for (unsigned i = 0; i < depth; i++)
		em_out_puts(out, open);
	em_out_puts(out, inner);
	for (unsigned i = 0; i < depth; i++)
		em_out_puts(out, close);
	s = arena_dup(&arena, em_out_memory(out));
	em_out_close(out, NULL);
	return s;
}

START_TEST(value_depth)
{
	static const unsigned depths[] = { 1, 2, 63, 64, 65, 127, 128, 129,
		500 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		unsigned d = depths[i];
		struct em_str lists = nested(d, "[", "", "]");
		struct em_str objects = nested(d, "{\"a\":", "1", "}");

		ck_assert(valid(lists, d));
		ck_assert(!valid(lists, d - 1));
		ck_assert(valid(objects, d));
		ck_assert(!valid(objects, d - 1));
		/* Kinds of brackets are kept apart at every level. */
		ck_assert(
		    valid(nested(d / 2, "[[],{\"a\":", "[1,{}]", "}]"), d + 2));
		ck_assert(!valid(nested(d, "[{\"a\":", "1", "]}"), 2 * d + 2));
		ck_assert(!valid(str_upto(lists, lists.n - 1), d));
	}
	ck_assert(valid(EM_STR("1"), 0));
	ck_assert(!valid(EM_STR("[]"), 0));
}
END_TEST

START_TEST(value_depth_cap)
{
	ck_assert(valid(nested(1 << 16, "[", "", "]"), UINT32_MAX));
	ck_assert(!valid(nested((1 << 16) + 1, "[", "", "]"), UINT32_MAX));
	ck_assert(!valid(nested(1 << 20, "[", "", ""), UINT32_MAX));
	ck_assert(!valid(nested(1 << 20, "{\"a\":", "", ""), UINT32_MAX));
}
END_TEST

/* The object of the line is a level too, whatever the member. */
START_TEST(line_depth)
{
	static const char *const formats[] = { "\"x.y\":%.*s", "\"name\":%.*s",
		"\"producer\":{\"x\":%.*s}", "\"features\":%.*s",
		"\"elapsed_ns\":%.*s" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		unsigned d = DEPTH - 1 - (i == 2);
		char format[64];

		snprintf(format, sizeof(format), "{\"event\":\"protocol\",%s}",
		    formats[i]);
		for (unsigned more = 0; more < 2; more++) {
			struct em_str v = nested(d + more, "[", "", "]");
			struct em_str line =
			    arena_printf(&arena, format, (int)v.n, v.p);
			struct em_str got = scan(line);

			CHECK(
			    str_starts(got, "nested too deeply") == (more > 0));
		}
	}
}
END_TEST

START_TEST(shallow)
{
	static const struct {
		unsigned depth;
		const char *line, *want;
	} rows[] = {
		{ 1, "{\"event\":\"log\",\"text\":\"\"}", NULL },
		{ 1, "{\"event\":\"log\",\"text\":\"\",\"x\":[]}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"tags\":[]}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"properties\":{}}",
		    "nested too deeply" },
		{ 1, "{\"event\":\"case_start\",\"location\":{}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"x\":1}}",
		    NULL },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"x\":{}}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"location\":{\"file\":{}}}",
		    "nested too deeply" },
		{ 2, "{\"event\":\"case_start\",\"properties\":{\"a\":[]}}",
		    "nested too deeply" },
		{ 2,
		    "{\"event\":\"case_start\",\"tags\":[],\"location\":{},"
		    "\"properties\":{\"a\":1}}",
		    NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct scan *s = calloc(1, sizeof(*s));
		struct em_str line = em_str(rows[i].line);
		char *p = with_slack(line, "");
		struct em_event ev;
		bool ok;

		s->arena = &arena;
		s->depth_max = rows[i].depth;
		ok = scan_line(s, (struct em_str){ p, line.n }, &ev);
		ck_assert_msg(ok == (rows[i].want == NULL), "%s", line.p);
		if (!ok)
			ck_assert_str_eq(s->error, rows[i].want);
		free(p);
		free(s);
	}
}
END_TEST

/* ---- memory ---- */

START_TEST(large)
{
	const size_t n = 1 << 20;
	struct em_str head = EM_STR("{\"event\":\"log\",\"text\":\"");
	struct em_str key = EM_STR("\",\""), tail = EM_STR("\":[]}");
	struct em_str line = { NULL, head.n + n + key.n + n + tail.n };
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;
	char *p = malloc(line.n + SLACK), *q = p;

	line.p = p;
	memcpy(q, head.p, head.n);
	memset(q += head.n, 'x', n);
	memcpy(q += n, key.p, key.n);
	memset(q += key.n, 'k', n);
	memcpy(q += n, tail.p, tail.n);
	memset(q + tail.n, 0, SLACK);
	s->arena = &arena;
	s->depth_max = DEPTH;
	ck_assert(scan_line(s, line, &ev));
	ck_assert_uint_eq(ev.text.n, n);
	ck_assert_uint_eq(ev.extra.n, 1);
	ck_assert_uint_eq(ev.extra.v[0].key.n, n);
	/* Nothing of it was copied. */
	ck_assert_uint_eq(arena.used, 0);
	/* The same with an escape in each. */
	memcpy(p + head.n + n / 2, "\\n", 2);
	memcpy(q - n / 2, "\\n", 2);
	ck_assert(scan_line(s, line, &ev));
	ck_assert_uint_eq(ev.text.n, n - 1);
	ck_assert_int_eq(ev.text.p[n / 2], '\n');
	ck_assert_uint_eq(ev.extra.v[0].key.n, n);
	free(p);
	free(s);
}
END_TEST

/* A line that needs more than the arena gives fails, and the next does not. */
START_TEST(no_memory)
{
	static const char *const hungry[] = {
		"{\"event\":\"log\",\"text\":\"\\n%0*d\"}",
		"{\"event\":\"log\",\"text_b64\":\"%0*d\"}",
		"{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[%0*d]}",
		"{\"event\":\"case_start\",\"properties\":{%0*d}}",
		"{\"event\":\"log\",\"\\n%0*d\":1}",
		"{\"event\":\"\\n%0*d\"}",
		"{\"event\":\"log\",\"text\":\"\"%0*d}",
	};
	static const char *const repeated[] = { NULL, NULL, "\"\\n\",",
		"\"\\n\":\"\\n\",", NULL, NULL, ",\"x\":0" };
	struct arena small;
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;

	arena_init(&small, 20000);
	s->arena = &small;
	s->depth_max = DEPTH;
	for (size_t i = 0; i < ARRAY_LEN(hungry); i++) {
		struct em_str line,
		    last = EM_STR("{\"event\":\"log\",\"text"
				  "\":\"\\t\"}");
		struct em_out *out = em_out_mem();
		char *p;

		line = arena_printf(
		    &arena, hungry[i], repeated[i] != NULL ? 1 : 30000, 0);
		if (repeated[i] != NULL) {
			ptrdiff_t at = str_find(line, "0");

			em_out_write(out, str_upto(line, (size_t)at));
			for (int n = 0; n < 5000; n++)
				em_out_puts(out, repeated[i]);
			em_out_write(out, str_from(line, (size_t)at + 1));
			line = arena_dup(&arena, em_out_memory(out));
		}
		em_out_close(out, NULL);
		p = with_slack(line, "");
		ck_assert_msg(!scan_line(s, (struct em_str){ p, line.n }, &ev),
		    "%s", hungry[i]);
		ck_assert_msg(small.failed, "%s: %s", hungry[i], s->error);
		ck_assert_str_eq(
		    s->error, "the line needs more memory than the limit");
		free(p);
		arena_reset(&small);
		p = with_slack(last, "");
		ck_assert(scan_line(s, (struct em_str){ p, last.n }, &ev));
		ck_assert(str_eq(ev.text, "\t"));
		ck_assert_ptr_null(ev.name.p);
		ck_assert_uint_eq(ev.extra.n, 0);
		free(p);
		arena_reset(&small);
	}
	arena_free(&small);
	free(s);
}
END_TEST

START_TEST(unknown_count)
{
	static const struct em_str rows[] = {
		EM_STR("{\"event\":\"log\",\"text\":\"\",\"a\":1,\"b\":2}"),
		EM_STR("{\"event\":\"x.y\",\"text\":\"\",\"a\":1,\"b\":2}"),
		EM_STR("{\"event\":\"run_cancel\",\"text\":\"\"}"),
		EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		       "\"location\":{\"file\":\"f\",\"x\":1}}"),
	};
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		scanned(&native, s, &ev, rows[i], "");
	ck_assert_uint_eq(s->unknown_members, 4);
	free(s);
}
END_TEST

/* An event that was made anew between two lines does not mix with them. */
START_TEST(event_reused)
{
	struct em_str with = EM_STR("{\"event\":\"log\",\"text\":\"a\","
				    "\"x\":1}");
	struct em_str without = EM_STR("{\"event\":\"run_cancel\"}");
	struct scan *s = calloc(1, sizeof(*s));
	struct em_event ev, other;

	scanned(&native, s, &ev, with, "");
	em_event_init(&ev, EM_LOG);
	ev.text = EM_STR("noise");
	em_event_init(&ev, EM_LOG);
	ck_assert(
	    str_eq(scanned(&native, s, &ev, without, ""), "\"run_cancel\""));
	scanned(&native, s, &other, with, "");
	ck_assert(
	    str_eq(scanned(&native, s, &ev, without, ""), "\"run_cancel\""));
	free(s);
}
END_TEST

/* ---- strings decoded ---- */

static const struct {
	struct em_str inside, want;
} escapes[] = {
	{ EM_STR(""), EM_STR("") },
	{ EM_STR("plain text of more than 16"),
	    EM_STR("plain text of more than 16") },
	{ EM_STR("\\\"\\\\\\/\\b\\f\\n\\r\\t"), EM_STR("\"\\/\b\f\n\r\t") },
	{ EM_STR("0123456\\n"), EM_STR("0123456\n") },
	{ EM_STR("01234567\\n"), EM_STR("01234567\n") },
	{ EM_STR("012345678\\n9"), EM_STR("012345678\n9") },
	{ EM_STR("\\\\n\\\\\\n"), EM_STR("\\n\\\n") },
	{ EM_STR("\\u0000\\u0001\\u007f"), EM_STR("\0\1\x7f") },
	{ EM_STR("\\u0080\\u07ff"), EM_STR("\xc2\x80\xdf\xbf") },
	{ EM_STR("\\u0800\\uFfFf"), EM_STR("\xe0\xa0\x80\xef\xbf\xbf") },
	{ EM_STR("\\ud800\\udc00"), EM_STR("\xf0\x90\x80\x80") },
	{ EM_STR("\\udbff\\udfff"), EM_STR("\xf4\x8f\xbf\xbf") },
	{ EM_STR("\\ud800"), EM_STR("\xef\xbf\xbd") },
	{ EM_STR("\\udc00"), EM_STR("\xef\xbf\xbd") },
	{ EM_STR("\\ud800x\\udc00"), EM_STR("\xef\xbf\xbdx\xef\xbf\xbd") },
	{ EM_STR("\\ud800\\u0041"),
	    EM_STR("\xef\xbf\xbd"
		   "A") },
	{ EM_STR("\\ud800\\n"), EM_STR("\xef\xbf\xbd\n") },
	{ EM_STR("\\ud800\\ud800\\udc00"),
	    EM_STR("\xef\xbf\xbd\xf0\x90\x80\x80") },
	{ EM_STR("\\udc00\\ud800"), EM_STR("\xef\xbf\xbd\xef\xbf\xbd") },
	{ EM_STR("\xc3\xa9\\u00e9\xc3\xa9"),
	    EM_STR("\xc3\xa9\xc3\xa9\xc3\xa9") },
};

START_TEST(escape_table)
{
	struct em_str want = escapes[_i].want;

	for (size_t i = 0; i < ARRAY_LEN(impls); i++) {
		/* No byte behind the string may be looked at. */
		char *p = malloc(escapes[_i].inside.n + 1);
		struct em_str s = { p, escapes[_i].inside.n }, got;

		memcpy(p, escapes[_i].inside.p, s.n);
		p[s.n] = '"';
		got = impls[i]->unescape(&arena, s);
		ck_assert(em_str_eq(got, want));
		free(p);
	}
}
END_TEST

/* ---- JSONTestSuite ---- */

static DIR *
open_suite(char *path, size_t size)
{
	const char *root = getenv("TESTPIPE_CORPUS");
	DIR *d;

	snprintf(path, size, "%s/conformance/JSONTestSuite/test_parsing",
	    root != NULL ? root : "../shared/corpus");
	d = opendir(path);
	if (d == NULL)
		printf("skipped: JSONTestSuite: no directory %s; "
		       "TESTPIPE_CORPUS names the corpus\n",
		    path);
	return d;
}

static struct em_str
read_file(const char *dir, const char *name)
{
	char path[800];
	struct buf b;
	FILE *f;
	struct em_str s;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	ck_assert_msg(f != NULL, "%s", path);
	buf_init(&b, MEMORY);
	for (int c; (c = getc(f)) != EOF;)
		buf_add(&b, (struct em_str){ (const char[]){ (char)c }, 1 });
	fclose(f);
	s = arena_dup(&arena, buf_str(&b));
	buf_free(&b);
	return s;
}

/* What begins with y must be taken, with n refused, as a value and as the
 * value of a member; with i both are right, in both places. */
static void
check_document(const char *name, struct em_str text)
{
	bool ok = valid(text, DEPTH);
	struct em_str line = EM_STR("{\"event\":\"run_cancel\",\"x.y\":"), got;

	ck_assert_msg(name[0] == 'i' || ok == (name[0] == 'y'), "%s is %s",
	    name, ok ? "taken" : "refused");
	line = arena_join(&arena, line, text);
	line = arena_join(&arena, line, EM_STR("}"));
	got = scan(line);
	ck_assert_msg((str_find(got, "\"run_cancel\" +x.y=") == 0) == ok,
	    "%s in a line gave %.*s", name, (int)got.n, got.p);
}

START_TEST(json_test_suite)
{
	char path[400];
	DIR *d = open_suite(path, sizeof(path));
	struct dirent *e;
	unsigned files = 0;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		size_t n = strlen(e->d_name);

		if (n < 5 || strcmp(e->d_name + n - 5, ".json") != 0)
			continue;
		check_document(e->d_name, read_file(path, e->d_name));
		arena_reset(&arena);
		files++;
	}
	closedir(d);
	ck_assert_uint_ge(files, 300);
}
END_TEST

/* ---- mutations ---- */

static uint64_t seed;

static size_t
random_below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed >> 11) % n;
}

static const char *const tokens[] = { "{", "}", "[", "]", ",", ":", "\"", "\\",
	" ", "\t", "null", "true", "0", "-", "1e5", "\"event\"",
	"\"name\":\"a\"", ",\"name\":\"b\"", "\"text\":", "\"x.y\":{}",
	"\\u0061", "\\ud800", "\\n", "\xc3\xa9", "\xff", "\xed\xa0\x80", "\f",
	"\v", "\x01", "9007199254740992", "\"outcome\":\"pass\"" };

/* One change at a random place: n bytes of buf, at most size. */
static size_t
mutate(char *buf, size_t n, size_t size)
{
	size_t at = random_below(n + 1), len;
	const char *token = tokens[random_below(ARRAY_LEN(tokens))];

	switch (random_below(5)) {
	case 0:
		if (at < n)
			buf[at] = (char)random_below(256);
		return n;
	case 1: /* leave some out */
		len = random_below(8);
		if (len > n - at)
			len = n - at;
		memmove(buf + at, buf + at + len, n - at - len);
		return n - len;
	case 2: /* cut */
		return at;
	case 3: /* some of it again */
		len = random_below(30);
		if (len > n - at || n + len > size)
			return n;
		memmove(buf + at + len, buf + at, n - at);
		return n + len;
	default:
		len = strlen(token);
		if (n + len > size)
			return n;
		memmove(buf + at + len, buf + at, n - at);
		memcpy(buf + at, token, len);
		return n + len;
	}
}

/*
 * yajl differs: it takes form feed and vertical tab for white space, does not
 * look at UTF-8, and does not mind a string without end behind the value; and
 * json_parse() steps over a byte order mark.
 */
static bool
yajl_is_laxer(struct em_str s, const char *error, size_t at)
{
	return str_find(s, "\f") >= 0 || str_find(s, "\v") >= 0 ||
	    str_utf8_valid(s) < s.n || str_starts(s, "\xef\xbb\xbf") ||
	    (strcmp(error, "text behind the value") == 0 && s.p[at] == '"');
}

static void
check_mutation(struct em_str s)
{
	static struct scan used[2];
	static struct em_event events[2];
	const char *fill = behind[random_below(ARRAY_LEN(behind))];
	struct scan *fresh = calloc(1, sizeof(*fresh));
	struct em_event ev;
	struct em_error e = { 0 };
	struct em_str a = scanned(&native, fresh, &ev, s, fill);
	struct em_str b = scanned(&native, &used[0], &events[0], s, fill);
	struct em_str c =
	    scanned(&scan_portable, &used[1], &events[1], s, fill);
	bool twice = str_starts(a, "member is there twice");
	bool line = fresh->error == NULL, ok, yajl;
	const char *error;
	size_t at;
	char *p = with_slack(s, fill);

	ok = scan_value((struct em_str){ p, s.n }, DEPTH, &error, &at);
	yajl = json_parse(&arena, s, DEPTH, &e) != NULL;
	ck_assert_msg(em_str_eq(a, b) && em_str_eq(a, c),
	    "%.*s\nnew      %.*s\nused     %.*s\nportable %.*s", (int)s.n, s.p,
	    (int)a.n, a.p, (int)b.n, b.p, (int)c.n, c.p);
	if (line || !twice)
		ck_assert_msg(line == (ok && p[strspn(p, " \t\n\r")] == '{'),
		    "as a line and as a value: %.*s", (int)s.n, s.p);
	ck_assert_msg(ok == yajl || (yajl && yajl_is_laxer(s, error, at)),
	    "%s, yajl %s: %.*s", ok ? "taken" : "refused",
	    yajl ? "takes it" : "does not", (int)s.n, s.p);
	free(p);
	free(fresh);
}

START_TEST(mutations)
{
	enum { ROUNDS = 300, SIZE = 2000 };
	char buf[SIZE];

	seed = UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)_i;
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = lines[_i].line.n;

		memcpy(buf, lines[_i].line.p, n);
		for (size_t k = random_below(4) + 1; k > 0; k--) {
			n = mutate(buf, n, SIZE);
			check_mutation((struct em_str){ buf, n });
		}
		arena_reset(&arena);
	}
}
END_TEST

Suite *scan_suite(void);

Suite *
scan_suite(void)
{
	Suite *s = suite_create("scan");
	TCase *tables = tcase_create("lines");
	TCase *values = tcase_create("values");
	TCase *random = tcase_create("mutations");

	tcase_add_checked_fixture(tables, setup, teardown);
	tcase_add_loop_test(tables, line_table, 0, ARRAY_LEN(lines));
	tcase_add_loop_test(tables, malformed_table, 0, ARRAY_LEN(malformed));
	tcase_add_loop_test(tables, every_member, 0, (int)em_fields_count);
	tcase_add_loop_test(tables, integer_table, 0, ARRAY_LEN(integers));
	tcase_add_test(tables, line_depth);
	tcase_add_test(tables, shallow);
	tcase_add_test(tables, large);
	tcase_add_test(tables, no_memory);
	tcase_add_test(tables, unknown_count);
	tcase_add_test(tables, event_reused);
	suite_add_tcase(s, tables);
	tcase_add_checked_fixture(values, setup, teardown);
	tcase_set_timeout(values, 60);
	tcase_add_test(values, value_depth);
	tcase_add_test(values, value_depth_cap);
	tcase_add_loop_test(values, escape_table, 0, ARRAY_LEN(escapes));
	tcase_add_test(values, json_test_suite);
	suite_add_tcase(s, values);
	tcase_add_checked_fixture(random, setup, teardown);
	tcase_set_timeout(random, 60);
	tcase_add_loop_test(random, mutations, 0, ARRAY_LEN(lines));
	suite_add_tcase(s, random);
	return s;
}
