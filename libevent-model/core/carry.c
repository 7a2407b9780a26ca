/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "carry.h"
#include "out.h"

enum { SLACK = 64 }; /* what scan_line() wants behind a line */

static bool
open_native(struct carry *c)
{
	if (c->out == NULL)
		c->out = em_out_mem();
	if (c->native == NULL && c->out != NULL)
		c->native = em_writer_open(NULL, c->out, NULL);
	return c->native != NULL;
}

struct em_str
carry_put(struct carry *c, const struct em_event *ev)
{
	struct em_str line;

	if (!open_native(c))
		return (struct em_str){ NULL, 0 };
	out_rewind(c->out);
	if (em_writer_event(c->native, ev) != EM_OK)
		return (struct em_str){ NULL, 0 };
	line = em_out_memory(c->out);
	if (line.n == 0)
		return (struct em_str){ NULL, 0 };
	line.n--;
	return line;
}

bool
carry_get(struct carry *c, struct em_reader *r, struct em_str text,
    struct em_event *ev)
{
	char *line;

	if (str_ends(text, "\n"))
		text.n--;
	line = arena_bytes(&r->arena, text.n + SLACK);
	if (line == NULL)
		return false;
	if (text.n > 0)
		memcpy(line, text.p, text.n);
	memset(line + text.n, 0, SLACK);
	c->scan.arena = &r->arena;
	c->scan.depth_max = r->opts.limits.depth_max;
	/* The scanner knows its event from call to call. */
	if (!scan_line(&c->scan, (struct em_str){ line, text.n }, &c->ev) ||
	    c->ev.kind == EM_UNKNOWN)
		return false;
	*ev = c->ev;
	ev->line = 0;
	ev->raw = (struct em_str){ NULL, 0 };
	return true;
}

void
carry_free(struct carry *c)
{
	em_writer_close(c->native);
	em_out_close(c->out, NULL);
	c->native = NULL;
	c->out = NULL;
}
