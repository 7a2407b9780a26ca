/* SPDX-License-Identifier: MIT */
/* libtest JSON out: the lines of tests, and what of them is lost. */
#include "format.h"
#include "libtest-write.h"
#include "loss.h"

const unsigned libtest_lost = LOSS_NAMES | LOSS_LOCATIONS | LOSS_TAGS |
    LOSS_PARENTS | LOSS_PROPERTIES | LOSS_WORKERS | LOSS_EXITS | LOSS_STREAMS |
    LOSS_CUT | LOSS_KINDS | LOSS_MORE | LOSS_DETAILS | LOSS_MEMBERS |
    LOSS_ATTACHMENTS | LOSS_RUNS | LOSS_RUN | LOSS_TITLES | LOSS_NESTING |
    LOSS_LOGS | LOSS_CANCELLED;

/* ---- lines ---- */

void
lw_member(struct em_out *out, const char *key, struct em_str value)
{
	em_out_printf(out, ", \"%s\": ", key);
	em_out_json_str(out, value);
}

void
lw_number(struct em_out *out, const char *key, int64_t value)
{
	em_out_printf(out, ", \"%s\": %lld", key, (long long)value);
}

void
lw_seconds(struct em_out *out, const char *key, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	em_out_printf(out, ", \"%s\": ", key);
	out_seconds(out, ns, 9);
}

/* The name under which a case stands, its attempts behind when > 1. */
struct em_str
lw_name(struct em_writer *w, const struct libtest_block *b,
    const struct em_event *id, int64_t attempts)
{
	struct libtest_writer *lw = w->state;
	struct arena *a = &lw->scratch;
	struct em_event plain = *id;
	struct em_str name;

	if (!b->nextest)
		return pend_name(a, id);
	plain.iteration = EM_UNSET;
	name = arena_join(a, EM_STR("$"), pend_name(a, &plain));
	if (id->iteration != EM_UNSET)
		name = arena_join(a,
		    arena_printf(
			a, "@stress-%lld", (long long)id->iteration - 1),
		    name);
	name = arena_join(a, b->suite, name);
	if (attempts > 1)
		name = arena_join(
		    a, name, arena_printf(a, "#%lld", (long long)attempts));
	return name;
}

void
lw_start(struct em_out *out, const char *type, const char *event)
{
	em_out_printf(
	    out, "{ \"type\": \"%s\", \"event\": \"%s\"", type, event);
}

void
lw_end(struct em_out *out)
{
	em_out_puts(out, " }\n");
}

/* ---- results of tests ---- */

/* Output in the order in which it came, whatever the stream. */
static void
write_output(struct em_writer *w, struct em_out *out, const struct pend_case *c)
{
	struct libtest_writer *lw = w->state;
	struct em_str text = { NULL, 0 };

	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_OUTPUT)
			text =
			    arena_join(&lw->scratch, text, i->u.output->text);
	if (text.n > 0)
		lw_member(out, "stdout", text);
}

static const struct em_metric *
find_metric(const struct pend_case *c, const char *unit)
{
	for (const struct em_item *i = c->items; i != NULL; i = i->next)
		if (i->kind == EM_CASE_METRIC &&
		    str_eq(i->u.metric->unit, unit))
			return i->u.metric;
	return NULL;
}

/* "ns/iter" of libtest; what others call the same. */
static const struct em_metric *
time_metric(const struct pend_case *c)
{
	const struct em_metric *m = find_metric(c, "ns/iter");

	return m != NULL ? m : find_metric(c, "ns/op");
}

static void
write_bench(struct em_out *out, struct em_str name, const struct pend_case *c)
{
	const struct em_metric *m = time_metric(c);
	const struct em_metric *mib = find_metric(c, "MiB/s");

	em_out_puts(out, "{ \"type\": \"bench\"");
	lw_member(out, "name", name);
	em_out_puts(out, ", \"median\": ");
	em_out_write(out, m->value);
	em_out_puts(out, ", \"deviation\": ");
	em_out_write(out, m->deviation.n > 0 ? m->deviation : EM_STR("0"));
	if (mib != NULL) {
		em_out_puts(out, ", \"mib_per_second\": ");
		em_out_write(out, mib->value);
	}
	lw_end(out);
}

static bool
is_time_out(const struct em_event *end)
{
	return end->outcome == EM_FAIL && str_eq(end->status, "timeout");
}

static void
count_lost(struct em_writer *w, const struct libtest_block *b,
    const struct pend_case *c, bool bench)
{
	const struct em_event *end = &c->end;
	unsigned more = b->nextest ? 0 : LOSS_ITERATIONS;
	bool ignored =
	    end->outcome == EM_SKIP && str_eq(end->status, "ignored");

	if (!is_time_out(end) && !ignored)
		more |= LOSS_STATUSES;
	if (is_time_out(end) || end->outcome == EM_PASS)
		more |= LOSS_REASONS;
	if (bench)
		more |= LOSS_DURATIONS | LOSS_OUTPUT;
	else
		more |= LOSS_METRICS | LOSS_MODES;
	loss_of_case(w, c, libtest_lost | more);
}

void
lw_test(struct em_writer *w, struct libtest_block *b, struct em_out *out,
    const struct pend_case *c)
{
	static const char *const events[] = {
		[EM_PASS] = "ok",
		[EM_FAIL] = "failed",
		[EM_SKIP] = "ignored",
	};
	const struct em_message *error = pend_error(c);
	const struct em_event *end = &c->end;
	enum em_outcome o = end->outcome;
	struct em_str name = lw_name(w, b, &c->id,
	    c->attempts > c->id.attempt ? c->attempts : c->id.attempt);

	bool bench = o == EM_PASS && time_metric(c) != NULL;

	count_lost(w, b, c, bench);
	if (bench) {
		b->measured++;
		write_bench(out, name, c);
		return;
	}
	if (o != EM_PASS && o != EM_SKIP)
		o = EM_FAIL;
	em_out_puts(out, "{ \"type\": \"test\"");
	lw_member(out, "name", name);
	lw_member(out, "event", em_str(events[o]));
	lw_seconds(out, "exec_time", end->duration_ns);
	write_output(w, out, c);
	if (o == EM_FAIL && error != NULL && error->message.n > 0)
		lw_member(out, "message", error->message);
	else if (o == EM_SKIP && end->reason.n > 0)
		lw_member(out, "message", end->reason);
	if (o == EM_FAIL && str_eq(end->status, "timeout"))
		lw_member(out, "reason", EM_STR("time limit exceeded"));
	else if (o == EM_FAIL && end->reason.n > 0)
		lw_member(out, "reason", end->reason);
	lw_end(out);
	if (o == EM_PASS)
		b->counts.pass++;
	else if (o == EM_SKIP)
		b->counts.skip++;
}
