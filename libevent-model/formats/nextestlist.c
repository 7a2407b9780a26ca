/* SPDX-License-Identifier: MIT */
/* What cargo nextest list --message-format json writes: a listing. */
#include <string.h>

#include "nextest.h"

struct nextestlist {
	struct jdoc doc;
	int64_t listed;
};

static const struct em_str none;

static int
probe(struct em_str head, bool eof)
{
	static const char *const keys[] = { "rust-build-meta", "rust-suites",
		"rust-binaries", NULL };
	int found, rc = jdoc_find(&head, eof);

	if (rc != 1)
		return rc;
	rc = probe_json_keys(head, eof, keys, &found);
	return rc == 1 ? PROBE_SURE : rc;
}

void
nextest_mismatch(struct em_event *ev, struct em_str reason)
{
	ev->selected = EM_FALSE;
	ev->status = EM_STR("filtered");
	ev->reason = reason;
	if (str_eq(reason, "ignored"))
		ev->status = EM_STR("ignored");
	else if (str_eq(reason, "rerun-already-passed"))
		ev->status = EM_STR("already-passed");
}

static void
begin(struct em_reader *r)
{
	struct nextestlist *l = r->state;

	l->listed = 0;
	opening_send(r, &l->doc.opening, none, none);
	rd_simple(r, EM_DISCOVER_START);
}

/* What is known of the binary, as properties of each of its tests. */
static struct em_pairs
properties(struct em_reader *r, const struct json *suite)
{
	static const char *const keys[] = { "package-name", "kind",
		"build-platform" };
	struct em_pair *p =
	    arena_alloc(&r->arena, ARRAY_LEN(keys) * sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; p != NULL && i < ARRAY_LEN(keys); i++) {
		struct em_str s = json_get_str(suite, keys[i]);

		if (s.p != NULL)
			p[n++] = (struct em_pair){ em_str(keys[i]), s, false };
	}
	return (struct em_pairs){ p, n };
}

/* An ignored test that matches is one that runs all the same. */
static void
on_suite(void *arg, const struct json *suite)
{
	struct em_reader *r = arg;
	struct nextestlist *l = r->state;
	const struct json *t = json_get(suite, "testcases");
	struct em_event ev;

	em_event_init(&ev, EM_DISCOVER_CASE);
	ev.suite = suite->key;
	ev.properties = properties(r, suite);
	if (t == NULL || t->type != JSON_OBJECT)
		return;
	for (t = t->child; t != NULL; t = t->next) {
		struct em_str match =
		    json_str(json_path(t, "filter-match.status"));

		ev.name = t->key;
		ev.mode = json_get_str(t, "kind");
		if (str_eq(ev.mode, "test"))
			ev.mode = none;
		ev.selected = EM_ABSENT;
		ev.status = ev.reason = none;
		if (str_eq(match, "mismatch"))
			nextest_mismatch(
			    &ev, json_str(json_path(t, "filter-match.reason")));
		rd_emit(r, &ev);
		l->listed++;
	}
}

static bool
end(struct em_reader *r, bool complete)
{
	struct nextestlist *l = r->state;
	struct em_event ev;

	if (!complete)
		return true;
	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	ev.total = l->listed;
	rd_emit(r, &ev);
	return true;
}

static const struct json_want wants[] = {
	{ "rust-suites.*", on_suite, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static enum em_rc
nextestlist_open(struct em_reader *r)
{
	struct nextestlist *l = r->state;

	l->doc.opening.producer = "cargo-nextest";
	l->doc.wants = wants;
	l->doc.begin = begin;
	l->doc.end = end;
	return EM_OK;
}

static enum em_rc
nextestlist_step(struct em_reader *r)
{
	struct nextestlist *l = r->state;

	return jdoc_step(r, &l->doc);
}

static void
nextestlist_close(struct em_reader *r)
{
	struct nextestlist *l = r->state;

	jdoc_close(&l->doc);
}

const struct em_format format_nextestlist = {
	.info = {
		.name = "nextest-list",
		.title = "cargo nextest list, JSON",
		.flags = EM_FMT_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct nextestlist),
		.open = nextestlist_open,
		.step = nextestlist_step,
		.close = nextestlist_close,
	},
};
