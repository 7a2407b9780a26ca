/* SPDX-License-Identifier: MIT */
/* The difference for programs: JSON, and events for a JUnit report. */
#include <math.h>

#include "diff.h"

static void
member(struct em_out *out, const char *key, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
}

static void
number(struct em_out *out, const char *key, double v)
{
	if (isfinite(v))
		em_out_printf(out, ",\"%s\":%.17g", key, v);
}

static void
stats(struct em_out *out, const char *key, const struct diff_stats *s)
{
	if (s->n[0] == 0 || s->n[1] == 0)
		return;
	em_out_printf(
	    out, ",\"%s\":{\"n_old\":%zu,\"n_new\":%zu", key, s->n[0], s->n[1]);
	number(out, "old", s->old);
	number(out, "new", s->new);
	number(out, "old_low", s->low[0]);
	number(out, "old_high", s->high[0]);
	number(out, "new_low", s->low[1]);
	number(out, "new_high", s->high[1]);
	number(out, "p", s->p);
	em_out_puts(out, "}");
}

static void
json_row(struct em_out *out, const struct diff_row *r)
{
	static const char *const states[] = { "none", "pass", "fail", "flaky",
		"skip" };
	const struct em_case *c = r->side[1] != NULL ? r->side[1] : r->side[0];

	em_out_printf(out, "{\"change\":\"%s\",\"old\":\"%s\",\"new\":\"%s\"",
	    diff_class_name(r->class), states[r->state[0]],
	    states[r->state[1]]);
	member(out, "suite", c->suite->name);
	member(out, "class", c->class_name);
	member(out, "name", c->name);
	member(out, "variant", c->details->variant);
	if (c->iteration > 1)
		number(out, "iteration", (double)c->iteration);
	if (r->state[0] == STATE_FAIL || r->state[0] == STATE_FLAKY)
		member(out, "old_message", diff_message(r->side[0]));
	if (r->state[1] == STATE_FAIL || r->state[1] == STATE_FLAKY)
		member(out, "new_message", diff_message(r->side[1]));
	if (r->time != NULL)
		stats(out, "duration_ns", r->time);
	if (r->metrics != NULL) {
		const char *sep = "";

		em_out_puts(out, ",\"metrics\":[");
		for (const struct diff_metric *m = r->metrics; m != NULL;
		     m = m->next) {
			em_out_printf(out, "%s{\"metric\":", sep);
			em_out_json_str(out, m->metric);
			member(out, "unit", m->unit);
			stats(out, "change", &m->stats);
			em_out_puts(out, "}");
			sep = ",";
		}
		em_out_puts(out, "]");
	}
	em_out_puts(out, "}");
}

static void
json_troubles(struct em_out *out, const struct diff *d)
{
	if (d->trouble_count == 0)
		return;
	em_out_puts(out, ",\"broken_suites\":[");
	for (size_t i = 0; i < d->trouble_count; i++) {
		const struct diff_trouble *t = &d->troubles[i];

		em_out_puts(out, i > 0 ? ",{\"suite\":" : "{\"suite\":");
		if (t->suite != NULL && t->suite->name.p != NULL)
			em_out_json_str(out, t->suite->name);
		else
			em_out_puts(out, "null");
		member(out, "reason", diff_trouble_reason(t));
		em_out_puts(out, "}");
	}
	em_out_puts(out, "]");
}

void
diff_json(const struct diff *d, struct em_out *out)
{
	const char *sep = "\n";

	em_out_printf(out, "{\"recorded\":%zu,\"counts\":{", d->recorded);
	for (int k = 0; k < DIFF_CLASSES; k++)
		em_out_printf(out, "%s\"%s\":%zu", k > 0 ? "," : "",
		    diff_class_name((enum diff_class)k), d->count[k]);
	em_out_puts(out, d->cut ? "},\"truncated\":true" : "}");
	json_troubles(out, d);
	em_out_puts(out, ",\"changes\":[");
	for (size_t i = 0; i < d->n; i++) {
		if (d->rows[i].class == DIFF_SAME)
			continue;
		em_out_puts(out, sep);
		json_row(out, &d->rows[i]);
		sep = ",\n";
	}
	em_out_puts(out, "]}\n");
}

static int
row_events(const struct diff_row *r, struct cli *c, bool fails)
{
	const struct em_case *k = r->side[1] != NULL ? r->side[1] : r->side[0];
	struct em_event id = em_case_identity(k), ev;
	int st;

	id.run = (struct em_str){ NULL, 0 };
	st = cli_write(c, &id);
	if (fails && st == ST_OK) {
		ev = id;
		ev.kind = EM_CASE_MESSAGE;
		ev.message_kind = EM_STR("error");
		ev.type = em_str(diff_class_name(r->class));
		ev.message = diff_message(r->side[1]);
		if (ev.message.p == NULL)
			ev.message = ev.type;
		st = cli_write(c, &ev);
	}
	ev = id;
	ev.kind = EM_CASE_COMPLETE;
	ev.outcome = fails                                           ? EM_FAIL
	    : r->state[1] == STATE_SKIP || r->state[1] == STATE_NONE ? EM_SKIP
								     : EM_PASS;
	ev.status = fails || r->class != DIFF_SAME
	    ? em_str(diff_class_name(r->class))
	    : ev.status;
	ev.duration_ns = k->last->duration_ns;
	return st == ST_OK ? cli_write(c, &ev) : st;
}

static int
trouble_events(const struct diff_trouble *t, struct cli *c)
{
	struct em_event ev;
	int st;

	em_event_init(&ev, EM_SUITE_START);
	ev.suite = diff_trouble_name(t);
	st = cli_write(c, &ev);
	if (st != ST_OK)
		return st;
	em_event_init(&ev, EM_SUITE_COMPLETE);
	ev.suite = diff_trouble_name(t);
	ev.outcome = EM_FAIL;
	ev.reason = diff_trouble_reason(t);
	return cli_write(c, &ev);
}

int
diff_events(const struct diff *d, struct cli *c, unsigned failing)
{
	struct em_event ev;
	bool any = false;
	int st;

	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("tdiff");
	st = cli_write(c, &ev);
	em_event_init(&ev, EM_RUN_START);
	if (st == ST_OK)
		st = cli_write(c, &ev);
	for (size_t i = 0; i < d->n && st == ST_OK; i++) {
		bool fails = failing & 1u << d->rows[i].class;

		any = any || fails;
		st = row_events(&d->rows[i], c, fails);
	}
	for (size_t i = 0; i < d->trouble_count && st == ST_OK; i++)
		if (failing & 1u << DIFF_BROKEN) {
			any = true;
			st = trouble_events(&d->troubles[i], c);
		}
	/* What has no end must not look as if it had. */
	if (d->cut)
		return st;
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.outcome = any ? EM_FAIL : EM_PASS;
	return st == ST_OK ? cli_write(c, &ev) : st;
}
