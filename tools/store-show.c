/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "store-show.h"
#include "sum.h"

/* What an attempt has said so far, or what the last one of a case said. */
struct said {
	struct said *next;
	struct em_key key; /* of the case */
	int64_t attempt;
	struct em_out *text;
	struct em_str stream; /* of the block that is open; static text */
	bool bol; /* at the beginning of a line */
	bool slow;
	bool done; /* kept for the end */
};

struct show {
	struct show_opts opts;
	struct em_out *out;
	bool color;
	struct em_results *results;
	struct said *said; /* open attempts, and those kept */
	struct em_map *index; /* case: its newest said */
	size_t failed; /* final ones that are listed */
};

enum { RED = 31, GREEN = 32, YELLOW = 33 };

struct show *
show_new(struct cli *c, struct em_out *out, const struct show_opts *opts)
{
	struct show *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = (struct show){ .opts = *opts,
		.out = out,
		.color = c->color,
		.results = em_results_new(0, SIZE_MAX / 2),
		.index = em_map_new() };
	if (s->results != NULL && s->index != NULL)
		return s;
	show_free(s);
	return NULL;
}

static void
said_free(struct said *d)
{
	em_out_discard(d->text);
	free(d);
}

void
show_free(struct show *s)
{
	struct said *next;

	if (s == NULL)
		return;
	for (struct said *d = s->said; d != NULL; d = next) {
		next = d->next;
		said_free(d);
	}
	em_results_free(s->results);
	em_map_free(s->index);
	free(s);
}

enum em_verdict
show_verdict(struct show *s)
{
	return em_results_verdict(s->results);
}

/* ---- lines ---- */

static void
put_label(struct show *s, const char *label, int color)
{
	if (s->color)
		em_out_printf(s->out, "\033[1;%dm%12s\033[0m", color, label);
	else
		em_out_printf(s->out, "%12s", label);
}

/* " [   0.004s] "; more says that it took longer than that. */
static void
put_time(struct show *s, int64_t ns, bool more)
{
	if (ns == EM_UNSET)
		em_out_puts(s->out, more ? " [>         ] " : " [         ] ");
	else
		em_out_printf(s->out, " [%s%*lld.%03llds] ", more ? ">" : "",
		    more ? 3 : 4, (long long)(ns / 1000000000),
		    (long long)(ns / 1000000 % 1000));
}

static void
put_name(struct show *s, const struct em_event *ev)
{
	if (ev->suite.n > 0) {
		em_out_plain(s->out, ev->suite, NULL);
		em_out_puts(s->out, " ");
	}
	if (ev->class_name.n > 0 && !em_str_eq(ev->class_name, ev->suite)) {
		em_out_plain(s->out, ev->class_name, NULL);
		em_out_puts(s->out, "::");
	}
	em_out_plain(s->out, ev->name, NULL);
	if (ev->variant.n > 0) {
		em_out_puts(s->out, " [");
		em_out_plain(s->out, ev->variant, NULL);
		em_out_puts(s->out, "]");
	}
	if (ev->iteration > 1)
		em_out_printf(s->out, " @%lld", (long long)ev->iteration);
}

/* ---- what tests say ---- */

static struct said *
find_said(struct show *s, const struct em_event *ev, bool make)
{
	struct em_key key = em_case_key(ev);
	uint64_t *at = em_map_at(s->index, key);
	struct said *d = at != NULL ? (struct said *)(uintptr_t)*at : NULL;
	int64_t attempt = ev->attempt == EM_UNSET ? 1 : ev->attempt;

	if (d != NULL && d->attempt == attempt)
		return d;
	if (!make || at == NULL)
		return NULL;
	d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	*d = (struct said){ .next = s->said,
		.key = key,
		.attempt = attempt,
		.text = em_out_mem(),
		.bol = true };
	s->said = d;
	*at = (uint64_t)(uintptr_t)d;
	return d;
}

static void
forget(struct show *s, struct said *d)
{
	uint64_t *at = em_map_find(s->index, d->key);

	if (at != NULL && *at == (uint64_t)(uintptr_t)d)
		*at = 0;
	for (struct said **p = &s->said; *p != NULL; p = &(*p)->next)
		if (*p == d) {
			*p = d->next;
			break;
		}
	said_free(d);
}

static bool
kept(const struct show *s)
{
	return s->opts.success_output != 0 || s->opts.failure_output != 0;
}

static const char *
margin(const struct show *s)
{
	return s->opts.flush_left ? "" : "    ";
}

/* Text in lines, each behind the margin; a chunk may end within one. */
static void
add_text(const struct show *s, struct said *d, struct em_str t)
{
	while (t.n > 0) {
		const char *lf = memchr(t.p, '\n', t.n);
		size_t n = lf != NULL ? (size_t)(lf - t.p) : t.n;

		if (d->bol && n > 0)
			em_out_puts(d->text, margin(s));
		em_out_plain(d->text, (struct em_str){ t.p, n }, "");
		if (lf != NULL) {
			em_out_puts(d->text, "\n");
			n++;
		}
		d->bol = lf != NULL;
		t = (struct em_str){ t.p + n, t.n - n };
	}
}

