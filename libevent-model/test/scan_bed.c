/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "test_scan.h"

const struct scan_impl scan_native = { "native", scan_line, scan_value,
	scan_unescape };

/* scan_ahead(), which finds the end itself: it takes the lines that
 * scan_line() takes, when another one is behind them, and no others. */
static bool
line_ahead(struct scan *s, struct em_str line, struct em_event *ev)
{
	static const char behind[] = "\n{\"event\":\"log\"}";
	size_t n = line.n + strlen(behind);
	char *p;

	if (memchr(line.p, '\n', line.n) != NULL)
		return scan_line(s, line, ev);
	p = arena_bytes(&scan_arena, n + SLACK);
	ck_assert_ptr_nonnull(p);
	memcpy(p, line.p, line.n);
	memcpy(p + line.n, behind, strlen(behind));
	memset(p + n, 0, SLACK);
	ck_assert(!scan_ahead(s, (struct em_str){ p, line.n }, ev));
	if (!scan_ahead(s, (struct em_str){ p, n }, ev)) {
		ck_assert(!scan_line(s, line, ev));
		return false;
	}
	ck_assert(ev->raw.p == p && ev->raw.n == line.n);
	ev->raw = line;
	return true;
}

static const struct scan_impl scan_ahead_impl = { "ahead", line_ahead,
	scan_value, scan_unescape };
const struct scan_impl *const scan_impls[3] = { &scan_native, &scan_portable,
	&scan_ahead_impl };

struct arena scan_arena;

void
scan_setup(void)
{
	arena_init(&scan_arena, MEMORY);
}

void
scan_teardown(void)
{
	arena_free(&scan_arena);
}

/* Nothing, or what would go on with the text or end it, had it not ended. */
const char *const scan_behind[] = { "", "\"", "}", "]", "0", " ", "}}]]\"\"",
	",\"name\":\"x\"}", ",\"x.y\":[1]}", "e1}", "\\\"}", "null}", "\n{}" };

const size_t scan_behind_count = ARRAY_LEN(scan_behind);

char *
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

struct em_str
scanned(const struct scan_impl *impl, struct scan *s, struct em_event *ev,
    struct em_str line, const char *fill)
{
	struct em_out *out = em_out_mem();
	char *p = with_slack(line, fill);
	struct em_str copy = { p, line.n }, result;

	s->arena = &scan_arena;
	s->depth_max = DEPTH;
	if (impl->line(s, copy, ev)) {
		ck_assert(ev->raw.p == p && ev->raw.n == line.n);
		ck_assert(em_kind_find(ev->event) == ev->kind);
		print_event(out, s, ev);
	} else {
		ck_assert_uint_le(s->error_at, line.n);
		em_out_printf(out, "%s at %zu", s->error, s->error_at);
	}
	result = arena_dup(&scan_arena, em_out_memory(out));
	em_out_close(out, NULL);
	free(p);
	return result;
}

struct em_str
scanned_by_all(struct em_str line)
{
	static struct scan used[ARRAY_LEN(scan_impls)];
	static struct em_event events[ARRAY_LEN(scan_impls)];
	struct em_str first = { NULL, 0 }, got;

	for (size_t i = 0; i < ARRAY_LEN(scan_impls); i++)
		for (size_t j = 0; j < scan_behind_count; j++) {
			struct scan *fresh = calloc(1, sizeof(*fresh));
			struct em_event ev;

			got = scanned(
			    scan_impls[i], fresh, &ev, line, scan_behind[j]);
			if (first.p == NULL)
				first = got;
			ck_assert_msg(em_str_eq(first, got),
			    "%s, behind it \"%s\":\n%.*s\ngave %.*s\nnot  %.*s",
			    scan_impls[i]->name, scan_behind[j], (int)line.n,
			    line.p, (int)got.n, got.p, (int)first.n, first.p);
			free(fresh);
			got = scanned(scan_impls[i], &used[i], &events[i], line,
			    scan_behind[j]);
			ck_assert_msg(em_str_eq(first, got),
			    "%s, used, behind it \"%s\":\n%.*s\ngave %.*s\n"
			    "not  %.*s",
			    scan_impls[i]->name, scan_behind[j], (int)line.n,
			    line.p, (int)got.n, got.p, (int)first.n, first.p);
		}
	return first;
}

bool
valid_by_all(struct em_str s, unsigned depth)
{
	bool first = false;

	for (size_t i = 0; i < ARRAY_LEN(scan_impls); i++)
		for (size_t j = 0; j < scan_behind_count; j++) {
			const char *error = NULL;
			size_t at = 0;
			char *p = with_slack(s, scan_behind[j]);
			bool ok = scan_impls[i]->value(
			    (struct em_str){ p, s.n }, depth, &error, &at);

			if (i == 0 && j == 0)
				first = ok;
			ck_assert_msg(ok == first, "%s, behind it \"%s\": %.*s",
			    scan_impls[i]->name, scan_behind[j], (int)s.n, s.p);
			ck_assert(ok || (error != NULL && at <= s.n));
			free(p);
		}
	return first;
}

struct em_str
nested(unsigned depth, const char *open, const char *inner, const char *close)
{
	struct em_out *out = em_out_mem();
	struct em_str s;

	for (unsigned i = 0; i < depth; i++)
		em_out_puts(out, open);
	em_out_puts(out, inner);
	for (unsigned i = 0; i < depth; i++)
		em_out_puts(out, close);
	s = arena_dup(&scan_arena, em_out_memory(out));
	em_out_close(out, NULL);
	return s;
}
