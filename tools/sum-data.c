/* SPDX-License-Identifier: MIT */
/* The summary for programs: one JSON object, or CSV by group. */
#include <string.h>

#include "sum.h"

/* ---- JSON ---- */

static void
member_str(struct em_out *out, const char *key, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
}

static void
member_int(struct em_out *out, const char *key, int64_t n)
{
	if (n != EM_UNSET)
		em_out_printf(out, ",\"%s\":%lld", key, (long long)n);
}

static void
json_counts(struct em_out *out, const struct sum_counts *n)
{
	em_out_printf(out,
	    "{\"tests\":%llu,\"pass\":%llu,\"fail\":%llu,\"skip\":%llu,"
	    "\"flaky\":%llu,\"not_run\":%llu,\"incomplete\":%llu,"
	    "\"summed_ns\":%lld}",
	    (unsigned long long)n->tests, (unsigned long long)n->pass,
	    (unsigned long long)n->fail, (unsigned long long)n->skip,
	    (unsigned long long)n->flaky, (unsigned long long)n->not_run,
	    (unsigned long long)n->incomplete, (long long)n->summed_ns);
}

static void
json_location(struct em_out *out, const struct em_location *l)
{
	if (l->file.p == NULL)
		return;
	em_out_puts(out, ",\"location\":{\"file\":");
	em_out_json_str(out, l->file);
	member_int(out, "line", l->line);
	member_int(out, "column", l->column);
	em_out_puts(out, "}");
}

static void
json_message(struct em_out *out, const struct em_message *m)
{
	em_out_puts(out, "{\"kind\":");
	em_out_json_str(out, m->kind);
	member_str(out, "message", m->message);
	member_str(out, "detail", m->detail);
	member_str(out, "type", m->type);
	json_location(out, &m->location);
	member_str(out, "expected", m->expected);
	member_str(out, "actual", m->actual);
	em_out_puts(out, "}");
}

static void
json_messages(struct em_out *out, const struct em_attempt *a)
{
	const char *sep = "";

	em_out_puts(out, ",\"messages\":[");
	for (const struct em_item *i = a->items; i != NULL; i = i->next) {
		if (i->kind != EM_CASE_MESSAGE)
			continue;
		em_out_puts(out, sep);
		json_message(out, i->u.message);
		sep = ",";
	}
	em_out_puts(out, "]");
}

static void
json_case(struct em_out *out, const struct sum_view *v, const struct em_case *c)
{
	em_out_puts(out, "{\"name\":");
	em_out_json_str(out, c->name);
	member_str(out, "suite", c->suite->name);
	member_str(out, "class", c->class_name);
	member_str(out, "variant", c->details->variant);
	if (c->iteration > 1)
		member_int(out, "iteration", c->iteration);
	member_str(out, "run", c->suite->run->id);
	member_str(out, "outcome", em_outcome_name(c->outcome));
	member_str(out, "status", c->last->end->status);
	member_str(out, "reason", c->last->end->reason);
	member_int(out, "attempts", c->attempt_count);
	member_int(out, "duration_ns", c->last->duration_ns);
	if (c->outcome == EM_FAIL || c->outcome == EM_INVALID)
		json_messages(out, sum_details(v, c)->last);
	em_out_puts(out, "}");
}

static void
json_cases(struct em_out *out, const struct sum_view *v, const char *key,
    const struct sum_cases *l)
{
	em_out_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			em_out_puts(out, ",");
		json_case(out, v, l->v[i]);
	}
	em_out_puts(out, "]");
}

static void
json_groups(struct em_out *out, const struct sum_view *v)
{
	em_out_puts(out, ",\"groups\":[");
	for (size_t i = 0; i < v->group_count; i++) {
		em_out_puts(out, i > 0 ? ",{\"key\":" : "{\"key\":");
		if (v->groups[i].key.p != NULL)
			em_out_json_str(out, v->groups[i].key);
		else
			em_out_puts(out, "null");
		em_out_puts(out, ",\"counts\":");
		json_counts(out, &v->groups[i].counts);
		em_out_puts(out, "}");
	}
	em_out_puts(out, "]");
}

static void
json_suites(struct em_out *out, const struct sum_view *v)
{
	em_out_puts(out, ",\"failed_suites\":[");
	for (size_t i = 0; i < v->broken_count; i++) {
		em_out_puts(out, i > 0 ? ",{\"suite\":" : "{\"suite\":");
		em_out_json_str(out, v->broken[i]->name);
		member_str(out, "reason", v->broken[i]->reason);
		em_out_puts(out, "}");
	}
	em_out_puts(out, "]");
}

void
sum_json(const struct sum_view *v, struct em_out *out)
{
	em_out_printf(out,
	    "{\"verdict\":\"%s\",\"runs\":%zu,\"truncated\":%zu,"
	    "\"inconsistent\":%s",
	    sum_verdict_name(v->verdict), v->runs, v->cut,
	    v->mismatch ? "true" : "false");
	if (v->filtered)
		em_out_puts(out, ",\"filtered\":true");
	em_out_puts(out, ",\"counts\":");
	json_counts(out, &v->counts);
	member_int(out, "wall_ns", v->wall_ns);
	json_cases(out, v, "failed", &v->failed);
	json_suites(out, v);
	json_cases(out, v, "flaky", &v->flaky);
	json_cases(out, v, "not_run", &v->not_run);
	if (v->slowest.n > 0)
		json_cases(out, v, "slowest", &v->slowest);
	if (v->by != BY_NONE)
		json_groups(out, v);
	em_out_puts(out, "}\n");
}

/* ---- CSV ---- */

void
sum_csv_field(struct em_out *out, struct em_str s)
{
	bool quote = false;

	for (size_t i = 0; i < s.n; i++)
		quote = quote || strchr(",\"\r\n", s.p[i]) != NULL;
	if (!quote) {
		em_out_write(out, s);
		return;
	}
	em_out_puts(out, "\"");
	for (size_t i = 0; i < s.n; i++)
		em_out_write(out,
		    s.p[i] == '"' ? EM_STR("\"\"")
				  : (struct em_str){ s.p + i, 1 });
	em_out_puts(out, "\"");
}

static void
csv_row(struct em_out *out, struct em_str key, const struct sum_counts *n)
{
	sum_csv_field(out, key);
	em_out_printf(out, ",%llu,%llu,%llu,%llu,%llu,%llu,%llu,%lld\n",
	    (unsigned long long)n->tests, (unsigned long long)n->pass,
	    (unsigned long long)n->fail, (unsigned long long)n->skip,
	    (unsigned long long)n->flaky, (unsigned long long)n->not_run,
	    (unsigned long long)n->incomplete, (long long)n->summed_ns);
}

void
sum_csv(const struct sum_view *v, struct em_out *out)
{
	static const char *const keys[] = { "", "suite", "file", "tag",
		"worker", "status" };

	em_out_printf(out,
	    "%s,tests,pass,fail,skip,flaky,not_run,incomplete,summed_ns\n",
	    v->by == BY_NONE ? "verdict" : keys[v->by]);
	if (v->by == BY_NONE)
		csv_row(out, em_str(sum_verdict_name(v->verdict)), &v->counts);
	for (size_t i = 0; i < v->group_count; i++)
		csv_row(out, v->groups[i].key, &v->groups[i].counts);
}
