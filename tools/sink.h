/* SPDX-License-Identifier: MIT */
/*
 * Where ttee sends events besides standard output: files in any format and
 * the standard input of commands.  A sink that fails is said once and left;
 * the others go on.
 */
#ifndef SINK_H
#define SINK_H

#include "cli.h"

struct sinks {
	struct sink *first, **last;
};

void sinks_init(struct sinks *s);
/*
 * Adds what an operand names: "FILE", "FORMAT=FILE", "cmd:COMMAND",
 * "FORMAT=cmd:COMMAND", or "store:" or "store:DIR" for a recording.  Returns ST_OK, ST_USAGE for a format that cannot be
 * written, or ST_IO when it could not be opened; both are said.
 */
int sinks_add(struct sinks *s, struct cli *c, const char *spec, bool append);
bool sinks_alive(const struct sinks *s);
/* None looks at more of an event than its line. */
bool sinks_only_copy(const struct sinks *s);
void sinks_event(struct sinks *s, const struct em_event *ev);
void sinks_flush(struct sinks *s);
/* Finishes and closes all, waits for commands; ST_IO when any failed. */
int sinks_close(struct sinks *s);

#endif
