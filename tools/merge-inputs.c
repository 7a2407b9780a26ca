/* SPDX-License-Identifier: MIT */
/* Which input's event comes next: k-way, by the clock where there is one. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "merge.h"

bool
merge_inputs_init(
    struct merge_inputs *m, struct cli *c, size_t window, bool ordered)
{
	*m = (struct merge_inputs){
		.c = c, .window = window, .ordered = ordered
	};
	m->n = c->operand_count > 0 ? (size_t)c->operand_count : 1;
	m->v = calloc(m->n, sizeof(*m->v));
	if (m->v == NULL)
		return false;
	for (size_t i = 0; i < m->n; i++)
		m->v[i] = (struct merge_input){
			.name = c->operand_count > 0 ? c->operands[i] : "-",
			.number = i,
			.time_ns = EM_UNSET,
			.base_ns = EM_UNSET
		};
	return true;
}

/* When the event happened, as far as its input tells. */
static int64_t
time_of(struct merge_input *in, const struct em_event *ev)
{
	int64_t t;

	if (ev->kind == EM_PROTOCOL) {
		in->base_ns = ev->time_ns;
		if (ev->time_ns != EM_UNSET && ev->elapsed_ns != EM_UNSET)
			in->base_ns -= ev->elapsed_ns;
	}
	if (ev->time_ns != EM_UNSET)
		return ev->time_ns;
	if (in->base_ns == EM_UNSET || ev->elapsed_ns == EM_UNSET ||
	    __builtin_add_overflow(in->base_ns, ev->elapsed_ns, &t))
		return in->time_ns; /* that of the event before it */
	return t;
}

/* Reads the next event of an input, which may block. */
static void
advance(struct merge_inputs *m, struct merge_input *in)
{
	in->ended = !cli_next(&in->in, &in->ev);
	m->wanting--;
	m->over += in->ended;
	if (in->ended)
		in->ev = NULL;
	else
		in->time_ns = time_of(in, in->ev);
}

/* Opening a FIFO waits for its writer, who may come after what is before it in
 * the order. */
static bool
may_open(const struct merge_inputs *m, const char *name)
{
	struct stat st;

	return !m->ordered || m->first == m->end ||
	    (stat(name, &st) == 0 && S_ISREG(st.st_mode));
}

static void
open_more(struct merge_inputs *m)
{
	for (; m->end < m->n && m->open < m->window; m->end++) {
		struct merge_input *in = &m->v[m->end];

		if (!may_open(m, in->name))
			break;
		in->open = cli_open(m->c, &in->in, in->name);
		in->failed = !in->open;
		m->open += in->open;
		m->wanting += in->open;
	}
	while (m->first < m->end && !m->v[m->first].open &&
	    m->v[m->first].ev == NULL)
		m->first++;
}

/* Those before it may be next. */
static size_t
due_end(const struct merge_inputs *m)
{
	return m->ordered ? m->first + 1 : m->end;
}

/* Waits until an input has bytes; all of them block at the moment. */
static void
wait_for_any(struct merge_inputs *m)
{
	size_t n = due_end(m) - m->first;
	struct pollfd *p = calloc(n, sizeof(*p));

	if (m->c->out != NULL)
		em_out_flush(m->c->out);
	for (size_t i = 0; p != NULL && i < n; i++) {
		const struct merge_input *in = &m->v[m->first + i];

		p[i].fd = in->open ? in->in.fd : -1;
		p[i].events = POLLIN;
	}
	if (p != NULL)
		while (poll(p, (nfds_t)n, -1) < 0 && errno == EINTR)
			;
	free(p);
}

static bool
has_bytes(const struct merge_input *in)
{
	struct pollfd p = { .fd = in->in.fd, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

/* Reads ahead wherever that does not block; false when nothing is there. */
static bool
fill(struct merge_inputs *m)
{
	size_t left = m->wanting;

	/* Mostly it is one that wants, the one that was taken from. */
	for (size_t i = m->first; left > 0; i++) {
		struct merge_input *in = &m->v[i];

		if (!in->open || in->ended || in->ev != NULL)
			continue;
		left--;
		if (em_reader_ready(in->in.reader) || has_bytes(in))
			advance(m, in);
	}
	if (m->ordered)
		return m->v[m->first].ev != NULL || m->v[m->first].ended;
	return m->open > m->wanting;
}

static struct merge_input *
earliest(struct merge_inputs *m)
{
	struct merge_input *best = NULL;

	for (size_t i = m->first; i < due_end(m); i++) {
		struct merge_input *in = &m->v[i];

		if (in->ev == NULL)
			continue;
		if (best == NULL ||
		    (in->time_ns != EM_UNSET && in->time_ns < best->time_ns))
			best = in;
		/* No other is before one that does not say when it was. */
		if (best->time_ns == EM_UNSET)
			break;
	}
	return best;
}

/* An input at its end: closed, and given once with no event. */
static struct merge_input *
ended(struct merge_inputs *m)
{
	struct merge_input *in;

	for (size_t i = m->first; m->over > 0 && i < due_end(m); i++)
		if (m->v[i].open && m->v[i].ended) {
			in = &m->v[i];
			in->open = false;
			m->open--;
			m->over--;
			return in;
		}
	return NULL;
}

struct merge_input *
merge_inputs_next(struct merge_inputs *m)
{
	struct merge_input *in;

	for (;;) {
		open_more(m);
		if (m->first == m->n)
			return NULL;
		if (m->first == m->end)
			continue;
		if (!fill(m)) {
			wait_for_any(m);
			continue;
		}
		in = ended(m);
		if (in == NULL)
			in = earliest(m);
		if (in != NULL)
			return in;
	}
}

void
merge_inputs_take(struct merge_inputs *m, struct merge_input *in)
{
	in->ev = NULL;
	m->wanting += in->open;
	if (!in->open && in->in.reader != NULL)
		cli_close(&in->in);
}

void
merge_inputs_free(struct merge_inputs *m)
{
	for (size_t i = 0; i < m->n && m->v != NULL; i++) {
		if (m->v[i].in.reader != NULL)
			cli_close(&m->v[i].in);
		em_results_free(m->v[i].results);
	}
	free(m->v);
}
