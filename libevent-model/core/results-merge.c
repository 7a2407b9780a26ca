/* SPDX-License-Identifier: MIT */
/* Whole results joined to others, as if their events followed. */
#include "results.h"

static void
merge_logs(struct em_results *rs, struct arena *a, struct item_list *list,
    const struct item_list *src)
{
	for (const struct em_item *i = src->first; i != NULL; i = i->next) {
		list_add_log(rs, a, list, i->u.output);
		/* Settling may have tied another list to this one. */
		if (i == src->tail)
			break;
	}
}

static void
merge_case(
    struct em_results *rs, struct suite_rec *suite, const struct case_rec *src)
{
	const struct case_id id = { src->c.class_name, src->c.name,
		src->c.details->variant, src->c.iteration };
	struct case_rec *rec = case_at(rs, suite, &id);

	if (rec == NULL)
		return;
	case_uncount(rec);
	case_discovered(rs, suite, rec,
	    src->c.own & (C_SELECTED | C_NOT_SELECTED),
	    src->c.attempts == NULL ? src->first.end : &end_none);
	if (rs->keep & EM_KEEP_DETAILS)
		case_join_details(rs, suite, rec, src->c.details);
	for (const struct em_attempt *from = src->c.attempts; from != NULL;
	     from = from->next) {
		const struct attempt_said said = attempt_says(from);
		struct em_attempt *a = attempt_at(rs, suite, rec, from->number);

		if (a == NULL)
			break;
		attempt_join(rs, suite, a, &said);
		for (const struct em_item *i = from->items; i != NULL;
		     i = i->next)
			attempt_add_item(rs, suite, a, i);
	}
	case_count(rec);
}

static void
merge_suite(
    struct em_results *rs, struct run_rec *run, const struct suite_rec *src)
{
	struct suite_rec *suite = suite_at(rs, run, src->s.name);

	if (suite == NULL)
		return;
	suite_join(rs, suite, &src->s, &src->span);
	suite->broken |= src->broken;
	for (const struct em_case *c = src->s.cases; c != NULL; c = c->next)
		merge_case(rs, suite, case_rec(c));
	merge_logs(rs, &suite->arena, &suite->logs, &src->logs);
	suite->s.logs = suite->logs.first;
}

static void
merge_run(struct em_results *rs, const struct run_rec *src)
{
	struct run_rec *run = run_at(rs, src->r.id);
	struct em_run said = src->r;

	if (run == NULL)
		return;
	said.time_ns = src->start_ns;
	run_join(rs, run, &said, &src->span);
	run->restarted |= src->restarted;
	run->dropped |= src->dropped;
	run->touched |= src->touched;
	run->discovered |= src->discovered;
	run->invalid += src->invalid;
	run->dropped_failed |= src->dropped_failed;
	run->dropped_mismatch |= src->dropped_mismatch;
	for (const struct suite_rec *s = src->first; s != NULL; s = s->next)
		merge_suite(rs, run, s);
	merge_logs(rs, &rs->arena, &run->logs, &src->logs);
}

enum em_rc
em_results_merge(struct em_results *rs, const struct em_results *src)
{
	if ((rs->keep | src->keep) & EM_KEEP_COUNTS)
		return err_set(&rs->err, EM_E_USAGE, 0,
		    "results without cases cannot be merged");
	for (const struct stream_rec *s = src->streams; s != NULL;
	     s = s->next) {
		/* The first has no protocol event: it goes on where the
		 * other results ended. */
		struct stream_rec *d =
		    s == src->streams ? rs->stream : stream_add(rs);

		if (d == NULL)
			break;
		if (s != src->streams) {
			d->producer_name =
			    results_dup(rs, &rs->arena, s->producer_name);
			d->producer_version =
			    results_dup(rs, &rs->arena, s->producer_version);
			d->time_ns = s->time_ns;
		}
		d->invalid += s->invalid;
		merge_logs(rs, &rs->arena, &d->logs, &s->logs);
		for (const struct run_rec *r = s->first; r != NULL; r = r->next)
			merge_run(rs, r);
	}
	return results_status(rs);
}
