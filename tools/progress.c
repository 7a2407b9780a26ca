/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

enum {
	RUNNING_MAX = 64, /* names kept of cases that run */
	NAME_MAX_SHOWN = 120,
	BAR = 20,
	BAR_WIDTH = 75, /* where there is less room there is no bar */
	SHOWN_MAX = 5 /* of the running cases, in a block */
};

static const int64_t redraw_ns = 100000000; /* on a terminal */
static const int64_t line_ns = INT64_C(10000000000); /* elsewhere */

struct running {
	int64_t since;
	size_t n;
	char name[NAME_MAX_SHOWN];
};

struct progress {
	const char *tool;
	bool tty, color, block;
	unsigned drawn; /* lines of the terminal that are ours */
	int64_t begun, shown; /* monotonic */
	uint64_t discovered, total; /* total 0: unknown */
	uint64_t pass, fail, skip;
	struct running running[RUNNING_MAX];
	size_t running_count, running_more;
	bool complete, cancelled;
	bool fresh; /* something happened since it was shown */
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

struct progress *
progress_new(const struct cli *c, bool block)
{
	struct progress *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->tool = c->tool->name;
	p->tty = isatty(STDERR_FILENO);
	p->color = c->color_stderr;
	p->block = block;
	p->begun = p->shown = now_ns();
	return p;
}

/* At most max bytes; a character that would be cut is dropped whole. */
static struct em_str
start_of(struct em_str s, size_t max)
{
	size_t n = s.n < max ? s.n : max;

	while (n < s.n && n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return (struct em_str){ s.p, n };
}

static void
keep_start(struct running *r, struct em_str name)
{
	r->n = start_of(name, sizeof(r->name)).n;
	memcpy(r->name, name.p, r->n);
}

static bool
is_printable(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

/* Names come from tests: nothing of them may steer the terminal. */
static void
keep_name(struct running *r, struct em_str name)
{
	struct em_out *plain;

	name = start_of(name, sizeof(r->name));
	if (is_printable(name)) {
		keep_start(r, name);
		return;
	}
	r->n = 0;
	plain = em_out_mem();
	if (plain == NULL)
		return;
	em_out_plain(plain, name, NULL);
	keep_start(r, em_out_memory(plain));
	em_out_discard(plain);
}

static void
case_begins(struct progress *p, struct em_str name)
{
	struct running *r;

	if (p->running_count == RUNNING_MAX) {
		p->running_more++;
		return;
	}
	r = &p->running[p->running_count++];
	keep_name(r, name);
	r->since = now_ns();
}

static void
case_ends(struct progress *p, struct em_str name)
{
	struct running r;

	keep_name(&r, name);
	for (size_t i = 0; i < p->running_count; i++)
		if (p->running[i].n == r.n &&
		    memcmp(p->running[i].name, r.name, r.n) == 0) {
			memmove(&p->running[i], &p->running[i + 1],
			    (p->running_count - i - 1) * sizeof(r));
			p->running_count--;
			return;
		}
	if (p->running_more > 0)
		p->running_more--;
}

static void
clear_line(struct progress *p)
{
	if (p->drawn > 1)
		fprintf(stderr, "\033[%uA", p->drawn - 1);
	if (p->drawn > 0)
		fputs("\r\033[J", stderr);
	p->drawn = 0;
}

static void
print_counts(const struct progress *p, FILE *f)
{
	uint64_t done = p->pass + p->fail + p->skip;

	fprintf(f, "%llu", (unsigned long long)done);
	if (p->total > 0)
		fprintf(f, "/%llu", (unsigned long long)p->total);
	fprintf(f, " done, %s%llu failed%s, %llu skipped",
	    p->color && p->fail > 0 ? "\033[31m" : "",
	    (unsigned long long)p->fail,
	    p->color && p->fail > 0 ? "\033[0m" : "",
	    (unsigned long long)p->skip);
}

static void
print_eta(const struct progress *p, int64_t now, FILE *f)
{
	uint64_t done = p->pass + p->fail + p->skip;
	double left;

	if (p->total == 0 || done == 0 || done >= p->total)
		return;
	left = (double)(now - p->begun) / 1e9 / (double)done *
	    (double)(p->total - done);
	if (left < 60)
		fprintf(f, ", %.0fs left", left);
	else
		fprintf(f, ", %.0fm%02.0fs left", left / 60 - 0.5,
		    left - 60 * (int)(left / 60));
}

static void
print_bar(const struct progress *p, FILE *f)
{
	uint64_t done = p->pass + p->fail + p->skip;
	size_t full = p->total > 0 && done < p->total
	    ? (size_t)(done * BAR / p->total)
	    : done > 0 ? BAR
		       : 0;

	fputc('[', f);
	for (size_t i = 0; i < BAR; i++)
		fputc(i < full ? '#' : ' ', f);
	fputs("] ", f);
}

static unsigned
print_running(const struct progress *p, int64_t now, unsigned width, FILE *f)
{
	unsigned lines = 0;

	for (; lines < p->running_count && lines < SHOWN_MAX; lines++) {
		const struct running *r = &p->running[lines];
		size_t room = width > 20 ? width - 12 : 8;

		fprintf(f, "\n %7.1fs  %.*s", (double)(now - r->since) / 1e9,
		    (int)start_of((struct em_str){ r->name, r->n }, room).n,
		    r->name);
	}
	if (p->running_count + p->running_more > SHOWN_MAX) {
		fprintf(f, "\n and %zu more running",
		    p->running_count + p->running_more - SHOWN_MAX);
		lines++;
	}
	return lines;
}

/* The columns of a line, in which there are colours and nothing wide. */
static unsigned
columns(const char *s, size_t n)
{
	unsigned wide = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\033')
			while (i + 1 < n && s[i] != 'm' && s[i] != 'J')
				i++;
		else
			wide += s[i] >= 0x20;
	}
	return wide;
}

/* What runs longest, in what room there is behind the counts. */
static void
print_longest(const struct progress *p, unsigned room, FILE *f)
{
	const struct running *r = &p->running[0];

	if (p->running_count == 0 || room < 12)
		return;
	room -= 3;
	fprintf(f, "  %.*s",
	    (int)start_of((struct em_str){ r->name, r->n }, room).n, r->name);
}

/* Draws one frame over the last one, in a single write: no flicker.  Its lines
 * fit, or it would be unknown how many there are. */
static void
draw(struct progress *p, int64_t now)
{
	struct winsize ws;
	unsigned width = 80, lines = 1, used;
	char *frame = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&frame, &n);

	if (f == NULL)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		width = ws.ws_col;
	if (p->drawn > 1)
		fprintf(f, "\033[%uA", p->drawn - 1);
	fputs("\r\033[J", f);
	if (width >= BAR_WIDTH)
		print_bar(p, f);
	print_counts(p, f);
	print_eta(p, now, f);
	if (p->block) {
		lines += print_running(p, now, width, f);
	} else if (fflush(f) == 0) {
		used = columns(frame, n);
		print_longest(p, used < width ? width - used : 0, f);
	}
	if (fclose(f) == 0)
		fwrite(frame, 1, n, stderr);
	fflush(stderr);
	free(frame);
	p->drawn = lines;
}

static void
show(struct progress *p, bool now_please)
{
	int64_t now = now_ns();

	if (!now_please && now - p->shown < (p->tty ? redraw_ns : line_ns))
		return;
	p->shown = now;
	p->fresh = false;
	if (p->tty) {
		draw(p, now);
		return;
	}
	fprintf(stderr, "%s: ", p->tool);
	print_counts(p, stderr);
	print_eta(p, now, stderr);
	fputc('\n', stderr);
}

static void
failed_case(struct progress *p, const struct em_event *ev)
{
	struct running r;

	keep_name(&r, ev->name);
	clear_line(p);
	fprintf(stderr, "%s%sFAIL%s %.*s\n", p->tty ? "" : p->tool,
	    p->tty ? p->color ? "\033[31m" : "" : ": ",
	    p->color ? "\033[0m" : "", (int)r.n, r.name);
}

static void
case_complete(struct progress *p, const struct em_event *ev)
{
	case_ends(p, ev->name);
	/* What is tried again has failed: its new result replaces that. */
	if (ev->attempt > 1 && p->fail > 0)
		p->fail--;
	if (ev->outcome == EM_PASS)
		p->pass++;
	else if (ev->outcome == EM_SKIP)
		p->skip++;
	else
		p->fail++;
	if (ev->outcome == EM_FAIL)
		failed_case(p, ev);
}

void
progress_event(struct progress *p, const struct em_event *ev)
{
	switch (ev->kind) {
	case EM_DISCOVER_CASE:
		if (ev->selected != EM_FALSE)
			p->total = ++p->discovered;
		return;
	case EM_RUN_START:
		if (ev->total > 0)
			p->total = (uint64_t)ev->total;
		break;
	case EM_CASE_START:
		case_begins(p, ev->name);
		break;
	case EM_CASE_COMPLETE:
		case_complete(p, ev);
		break;
	case EM_RUN_CANCEL:
		p->cancelled = true;
		break;
	case EM_RUN_COMPLETE:
		p->complete = true;
		break;
	default:
		return;
	}
	p->fresh = true;
	show(p, false);
}

void
progress_idle(struct progress *p)
{
	/* On a terminal the last thing that happened is seen at once, because
	 * it may be long before the next. */
	show(p, p->tty && p->fresh);
}

void
progress_end(struct progress *p)
{
	if (p == NULL)
		return;
	clear_line(p);
	if (!p->tty)
		fprintf(stderr, "%s: ", p->tool);
	print_counts(p, stderr);
	fprintf(stderr, "%s%s\n", p->cancelled ? ", cancelled" : "",
	    p->complete ? "" : ", the run has no end");
	free(p);
}
