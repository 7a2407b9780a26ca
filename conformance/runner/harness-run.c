/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "harness.h"

enum { CANNOT = 77, HANG_UP_LINES = 3 };
enum { SECOND = 1000 * 1000 * 1000 };

const struct json *
sitting_says(const struct sitting *s, const char *key)
{
	const struct json *v = json_member(s->c->doc, key);

	return v != NULL ? v : json_member(s->doc, key);
}

unsigned
sitting_number(const struct sitting *s, const char *key)
{
	const struct json *v = sitting_says(s, key);

	return v != NULL && v->kind == JSON_NUMBER
	    ? (unsigned)strtoul(v->raw.p, NULL, 10)
	    : 0;
}

bool
sitting_is(const struct sitting *s, const char *key)
{
	const struct json *v = sitting_says(s, key);

	return v != NULL && v->kind == JSON_BOOL && v->boolean;
}

/* A file of the scenario; one of that name in the case goes first. */
static bool
read_part(struct sitting *s, const char *name, struct buf *b)
{
	char *own = xprintf("%s/%s", s->c->dir, name);
	char *path =
	    xprintf("%s/scenarios/%s/%s", s->c->suite_dir, s->name, name);
	bool ok = read_file(own, b) || read_file(path, b);

	if (!ok)
		verdict_say(s->v, V_ERROR, "%s: %s", path, strerror(errno));
	free(own);
	free(path);
	return ok;
}

bool
sitting_open(struct sitting *s, const struct run *run,
    const struct conf_case *c, const char *name, struct verdict *v)
{
	struct json_error e = { .text = "" };
	struct buf b = { 0 };
	bool ok;

	*s = (struct sitting){ .run = run, .c = c, .v = v, .name = name };
	ok = read_part(s, "scenario.json", &b);
	if (ok) {
		s->doc = json_parse(b.p, b.n, &e);
		ok = s->doc != NULL;
		if (!ok)
			verdict_say(v, V_ERROR, "scenario %s: byte %zu: %s",
			    name, e.offset, e.text);
	}
	buf_free(&b);
	return ok && read_part(s, "expect.pattern", &s->pattern);
}

static void
drop_events(struct sitting *s)
{
	for (size_t i = 0; i < s->line_n; i++)
		json_free(s->event[i]);
	free(s->event);
	free(s->lines);
	s->event = NULL;
	s->lines = NULL;
	s->line_n = 0;
	buf_free(&s->events);
}

void
sitting_close(struct sitting *s)
{
	drop_events(s);
	json_free(s->doc);
	buf_free(&s->pattern);
	proc_result_free(&s->r);
}

static bool
is_blank(struct slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if (strchr(" \t\r", line.p[i]) == NULL)
			return false;
	return true;
}

void
sitting_events(struct sitting *s, struct slice events)
{
	struct buf copy = { 0 };
	size_t size = 0;
	const char *p, *end;

	buf_add(&copy, events.p, events.n);
	drop_events(s);
	s->events = copy;
	p = buf_slice(&s->events).p;
	end = p + s->events.n;
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		struct slice line = { p, (size_t)((lf ? lf : end) - p) };

		p += line.n + 1;
		if (is_blank(line))
			continue;
		if (s->line_n == size) {
			size = size ? 2 * size : 64;
			s->lines = xrealloc(s->lines, size * sizeof(*s->lines));
			s->event = xrealloc(s->event, size * sizeof(*s->event));
		}
		s->event[s->line_n] = json_parse(line.p, line.n, NULL);
		s->lines[s->line_n++] = line;
	}
}

/* ---- driving it ---- */

struct watch {
	size_t seen; /* how much of the output was looked at */
	size_t lines;
	bool signalled;
	uint64_t closed_ns;
};

static bool
contains(struct slice s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, word, n) == 0)
			return true;
	return false;
}

/* Sends the signal once the test runs. */
static void
watch_signal(void *arg, const struct proc_view *view, struct proc_move *move)
{
	struct watch *w = arg;

	if (w->signalled || view->out.n == w->seen)
		return;
	w->seen = view->out.n;
	if (!contains(view->out, "\"case_start\""))
		return;
	w->signalled = true;
	move->signal = SIGTERM;
}

/* Goes away after a few lines. */
static void
watch_hangup(void *arg, const struct proc_view *view, struct proc_move *move)
{
	struct watch *w = arg;

	for (; w->seen < view->out.n; w->seen++)
		w->lines += view->out.p[w->seen] == '\n';
	if (w->closed_ns == 0 && w->lines >= HANG_UP_LINES) {
		w->closed_ns = view->now_ns;
		move->close_out = true;
	}
}

