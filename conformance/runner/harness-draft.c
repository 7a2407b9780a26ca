/* SPDX-License-Identifier: MIT */
/*
 * The draft that libtest2 writes, which has no header, held against a schema
 * of its own and then read through libevent-model, so that scenarios can judge
 * it like any other.
 */
#include <errno.h>
#include <event-model.h>
#include <stdlib.h>

#include "harness.h"
#include "schema.h"

/* Each line that is an object is one of the draft's events. */
static bool
check_schema(struct sitting *s, const struct schema *schema)
{
	size_t events = 0;

	for (size_t i = 0; i < s->line_n; i++) {
		struct schema_why why;

		if (s->lines[i].p[0] != '{')
			continue;
		if (s->event[i] == NULL) {
			verdict_say(s->v, V_FAIL, "%s: line %zu is not JSON",
			    s->name, i + 1);
			return false;
		}
		if (!schema_valid(schema, s->event[i], SCHEMA_STRICT, &why)) {
			verdict_say(s->v, V_FAIL, "%s: line %zu: %s %s",
			    s->name, i + 1, why.at, why.text);
			return false;
		}
		events++;
	}
	if (events > 0)
		return true;
	verdict_say(s->v, V_FAIL, "%s: no event", s->name);
	return false;
}

static bool
read_schema(struct sitting *s)
{
	char *path =
	    xprintf("%s/scenarios/libtest2-draft.schema.json", s->c->suite_dir);
	struct buf b = { 0 };
	struct json *root = NULL;
	struct schema *schema = NULL;
	struct schema_error e = { .text = "not JSON" };
	bool ok = false;

	if (!read_file(path, &b)) {
		verdict_say(s->v, V_ERROR, "%s: %s", path, strerror(errno));
	} else if ((root = json_parse(b.p, b.n, NULL)) == NULL ||
	    (schema = schema_read(root, SCHEMA_GENERAL, &e)) == NULL) {
		verdict_say(s->v, V_ERROR, "%s: %s", path, e.text);
	} else {
		ok = check_schema(s, schema);
	}
	schema_free(schema);
	json_free(root);
	buf_free(&b);
	free(path);
	return ok;
}

/* As events of the protocol, by the library's reader of the draft. */
static bool
translate(struct sitting *s)
{
	struct em_reader_opts ro = { .format = "libtest2" };
	struct em_writer_opts wo = { .format = NULL };
	struct em_str bytes = { buf_slice(&s->events).p, s->events.n };
	struct em_reader *r = em_reader_mem(&ro, bytes, s->name);
	struct em_out *out = em_out_mem();
	struct em_writer *w = em_writer_open(&wo, out, NULL);
	const struct em_event *ev;
	enum em_rc rc = EM_ERR;

	while (r && w && (rc = em_reader_next(r, &ev)) == EM_OK)
		em_writer_event(w, ev);
	if (rc == EM_EOF && em_writer_finish(w) == EM_OK) {
		struct em_str m = em_out_memory(out);

		sitting_events(s, (struct slice){ m.p, m.n });
	} else {
		verdict_say(s->v, V_FAIL, "%s: %s", s->name,
		    r ? em_reader_error(r)->msg : "out of memory");
	}
	em_writer_close(w);
	em_out_close(out, NULL);
	em_reader_close(r);
	return rc == EM_EOF;
}

bool
harness_from_draft(struct sitting *s)
{
	if (s->line_n > 0 &&
	    slice_is(json_text(s->event[0], "event"), "protocol")) {
		verdict_say(s->v, V_SKIP,
		    "%s: it writes the protocol, not the draft", s->name);
		return false;
	}
	return read_schema(s) && translate(s);
}
