/* SPDX-License-Identifier: MIT */
#include "ref.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
ref_mutant(int argc, char **argv, const struct ref_mutant *list, int *rest)
{
	int i;

	*rest = 1;
	if (argc < 2)
		return -1;
	if (strcmp(argv[1], "--list-mutants") == 0) {
		for (i = 0; list[i].name != NULL; i++)
			printf("%s\t%s\t%s\n", list[i].name, list[i].rule,
			    list[i].what);
		exit(fflush(stdout) == 0 ? REF_OK : REF_IO);
	}
	if (strcmp(argv[1], "--mutant") != 0)
		return -1;
	*rest = 3;
	for (i = 0; argc > 2 && list[i].name != NULL; i++)
		if (strcmp(argv[2], list[i].name) == 0)
			return i;
	fprintf(
	    stderr, "%s: no mutant '%s'\n", argv[0], argc > 2 ? argv[2] : "");
	exit(REF_USAGE);
}

void *
ref_resize(void *p, size_t count, size_t size)
{
	void *q = NULL;

	if (size == 0 || count <= SIZE_MAX / size)
		q = realloc(p, count * size + 1);
	if (q == NULL) {
		fputs("out of memory\n", stderr);
		exit(REF_UNSUPPORTED);
	}
	return q;
}

void
ref_add(struct ref_text *t, const char *p, size_t n)
{
	if (t->cap - t->n < n) {
		t->cap = t->cap * 2 > t->n + n ? t->cap * 2 : t->n + n;
		t->p = ref_resize(t->p, t->cap, 1);
	}
	if (n != 0)
		memcpy(t->p + t->n, p, n);
	t->n += n;
}

void
ref_adds(struct ref_text *t, const char *s)
{
	ref_add(t, s, strlen(s));
}

/* Waits even where the descriptor does not. */
static ssize_t
read_some(struct ref_lines *l, char *p, size_t n)
{
	struct pollfd wait = { .fd = l->fd, .events = POLLIN };

	for (;;) {
		ssize_t got = read(l->fd, p, n);

		if (got >= 0)
			return got;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			l->gave_up = l->again_is_end;
			if (l->gave_up)
				return 0;
			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR)
			return -1;
		else if (l->interrupted_is_end)
			return 0;
	}
}

static void
more(struct ref_lines *l)
{
	enum { CHUNK = 65536 };
	struct ref_text *t = &l->held;
	ssize_t got;

	if (l->from != 0) {
		memmove(t->p, t->p + l->from, t->n - l->from);
		t->n -= l->from;
		l->seen -= l->from;
		l->from = 0;
	}
	if (t->cap - t->n < CHUNK) {
		t->cap = t->cap * 2 + CHUNK;
		t->p = ref_resize(t->p, t->cap, 1);
	}
	got = read_some(l, t->p + t->n, t->cap - t->n);
	if (got > 0)
		t->n += (size_t)got;
	else
		l->eof = true;
	l->failed = l->failed || got < 0;
	if (l->pieces && t->n != 0 && t->p[t->n - 1] != '\n')
		ref_adds(t, "\n");
}

bool
ref_ready(const struct ref_lines *l)
{
	return l->held.n != l->from &&
	    memchr(l->held.p + l->from, '\n', l->held.n - l->from) != NULL;
}

enum ref_line
ref_next(struct ref_lines *l, struct slice *line)
{
	struct ref_text *t = &l->held;
	const char *lf;

	for (;;) {
		lf = t->n != l->seen
		    ? memchr(t->p + l->seen, '\n', t->n - l->seen)
		    : NULL;
		if (lf != NULL || l->eof)
			break;
		l->seen = t->n;
		more(l);
	}
	if (lf == NULL && t->n == l->from)
		return REF_END;
	line->p = t->p + l->from;
	line->n = lf != NULL ? (size_t)(lf - line->p) : t->n - l->from;
	l->from = l->seen = l->from + line->n + (lf != NULL);
	return lf != NULL ? REF_LINE : REF_LAST;
}

bool
ref_write(int fd, const char *p, size_t n)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	while (n != 0) {
		ssize_t put = write(fd, p, n);

		if (put >= 0) {
			p += put;
			n -= (size_t)put;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK)
			(void)poll(&wait, 1, -1);
		else if (errno != EINTR)
			return false;
	}
	return true;
}