static void
judge_hangup(const struct sitting *s, const struct watch *w)
{
	const struct proc_result *r = &s->r;
	double late = (double)(r->ns - w->closed_ns) / SECOND;

	if (w->closed_ns == 0)
		verdict_say(s->v, V_FAIL,
		    "%s: fewer than %d lines before its end", s->name,
		    HANG_UP_LINES);
	else if (late > s->run->timing_scale)
		verdict_say(s->v, V_FAIL,
		    "%s: it went on for %.1f s with its output closed", s->name,
		    late);
	else if (r->end == PROC_EXITED && r->status == 0)
		verdict_say(s->v, V_FAIL,
		    "%s: exit status 0 with its output closed", s->name);
}

/* ---- running it ---- */

/* The command at the scenario, with the arguments of the case. */
static struct strings
words_of(const struct sitting *s)
{
	const char *pairs[] = { "{scenario}", s->name, NULL };
	struct strings words = sut_words(&s->run->sut->command, pairs);
	const struct json *args = sitting_says(s, "args");
	bool format = false;

	for (size_t i = 0; i < words.n; i++)
		format |= strncmp(words.v[i], "--format", 8) == 0;
	if (!format && sitting_is(s, "format_json")) {
		strings_add(&words, "--format");
		strings_add(&words, "json");
	}
	for (size_t i = 0; args != NULL && i < args->count; i++)
		strings_add(&words, args->item[i]->text.p);
	return words;
}

/* An argument "@FILE" finds its file, from the case, where it runs. */
static bool
copy_argfile(struct sitting *s)
{
	const struct json *name = sitting_says(s, "argfile");
	char *from, *to;
	struct buf b = { 0 };
	FILE *f;
	bool ok;

	if (name == NULL)
		return true;
	from = xprintf("%s/%s", s->c->dir, name->text.p);
	to = xprintf("%s/%s", s->run->tmp, name->text.p);
	ok = read_file(from, &b) && (f = fopen(to, "we")) != NULL;
	if (ok) {
		ok = fwrite(b.p, 1, b.n, f) == b.n;
		ok &= fclose(f) == 0;
	}
	if (!ok)
		verdict_say(s->v, V_ERROR, "%s: %s", from, strerror(errno));
	buf_free(&b);
	free(from);
	free(to);
	return ok;
}

/* Whether dying belongs to the scenario. */
static bool
may_die(const struct sitting *s)
{
	const struct json *wanted = sitting_says(s, "exit");

	return sitting_is(s, "cut") ||
	    (wanted != NULL && slice_is(wanted->text, "death"));
}

/* What it may not do at any scenario; false: said in v. */
static bool
judge_run(struct sitting *s, const struct verdict *w)
{
	const struct proc_result *r = &s->r;
	bool crash = r->end == PROC_SIGNALED ||
	    (r->end == PROC_EXITED && r->status >= 126);

	if (w->reason == NULL)
		return true;
	if (w->code == V_CRASH && crash && may_die(s))
		return true;
	verdict_say(s->v, w->code, "%s: %s", s->name, w->reason);
	return false;
}

/* Whether the testee said that it cannot do it; true: said in v. */
static bool
declined(struct sitting *s)
{
	const char *why = sut_value(&s->run->sut->skips, s->name);

	if (s->r.end != PROC_EXITED || s->r.status != CANNOT)
		return false;
	if (why != NULL)
		verdict_say(s->v, V_SKIP, "%s: %s", s->name, why);
	else
		verdict_say(s->v, V_FAIL,
		    "%s: exit status 77, and no reason in sut.conf: "
		    "skip.%s = ...",
		    s->name, s->name);
	return true;
}

/* Runs it, watched as the case asks; false: that was the end. */
static bool
run_watched(struct sitting *s, struct watch *watch)
{
	struct proc_spec spec = { .arg = watch };
	struct strings words = words_of(s);
	struct verdict w = { .code = V_PASS };
	bool ok;

	if (sitting_is(s, "fd"))
		spec.flags |= PROC_EVENTS_FD;
	if (strcmp(s->c->how, "full") == 0)
		spec.flags |= PROC_STDOUT_FULL;
	if (strcmp(s->c->how, "hangup") == 0)
		spec.drive = watch_hangup;
	else if (sitting_says(s, "signal") != NULL)
		spec.drive = watch_signal;
	run_proc(s->run, s->c, &words, &spec, &s->r, &w);
	strings_free(&words);
	s->v->ns += w.ns;
	s->v->ending = w.ending;
	judge_keep(s->v, (struct slice){ NULL, 0 }, &s->r);
	ok = !declined(s) && judge_run(s, &w);
	verdict_free(&w);
	return ok;
}

bool
sitting_run(struct sitting *s)
{
	struct watch watch = { .seen = 0 };

	if (!copy_argfile(s) || !run_watched(s, &watch))
		return false;
	if (strcmp(s->c->how, "hangup") == 0) {
		/* What was written until then does not matter. */
		judge_hangup(s, &watch);
		return false;
	}
	sitting_events(s, buf_slice(&s->r.out));
	return true;
}