static void
end_line(struct said *d)
{
	if (!d->bol)
		em_out_puts(d->text, "\n");
	d->bol = true;
}

static void
take_output(struct show *s, const struct em_event *ev)
{
	struct said *d = kept(s) ? find_said(s, ev, true) : NULL;
	struct em_str stream = em_str_eq(ev->stream, EM_STR("stderr"))
	    ? EM_STR("stderr")
	    : em_str_eq(ev->stream, EM_STR("stdout")) ? EM_STR("stdout")
						      : EM_STR("output");

	if (d == NULL || d->text == NULL)
		return;
	if (d->stream.p == NULL || !em_str_eq(d->stream, stream)) {
		end_line(d);
		em_out_printf(d->text, "  --- %s ---\n", stream.p);
		d->stream = stream;
	}
	add_text(s, d, ev->text);
	if (ev->truncated_bytes > 0) {
		end_line(d);
		em_out_printf(d->text, "  --- %lld bytes were not kept ---\n",
		    (long long)ev->truncated_bytes);
	}
}

static void
take_message(struct show *s, const struct em_event *ev)
{
	struct said *d = kept(s) ? find_said(s, ev, true) : NULL;
	struct em_str text = ev->message.p != NULL ? ev->message
	    : ev->detail.p != NULL                 ? ev->detail
						   : ev->type;

	if (d == NULL || d->text == NULL || text.p == NULL)
		return;
	end_line(d);
	em_out_puts(d->text, "  --- ");
	em_out_plain(d->text, ev->message_kind, NULL);
	if (ev->location.file.p != NULL) {
		em_out_puts(d->text, " at ");
		em_out_plain(d->text, ev->location.file, NULL);
		if (ev->location.line != EM_UNSET)
			em_out_printf(
			    d->text, ":%lld", (long long)ev->location.line);
	}
	em_out_puts(d->text, " ---\n");
	add_text(s, d, text);
	end_line(d);
	if (ev->message.p != NULL && ev->detail.p != NULL) {
		add_text(s, d, ev->detail);
		end_line(d);
	}
	d->stream = (struct em_str){ NULL, 0 };
}

static void
put_said(struct show *s, struct said *d)
{
	struct em_str text;

	if (d == NULL || d->text == NULL)
		return;
	end_line(d);
	text = em_out_memory(d->text);
	if (text.n == 0)
		return;
	em_out_write(s->out, text);
	em_out_puts(s->out, "\n");
}

/* ---- one attempt ---- */

static const char *
label_of(const struct em_event *ev, int *color, char *buf, size_t size)
{
	const char *label = ev->outcome == EM_PASS ? "PASS"
	    : ev->outcome == EM_SKIP               ? "SKIP"
						   : "FAIL";

	*color = ev->outcome == EM_PASS ? GREEN
	    : ev->outcome == EM_SKIP    ? YELLOW
					: RED;
	if (ev->outcome == EM_PASS && em_str_eq(ev->status, EM_STR("leak")))
		label = "LEAK";
	if (ev->outcome == EM_FAIL && em_str_eq(ev->status, EM_STR("timeout")))
		label = "TIMEOUT";
	if (ev->attempt <= 1)
		return label;
	snprintf(buf, size, "TRY %lld %s", (long long)ev->attempt, label);
	return buf;
}

/* The least level at which its line is printed. */
static enum show_level
level_of(const struct em_event *ev, bool slow)
{
	if (ev->outcome == EM_SKIP)
		return SHOW_SKIP;
	if (ev->outcome != EM_PASS)
		return SHOW_FAIL;
	if (ev->attempt > 1)
		return SHOW_RETRY;
	if (slow)
		return SHOW_SLOW;
	return em_str_eq(ev->status, EM_STR("leak")) ? SHOW_LEAK : SHOW_PASS;
}

static void
put_why(struct show *s, const struct em_event *ev)
{
	if (ev->outcome == EM_PASS || (ev->status.n == 0 && ev->reason.n == 0))
		return;
	em_out_puts(s->out, " (");
	em_out_plain(s->out, ev->status, NULL);
	if (ev->status.n > 0 && ev->reason.n > 0)
		em_out_puts(s->out, ": ");
	em_out_plain(s->out, ev->reason, NULL);
	em_out_puts(s->out, ")");
}

static void
take_complete(struct show *s, const struct em_event *ev)
{
	struct said *d = find_said(s, ev, false);
	unsigned when = ev->outcome == EM_PASS ? s->opts.success_output
	    : ev->outcome == EM_SKIP           ? 0
					       : s->opts.failure_output;
	char buf[32];
	const char *label;
	int color;

	if (s->opts.level >= level_of(ev, d != NULL && d->slow)) {
		label = label_of(ev, &color, buf, sizeof(buf));
		put_label(s, label, color);
		put_time(s, ev->duration_ns, false);
		put_name(s, ev);
		put_why(s, ev);
		em_out_puts(s->out, "\n");
	}
	if (d == NULL)
		return;
	if (when & OUTPUT_IMMEDIATE)
		put_said(s, d);
	d->done = (when & OUTPUT_FINAL) != 0;
	if (!d->done)
		forget(s, d);
}

