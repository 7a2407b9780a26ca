/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>

#include "drive.h"

enum {
	SECOND_MS = 1000,
	STALLED_MS = 400, /* without taking anything: it has stopped */
	BUFFERED_MAX = (1 << 20) + 2 * 4096 + 65536, /* pipes, a read */
	NONBLOCK_PAUSE_MS = 100,
	SIGNALS_PAUSE_MS = 1
};

static uint64_t
ms(uint64_t n)
{
	return n * 1000000;
}

static void
fail(struct drive *d, struct proc_move *m, const char *what, size_t line)
{
	d->failed = true;
	m->stop = true;
	snprintf(d->what, sizeof(d->what), what, line);
}

/* Where line number n of the input (from 1) ends; its end past the last. */
static size_t
line_end(struct slice s, size_t n)
{
	size_t i = 0;

	while (n > 0 && i < s.n) {
		const char *lf = memchr(s.p + i, '\n', s.n - i);

		i = lf != NULL ? (size_t)(lf - s.p) + 1 : s.n;
		n--;
	}
	return i;
}

static void
count_lines(struct drive *d, const struct proc_view *v)
{
	for (; d->seen < v->out.n; d->seen++)
		d->seen_lines += v->out.p[d->seen] == '\n';
}

static bool
is_completion(const struct drive *d, size_t from, size_t to)
{
	static const char word[] = "\"case_complete\"";

	for (size_t i = from; i + sizeof(word) - 1 <= to; i++)
		if (memcmp(d->input.p + i, word, sizeof(word) - 1) == 0)
			return true;
	return false;
}

/* The next line goes when what the one before asks for has come out. */
static void
lockstep(void *arg, const struct proc_view *v, struct proc_move *m)
{
	struct drive *d = arg;
	bool here;

	count_lines(d, v);
	here = !d->owing ||
	    (d->by_completion ? v->out.n > d->mark
			      : d->seen_lines >= d->sent_lines);
	if (here && m->send < d->input.n) {
		size_t from = m->send;

		m->send = line_end(d->input, ++d->sent_lines);
		d->owing = !d->by_completion || is_completion(d, from, m->send);
		d->mark = v->out.n;
		d->since = v->now_ns;
	} else if (!here && v->now_ns > d->since + d->limit_ns) {
		fail(d, m, "nothing came of line %zu before the next one",
		    d->sent_lines);
	}
}

/* Some lines, then silence: they have come out before it ends. */
static void
pause_after(void *arg, const struct proc_view *v, struct proc_move *m)
{
	struct drive *d = arg;

	count_lines(d, v);
	if (m->send == 0) {
		m->send = line_end(d->input, d->lines);
		d->since = v->now_ns;
	} else if (m->send < d->input.n && v->now_ns > d->since + ms(d->ms)) {
		if (d->seen_lines < d->lines)
			fail(d, m, "line %zu did not come out in the pause",
			    d->seen_lines + 1);
		else
			m->send = d->input.n;
	}
}

/* Nobody reads: it has to stop taking. */
static void
stall(void *arg, const struct proc_view *v, struct proc_move *m)
{
	struct drive *d = arg;

	m->stall = true;
	m->send = d->input.n;
	if (v->taken > BUFFERED_MAX)
		fail(d, m, "it took %zu bytes while nobody read", v->taken);
	else if (v->now_ns > v->took_ns + ms(STALLED_MS))
		m->stop = true;
}

static void
stall_resume(void *arg, const struct proc_view *v, struct proc_move *m)
{
	struct drive *d = arg;

	(void)d;
	m->stall = v->now_ns < ms(SECOND_MS);
	m->send = d->input.n;
}

/* The reader goes away after some lines. */
static void
hangup(void *arg, const struct proc_view *v, struct proc_move *m)
{
	struct drive *d = arg;

	m->send = d->input.n;
	count_lines(d, v);
	if (!d->closed && d->seen_lines >= d->lines) {
		m->close_out = d->closed = true;
		d->closed_ns = v->now_ns;
	}
	if (d->closed && v->now_ns > d->closed_ns + d->limit_ns)
		fail(d, m, "it went on for a second after line %zu", d->lines);
}

