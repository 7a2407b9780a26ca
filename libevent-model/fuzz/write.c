/* SPDX-License-Identifier: MIT */
/*
 * Events made from bytes, written in every format: what comes out is
 * well-formed, the format's reader takes it, and a failed run is not a passed
 * one there.  FUZZ_FORMAT in the environment is the only format to write.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"

enum { EVENTS_MAX = 200, LIST_MAX = 4 };

/* ---- events from bytes ---- */

struct source {
	struct em_str left;
	struct arena arena; /* lists and objects of events */
};

static unsigned
byte(struct source *s)
{
	unsigned b = 0;

	if (s->left.n > 0) {
		b = (unsigned char)s->left.p[0];
		s->left = str_from(s->left, 1);
	}
	return b;
}

static struct em_str
pick(struct source *s, const struct em_str *pool, size_t n)
{
	return pool[byte(s) % n];
}

static struct em_str
take_text(struct source *s)
{
	static const struct em_str pool[] = {
		EM_STR(""),
		EM_STR("a"),
		EM_STR("b"),
		EM_STR("a::b"),
		EM_STR("a/b/c"),
		EM_STR("not ok 1 - a # SKIP b"),
		EM_STR("    1..0"),
		EM_STR("]]>"),
		EM_STR("&amp;<a b=\"c\">"),
		EM_STR("--- FAIL: TestA (0.00s)\n"),
		EM_STR("=== RUN   TestA\n"),
		EM_STR("##teamcity[testFailed name='a']\n"),
		EM_STR("::error file=a::b%0A"),
		EM_STR("\"\",\"=1+1\"\r\n"),
		EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\"}\n"),
		EM_STR("line 1\nline 2\r\n\tline 3"),
		EM_STR("nul \0 esc \033[31m bell \a"),
		EM_STR("\xff\xfe bad \xed\xa0\x80"),
		EM_STR("\xe2\x80\xae rtl \xf0\x9f\x98\x80 \xef\xbf\xbf"),
		EM_STR("---\n...\n"),
		EM_STR("`|*<!--"),
		EM_STR(" "),
	};
	unsigned b = byte(s);
	struct em_str text;

	if (b < 0x80)
		return pool[b % ARRAY_LEN(pool)];
	text = str_upto(s->left, b & 0x3f);
	s->left = str_from(s->left, text.n);
	return text;
}

static struct em_str
take_number(struct source *s)
{
	static const struct em_str pool[] = { EM_STR("0"), EM_STR("1"),
		EM_STR("-1.5"), EM_STR("2e400"), EM_STR("1E-7"),
		EM_STR("123456789012345678901234567890") };

	return pick(s, pool, ARRAY_LEN(pool));
}

static int64_t
take_int(struct source *s, int64_t least)
{
	static const int64_t pool[] = { 0, 1, 2, 3, 999, 1000000, 1500000000,
		3600000000000, ((int64_t)1 << 53) - 1 };
	int64_t v = pool[byte(s) % ARRAY_LEN(pool)];

	return v < least ? least : v;
}

static struct em_strs
take_strs(struct source *s, bool numbers)
{
	size_t n = byte(s) % LIST_MAX;
	struct em_str *v = arena_alloc(&s->arena, (n + 1) * sizeof(*v));

	for (size_t i = 0; i < n; i++)
		v[i] = numbers ? take_number(s) : take_text(s);
	return (struct em_strs){ v, n };
}

static struct em_pairs
take_pairs(struct source *s)
{
	static const struct em_str json[] = { EM_STR("null"), EM_STR("true"),
		EM_STR("1e9"), EM_STR("[]"), EM_STR("{\"a\":[1,\"]]>\"]}") };
	size_t n = byte(s) % LIST_MAX;
	struct em_pair *v = arena_alloc(&s->arena, (n + 1) * sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].key = take_text(s);
		v[i].json = byte(s) & 1;
		v[i].value =
		    v[i].json ? pick(s, json, ARRAY_LEN(json)) : take_text(s);
	}
	return (struct em_pairs){ v, n };
}

