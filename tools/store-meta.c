/* SPDX-License-Identifier: MIT */
/* What is known of a run, in the words of the protocol. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "store-env.h"
#include "store-parts.h"

#define FORMAT "testpipe.format"

static struct em_writer *
begin(struct em_out *out)
{
	struct em_error err = { 0 };
	struct em_writer *w = em_writer_open(NULL, out, &err);
	struct em_event ev;

	if (w == NULL)
		return NULL;
	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("testpipe");
	ev.producer_version = EM_STR(VERSION);
	em_writer_event(w, &ev);
	return w;
}

/* One event behind the header; NULL when out of memory. */
static struct em_out *
stream_of(const struct em_event *ev)
{
	struct em_out *out = em_out_mem();
	struct em_writer *w = out != NULL ? begin(out) : NULL;
	bool ok = w != NULL && em_writer_event(w, ev) == EM_OK &&
	    em_writer_finish(w) == EM_OK;

	if (w != NULL)
		em_writer_close(w);
	if (ok && em_out_error(out) == NULL)
		return out;
	em_out_discard(out);
	return NULL;
}

struct em_out *
meta_head(
    const struct store_id *id, int64_t now, const struct recorder_opts *opts)
{
	char run[STORE_ID_SIZE], parent[STORE_ID_SIZE], root[STORE_ID_SIZE];
	char format[24], *cwd = paths_here();
	struct em_pair property = { .key = EM_STR(FORMAT) };
	struct em_pairs env = env_allowed();
	struct em_event ev;
	struct em_out *out;

	snprintf(format, sizeof(format), "%d.%d", STORE_MAJOR, STORE_MINOR);
	store_id_text(id, run);
	em_event_init(&ev, EM_RUN_START);
	ev.run = em_str(run);
	ev.time_ns = now;
	ev.cwd = em_str(cwd);
	ev.command = opts->command;
	ev.env = env;
	property.value = em_str(format);
	ev.properties = (struct em_pairs){ &property, 1 };
	if (opts->parent != NULL) {
		store_id_text(&opts->parent->id, parent);
		store_id_text(&opts->parent->root, root);
		ev.parent_run = em_str(parent);
		ev.root_run = em_str(root);
	}
	out = stream_of(&ev);
	free((void *)(uintptr_t)env.v);
	free(cwd);
	return out;
}

struct em_out *
meta_end(const struct store_run *run)
{
	char id[STORE_ID_SIZE];
	struct em_event ev;

	store_id_text(&run->id, id);
	em_event_init(&ev, EM_RUN_COMPLETE);
	ev.run = em_str(id);
	ev.outcome = run->verdict == EM_V_PASS ? EM_PASS : EM_FAIL;
	ev.time_ns = run->written_ns;
	ev.exit_code = run->exit_code;
	ev.signal = run->signal;
	ev.duration_ns = run->duration_ns;
	ev.counts = run->counts;
	return stream_of(&ev);
}

struct em_event *
meta_read(struct em_str s, enum em_kind kind, struct em_error *err)
{
	struct em_reader_opts ro = { .format = NULL };
	struct em_reader *r = em_reader_mem(&ro, s, "the recording");
	const struct em_event *ev;
	struct em_event *found = NULL;

	while (r != NULL && em_reader_next(r, &ev) == EM_OK)
		if (ev->kind == kind && ev->flags == 0 && found == NULL)
			found = em_event_dup(ev);
	/* It is a stream of its own, with nothing else in it. */
	if (r != NULL && em_reader_stats(r)->noise > 0) {
		em_event_free(found);
		found = NULL;
	}
	if (found == NULL) {
		err->code = EM_E_SYNTAX;
		snprintf(err->msg, sizeof(err->msg),
		    "the file is damaged: it does not say what it is");
	}
	if (r != NULL)
		em_reader_close(r);
	return found;
}

static struct em_str
property_of(const struct em_event *ev, const char *key)
{
	for (size_t i = 0; i < ev->properties.n; i++)
		if (em_str_eq(ev->properties.v[i].key, em_str(key)))
			return ev->properties.v[i].value;
	return (struct em_str){ NULL, 0 };
}

bool
meta_readable(const struct em_event *start, struct em_error *err)
{
	struct em_str format = property_of(start, FORMAT);
	char text[24] = "", *end = text;
	long major = -1, minor = -1;

	if (format.n < sizeof(text) && format.n > 0)
		memcpy(text, format.p, format.n);
	major = strtol(text, &end, 10);
	if (*end == '.')
		minor = strtol(end + 1, &end, 10);
	if (major == STORE_MAJOR && minor >= 0 && minor <= STORE_MINOR)
		return true;
	err->code = EM_E_VERSION;
	snprintf(err->msg, sizeof(err->msg),
	    "recorded in format \"%.*s\", this is testpipe %s, which reads "
	    "%d.0 to %d.%d: %s",
	    (int)(format.n < 24 ? format.n : 24),
	    format.p != NULL ? format.p : "", VERSION, STORE_MAJOR, STORE_MAJOR,
	    STORE_MINOR,
	    major < STORE_MAJOR ? "use the version that recorded it"
				: "install a newer one");
	return false;
}

bool
meta_links(const struct em_event *start, struct store_run *run)
{
	if (!store_id_parse(start->run, &run->id))
		return false;
	run->root = run->id;
	if (start->parent_run.p == NULL)
		return true;
	if (!store_id_parse(start->parent_run, &run->parent))
		return false;
	return start->root_run.p == NULL ||
	    store_id_parse(start->root_run, &run->root);
}

char *
command_text(const struct em_strs *command)
{
	struct em_out *out = em_out_mem();
	struct em_str all;
	char *text, *word;

	if (out == NULL || command->n == 0) {
		em_out_discard(out);
		return NULL;
	}
	for (size_t i = 0; i < command->n; i++) {
		word = strndup(command->v[i].p, command->v[i].n);
		if (i > 0)
			em_out_puts(out, " ");
		if (word != NULL)
			shell_quote(out, word);
		free(word);
	}
	all = em_out_memory(out);
	text = strndup(all.p, all.n);
	em_out_discard(out);
	return text;
}