static const struct {
	const char *how;
	unsigned flags;
	void (*drive)(void *, const struct proc_view *, struct proc_move *);
	unsigned pause_ms; /* line by line */
	bool alone; /* class and output are not looked at */
	bool nonzero; /* it has to end with a status other than 0 */
	bool refusal; /* status other than 0 will do as well */
} ways[] = {
	{ .how = "lockstep", .drive = lockstep },
	{ .how = "pause", .drive = pause_after },
	{ .how = "stall", .drive = stall, .alone = true },
	{ .how = "stall-resume", .drive = stall_resume },
	{ .how = "hangup", .drive = hangup, .alone = true, .nonzero = true },
	{ .how = "hangup-ignored",
	    .drive = hangup,
	    .alone = true,
	    .nonzero = true,
	    .flags = PROC_SIGPIPE_IGNORED },
	{ .how = "full",
	    .alone = true,
	    .nonzero = true,
	    .flags = PROC_STDOUT_FULL },
	{ .how = "stdout-closed",
	    .alone = true,
	    .nonzero = true,
	    .flags = PROC_STDOUT_CLOSED },
	{ .how = "stdin-closed", .flags = PROC_STDIN_CLOSED },
	{ .how = "nonblock",
	    .flags = PROC_STDIN_NONBLOCK,
	    .pause_ms = NONBLOCK_PAUSE_MS,
	    .refusal = true },
	{ .how = "signals",
	    .flags = PROC_SIGNAL_STORM,
	    .pause_ms = SIGNALS_PAUSE_MS },
};

enum { WAYS = sizeof(ways) / sizeof(*ways) };

static size_t
find_way(const char *how)
{
	size_t i = 0;

	while (i < WAYS && strcmp(ways[i].how, how) != 0)
		i++;
	return i;
}

static size_t
number(const struct json *o, const char *key, size_t absent)
{
	const struct json *v = json_member(o, key);

	return v != NULL && v->kind == JSON_NUMBER ? strtoul(v->raw.p, NULL, 10)
						   : absent;
}

static void
begin(struct drive *d, const struct run *run, const struct conf_case *c,
    struct slice input, struct proc_spec *spec)
{
	static const size_t by_line[] = { 0 };
	size_t way = find_way(c->how);

	*d = (struct drive){ .run = run, .c = c, .input = input };
	d->limit_ns = (uint64_t)(1e9 * run->timing_scale);
	d->lines = number(c->drive, "line", number(c->drive, "lines", 1));
	d->ms = number(c->drive, "ms", SECOND_MS);
	d->by_completion = run->role == ROLE_CONVERTER;
	spec->input = input;
	if (way == WAYS)
		return;
	spec->flags |= ways[way].flags;
	spec->drive = ways[way].drive;
	spec->arg = d;
	if (ways[way].pause_ms > 0) {
		spec->pause_ms = ways[way].pause_ms;
		spec->sizes = by_line;
		spec->size_n = 1;
	}
}

bool
drive_run(struct drive *d, const struct run *run, const struct conf_case *c,
    struct slice input, const struct strings *words, struct proc_result *r,
    struct verdict *v)
{
	struct proc_spec spec = { .time_ms = 0 };
	size_t *sizes = run_sizes(run, c, input, &spec.size_n);
	bool ok;

	spec.sizes = sizes;
	begin(d, run, c, input, &spec);
	ok = run_proc(run, c, words, &spec, r, v);
	free(sizes);
	return ok;
}

bool
drive_judge(
    const struct drive *d, const struct proc_result *r, struct verdict *v)
{
	size_t way = find_way(d->c->how);
	bool zero = r->end == PROC_EXITED && r->status == 0;

	if (way == WAYS)
		return true;
	if (d->failed) {
		verdict_say(v, V_FAIL, "%s", d->what);
		return false;
	}
	if (ways[way].nonzero && zero) {
		verdict_say(v, V_FAIL, "wanted a status other than 0");
		return false;
	}
	if (ways[way].refusal && r->end == PROC_EXITED && !zero)
		return false;
	return !ways[way].alone;
}