static void
take_field(struct source *s, enum em_field_type type, void *at)
{
	switch (type) {
	case EM_T_STR:
	case EM_T_BYTES:
	case EM_T_DATA:
		*(struct em_str *)at = take_text(s);
		break;
	case EM_T_NUM:
		*(struct em_str *)at = take_number(s);
		break;
	case EM_T_INT:
		*(int64_t *)at = take_int(s, 0);
		break;
	case EM_T_COUNT:
		*(int64_t *)at = take_int(s, 1);
		break;
	case EM_T_TIME:
		*(int64_t *)at = take_int(s, 0);
		break;
	case EM_T_TRI:
		*(enum em_tri *)at = byte(s) & 1 ? EM_TRUE : EM_FALSE;
		break;
	case EM_T_OUTCOME:
		*(enum em_outcome *)at = (enum em_outcome)(1 + byte(s) % 4);
		break;
	case EM_T_STRS:
	case EM_T_NUMS:
		*(struct em_strs *)at = take_strs(s, type == EM_T_NUMS);
		break;
	case EM_T_PAIRS:
		*(struct em_pairs *)at = take_pairs(s);
		break;
	case EM_T_OBJECT:
		break;
	}
}

/* What a reader could give, and more: each member that the kind may carry is
 * there or not, required ones nearly always. */
static void
take_event(struct source *s, struct em_event *ev)
{
	unsigned b = byte(s);

	em_event_init(ev, (enum em_kind)(b % EM_KINDS));
	if (ev->kind == EM_UNKNOWN)
		ev->event = EM_STR("vendor.tick");
	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];
		uint32_t bit = 1u << ev->kind;

		if (!(f->kinds & bit))
			continue;
		b = byte(s);
		if (f->required & bit ? b != 0xff : b > 0xb0)
			take_field(s, f->type, (char *)ev + f->offset);
	}
	/* What is stated wrong fails a run, too, and writers that stream do
	 * not add up; here a run fails by its outcome or something in it. */
	if (ev->kind == EM_SUITE_COMPLETE || ev->kind == EM_RUN_COMPLETE) {
		ev->counts.pass = ev->counts.fail = ev->counts.skip = EM_UNSET;
		if (ev->outcome == EM_SKIP)
			ev->outcome = EM_PASS;
	}
}

/* ---- options of a format, from bytes ---- */

/* "key=word" of one of the words that the format lists; absent when it lists
 * none, but names of what may stand there. */
static const char *
take_option(struct source *s, const struct em_format_option *o)
{
	struct em_str rest = em_str(o->values), word;
	unsigned skip = byte(s) % 4;

	while (str_cut(&rest, '|', &word) && skip > 0)
		skip--;
	if (word.n == 0 || (word.p[0] >= 'A' && word.p[0] <= 'Z'))
		return NULL;
	return arena_printf(
	    &s->arena, "%s=%.*s%c", o->key, (int)word.n, word.p, '\0')
	    .p;
}

static const char *const *
take_options(struct source *s, const struct em_format_info *info)
{
	const char **list = arena_alloc(&s->arena, 32 * sizeof(*list));
	size_t n = 0;

	for (const struct em_format_option *o = info->options;
	     o != NULL && o->key != NULL && n < 31; o++) {
		const char *option = byte(s) & 1 ? take_option(s, o) : NULL;

		if (option != NULL)
			list[n++] = option;
	}
	return list;
}

/* ---- what a format must be ---- */

static bool
lines_are_json(struct em_str s)
{
	struct em_str line;

	while (s.n > 0) {
		str_cut(&s, '\n', &line);
		if (!fuzz_is_json(line))
			return false;
	}
	return true;
}

/* Nothing that moves a cursor or changes a colour. */
static bool
is_plain(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
			return false;
	}
	return str_utf8_valid(s) == s.n;
}

static bool
is_text(struct em_str s)
{
	return str_utf8_valid(s) == s.n;
}

static bool
anything(struct em_str s)
{
	(void)s;
	return true;
}

static const struct trait {
	const char *format;
	bool (*formed)(struct em_str s);
	bool judges; /* says in the end that a run failed */
} traits[] = {
	{ "native", lines_are_json, true },
	{ "junit", fuzz_is_xml, true },
	{ "libtest", lines_are_json, true },
	{ "libtest2", lines_are_json, true },
	{ "ctrf", fuzz_is_json, true },
	{ "difftests", anything, false },
	{ "subunit", anything, true },
	{ "gojson", lines_are_json, true },
	{ "nunit", fuzz_is_xml, true },
	{ "trx", fuzz_is_xml, true },
	{ "teamcity", is_plain, true },
	{ "csv", anything, true },
	{ "tap", is_text, true },
	{ "pretty", is_plain, false },
	{ "terse", is_plain, false },
	{ "markdown", is_plain, false },
	{ "github", is_plain, false },
	{ "gcc", is_plain, false },
	{ "chrometrace", fuzz_is_json, false },
};

