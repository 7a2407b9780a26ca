/* SPDX-License-Identifier: MIT */
/* The inputs of a tool: opening, reading, and saying what is wrong. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { WARNINGS_MAX = 10 };

/* Something about an input: "tool: file:line: message". */
static void
say_about(const struct cli_input *in, const struct em_error *e)
{
	const char *name =
	    strcmp(in->name, "-") == 0 ? "standard input" : in->name;

	if (e->line > 0)
		cli_say(in->cli, "%s:%llu: %s", name,
		    (unsigned long long)e->line, e->msg);
	else
		cli_say(in->cli, "%s: %s", name, e->msg);
}

static void
on_warning(void *arg, const struct em_error *e)
{
	struct cli_input *in = arg;

	if (!in->cli->quiet && in->warned++ < WARNINGS_MAX)
		say_about(in, e);
}

static void
on_idle(void *arg)
{
	struct cli_input *in = arg;

	struct cli *c = in->cli;

	if (c->out != NULL)
		em_out_flush(c->out);
	if (c->tool->idle != NULL)
		c->tool->idle(c);
}

bool
cli_open(struct cli *c, struct cli_input *in, const char *name)
{
	struct em_reader_opts ro = { .format = c->from,
		.options = c->format_options,
		.limits = c->limits,
		.ignore = c->ignore,
		.order_on_demand = c->order_on_demand,
		.strict = c->strict,
		.warn = on_warning,
		.idle = on_idle,
		.arg = in };
	bool std = strcmp(name, "-") == 0;

	*in = (struct cli_input){ .cli = c, .name = name };
	in->fd =
	    std ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (in->fd < 0) {
		cli_say(c, "%s: %s", name, strerror(errno));
		cli_status(c, ST_IO);
		return false;
	}
	in->reader = em_reader_fd(&ro, in->fd, std ? "" : name);
	if (in->reader == NULL) {
		cli_say(c, "out of memory");
		cli_status(c, ST_IO);
		cli_close(in);
		return false;
	}
	return true;
}

bool
cli_next(struct cli_input *in, const struct em_event **ev)
{
	const struct em_reader_stats *s;
	enum em_rc rc = em_reader_next(in->reader, ev);

	if (rc == EM_OK)
		return true;
	if (rc == EM_ERR) {
		const struct em_error *e = em_reader_error(in->reader);

		say_about(in, e);
		cli_status(in->cli, cli_status_of(e));
	}
	s = em_reader_stats(in->reader);
	if (in->warned > WARNINGS_MAX)
		cli_note(in->cli, "%s: %u more like these", in->name,
		    in->warned - WARNINGS_MAX);
	in->warned = 0;
	in->cli->violations += s->violations;
	if (s->malformed > 0)
		cli_status(in->cli, ST_MALFORMED);
	if (s->truncated)
		cli_status(in->cli, ST_TRUNCATED);
	if (s->unsupported)
		cli_status(in->cli, ST_UNSUPPORTED);
	return false;
}

void
cli_close(struct cli_input *in)
{
	em_reader_close(in->reader);
	in->reader = NULL;
	if (in->fd > STDERR_FILENO)
		close(in->fd);
}

static int
each_of(struct cli *c, const char *name,
    int (*f)(struct cli *c, const struct em_event *ev))
{
	struct cli_input in;
	const struct em_event *ev;
	int st = ST_OK;

	if (!cli_open(c, &in, name))
		return ST_OK;
	c->input = &in;
	while (st == ST_OK && cli_next(&in, &ev))
		st = f(c, ev);
	c->input = NULL;
	/* A usage error shows in the first read: an unknown format. */
	if (c->status == ST_USAGE)
		st = ST_USAGE;
	cli_close(&in);
	return st;
}

int
cli_each(struct cli *c, int (*f)(struct cli *c, const struct em_event *ev))
{
	int st = ST_OK;

	if (c->operand_count == 0)
		return each_of(c, "-", f);
	for (int i = 0; i < c->operand_count && st == ST_OK; i++)
		st = each_of(c, c->operands[i], f);
	return st;
}

int
cli_write(struct cli *c, const struct em_event *ev)
{
	const struct em_error *e;

	if (em_writer_event(c->writer, ev) == EM_OK)
		return ST_OK;
	/* Trouble with the output itself is said when it is closed. */
	if (em_out_error(c->out) != NULL)
		return ST_IO;
	e = em_writer_error(c->writer);
	cli_say(c, "%s", e->msg);
	return cli_status_of(e);
}

char *
cli_slurp(struct cli *c, const char *path, size_t *n)
{
	bool std = strcmp(path, "-") == 0;
	int fd = std ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 4096, used = 0;
	char *p = malloc(size), *bigger;
	ssize_t got = -1;

	while (fd >= 0 && p != NULL &&
	    (got = read(fd, p + used, size - used - 1)) > 0) {
		used += (size_t)got;
		if (size - used > 1)
			continue;
		size *= 2;
		bigger = realloc(p, size);
		if (bigger == NULL)
			free(p);
		p = bigger;
	}
	if (p == NULL || got < 0) {
		cli_say(c, "%s: %s", path,
		    p == NULL ? "out of memory" : strerror(errno));
		free(p);
		p = NULL;
	} else {
		p[used] = '\0';
		*n = used;
	}
	if (fd > STDERR_FILENO)
		close(fd);
	return p;
}