static void
take_slow(struct show *s, const struct em_event *ev)
{
	struct said *d = find_said(s, ev, true);

	if (d != NULL)
		d->slow = true;
	if (s->opts.level < SHOW_SLOW)
		return;
	put_label(s, "SLOW", YELLOW);
	put_time(s, ev->threshold_ns, true);
	put_name(s, ev);
	em_out_puts(s->out, "\n");
}

void
show_event(struct show *s, const struct em_event *ev)
{
	em_results_event(s->results, ev);
	switch (ev->kind) {
	case EM_CASE_OUTPUT:
		take_output(s, ev);
		break;
	case EM_CASE_MESSAGE:
		take_message(s, ev);
		break;
	case EM_CASE_SLOW:
		take_slow(s, ev);
		break;
	case EM_CASE_COMPLETE:
		take_complete(s, ev);
		break;
	case EM_CASE_START:
		if (s->opts.level < SHOW_ALL)
			break;
		put_label(s, "START", GREEN);
		put_time(s, EM_UNSET, false);
		put_name(s, ev);
		em_out_puts(s->out, "\n");
		break;
	case EM_LOG:
		if (s->opts.level == SHOW_NONE)
			break;
		em_out_plain(s->out, ev->text, "");
		if (ev->text.n == 0 || ev->text.p[ev->text.n - 1] != '\n')
			em_out_puts(s->out, "\n");
		break;
	case EM_RUN_CANCEL:
		put_label(s, "CANCELED", RED);
		em_out_puts(s->out, " ");
		em_out_plain(s->out, ev->reason, NULL);
		em_out_puts(s->out, "\n");
		break;
	default:
		break;
	}
}

/* ---- the end ---- */

static bool
was_slow(const struct em_case *c)
{
	for (const struct em_attempt *a = c->attempts; a != NULL; a = a->next)
		if (a->slow)
			return true;
	return false;
}

static enum show_final
final_of(const struct em_case *c, const char **label, int *color)
{
	*color = YELLOW;
	if (c->outcome == EM_NONE) {
		*label = c->selected ? "NOT RUN" : "SKIP";
		return c->selected ? FINAL_FAIL : FINAL_ALL;
	}
	if (c->outcome == EM_SKIP) {
		*label = "SKIP";
		return FINAL_SKIP;
	}
	if (c->outcome != EM_PASS) {
		*label = c->incomplete ? "INCOMPLETE" : "FAIL";
		*color = RED;
		return FINAL_FAIL;
	}
	*label = c->flaky ? "FLAKY" : was_slow(c) ? "SLOW" : "PASS";
	if (strcmp(*label, "PASS") == 0)
		*color = GREEN;
	return c->flaky ? FINAL_FLAKY : was_slow(c) ? FINAL_SLOW : FINAL_PASS;
}

static void
put_final(struct show *s, const struct em_case *c)
{
	struct em_event like = em_case_identity(c);
	struct said *d;
	const char *label;
	int color;

	if (final_of(c, &label, &color) > s->opts.final)
		return;
	put_label(s, label, color);
	put_time(s, c->last->duration_ns, false);
	put_name(s, &like);
	em_out_puts(s->out, "\n");
	like.attempt = c->last->number;
	d = find_said(s, &like, false);
	/* One that never ended has shown nothing yet. */
	if (d != NULL && (d->done || s->opts.failure_output != 0))
		put_said(s, d);
}

static void
put_count(struct show *s, uint64_t n, const char *what)
{
	if (n > 0)
		em_out_printf(s->out, ", %llu %s", (unsigned long long)n, what);
}

static void
put_summary(struct show *s, const struct em_run *r)
{
	const struct em_counts *n = &r->counts;
	long long ran = (long long)(n->pass + n->fail);
	bool bad = n->fail > 0 || !r->completed;

	em_out_puts(s->out, "------------\n");
	put_label(s, "Summary", bad ? RED : GREEN);
	put_time(s, r->duration_ns, false);
	em_out_printf(s->out, "%lld test%s run: %lld passed", ran,
	    ran == 1 ? "" : "s", (long long)n->pass);
	if (r->flaky > 0)
		em_out_printf(
		    s->out, " (%llu flaky)", (unsigned long long)r->flaky);
	em_out_printf(s->out, ", %lld failed, %lld skipped", (long long)n->fail,
	    (long long)n->skip);
	put_count(s, r->not_run, "not run");
	put_count(s, r->incomplete, "incomplete");
	em_out_puts(s->out, "\n");
	if (!r->completed && !r->listing)
		em_out_puts(s->out,
		    "             the run has no end: it is not a pass\n");
}

void
show_end(struct show *s)
{
	for (const struct em_run *r = em_results_runs(s->results); r != NULL;
	     r = r->next) {
		put_summary(s, r);
		if (s->opts.final == FINAL_NONE)
			continue;
		for (const struct em_suite *u = r->suites; u != NULL;
		     u = u->next)
			for (const struct em_case *c = u->cases; c != NULL;
			     c = c->next)
				put_final(s, c);
	}
}