static const struct trait *
trait_of(const char *format)
{
	for (size_t i = 0; i < ARRAY_LEN(traits); i++)
		if (strcmp(traits[i].format, format) == 0)
			return &traits[i];
	fuzz_check(false, "a format that write.c does not know", em_str(format),
	    (struct em_str){ NULL, 0 });
	return NULL;
}

static void
must(bool ok, const char *format, const char *what, struct em_str written,
    struct em_str input)
{
	if (!ok)
		fprintf(stderr, "fuzz: in format %s\n", format);
	fuzz_check(ok, what, written, input);
}

/* What the reader of the format concludes of it. */
static enum em_verdict
read_verdict(const char *format, const char *const *options,
    struct em_str written, struct em_str input)
{
	struct em_reader_opts opts = {
		.format = format,
		.options = options,
		.limits = { .memory_max = FUZZ_MEMORY },
	};
	struct em_results *rs = em_results_new(0, FUZZ_MEMORY);
	struct em_reader *r = em_reader_mem(&opts, written, "fuzz");
	const struct em_event *ev;
	enum em_verdict verdict;
	enum em_rc rc;

	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		em_results_event(rs, ev);
	/* Options can leave out what a reader needs. */
	must(rc == EM_EOF || options != NULL, format,
	    rc == EM_ERR ? em_reader_error(r)->msg : "no end", written, input);
	verdict = em_results_verdict(rs);
	em_reader_close(r);
	em_results_free(rs);
	return verdict;
}

static void
check_format(const struct em_format_info *info, struct source *s,
    const struct em_event *events, size_t n, enum em_verdict verdict,
    struct em_str native)
{
	static const struct em_str none;
	const struct trait *t = trait_of(info->name);
	bool with_options = byte(s) & 1;
	struct em_writer_opts opts = {
		.format = info->name,
		.options = with_options ? take_options(s, info) : NULL,
	};
	struct em_out *out = em_out_mem();
	struct em_error err = { 0 };
	struct em_writer *w = em_writer_open(&opts, out, &err);
	struct em_str written;
	enum em_verdict again;

	must(w != NULL, info->name, err.msg, none, native);
	for (size_t i = 0; i < n; i++)
		must(em_writer_event(w, &events[i]) == EM_OK, info->name,
		    "the writer gives up", none, native);
	must(em_writer_finish(w) == EM_OK, info->name,
	    "the writer cannot finish", none, native);
	written = em_out_memory(out);
	must(
	    t->formed(written), info->name, "not well-formed", written, native);
	if (info->flags & EM_FMT_READ && written.n > 0) {
		again = read_verdict(info->name, opts.options, written, native);
		must(!t->judges || with_options || verdict != EM_V_FAIL ||
			again != EM_V_PASS,
		    info->name, "a failed run has passed", written, native);
	}
	em_writer_close(w);
	em_out_discard(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct em_event events[EVENTS_MAX];
	struct source s = { .left = { (const char *)data, size } };
	struct em_results *rs = em_results_new(0, FUZZ_MEMORY);
	struct em_out *native = em_out_mem();
	struct em_writer *w = em_writer_open(NULL, native, NULL);
	struct em_format_info info;
	struct em_str options;
	const char *only = getenv("FUZZ_FORMAT");
	enum em_verdict verdict;
	size_t n = 0;

	arena_init(&s.arena, FUZZ_MEMORY);
	/* The first bytes pick options of each format. */
	options = str_upto(s.left, 16);
	s.left = str_from(s.left, options.n);
	while (s.left.n > 0 && n < EVENTS_MAX) {
		take_event(&s, &events[n]);
		fuzz_write(w, &events[n]);
		em_results_event(rs, &events[n++]);
	}
	verdict = em_results_verdict(rs);
	for (size_t i = 0; em_format_info(i, &info); i++) {
		s.left = options;
		if (info.flags & EM_FMT_WRITE &&
		    (only == NULL || strcmp(only, info.name) == 0))
			check_format(&info, &s, events, n, verdict,
			    em_out_memory(native));
	}
	em_writer_close(w);
	em_out_discard(native);
	em_results_free(rs);
	arena_free(&s.arena);
	return 0;
}
