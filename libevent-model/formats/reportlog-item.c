/* SPDX-License-Identifier: MIT */
/* The cases that have begun and are not over. */
#include <stdlib.h>
#include <string.h>

#include "reportlog.h"

static const struct em_str none;

struct em_event
reportlog_about(const struct item *i, enum em_kind kind)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	ev.suite = i->suite;
	ev.class_name = i->class_name;
	ev.name = i->name;
	ev.iteration = i->iteration;
	ev.attempt = i->attempt;
	return ev;
}

/* ---- the start of a case ---- */

static void
emit_start(struct em_reader *r, struct reportlog *p, struct item *i,
    const struct json *v)
{
	struct em_event ev = reportlog_about(i, EM_CASE_START), suite;
	const struct json *location = json_get(v, "location");
	int64_t line;

	em_event_init(&suite, EM_SUITE_START);
	suite.suite = suite.location.file = i->suite;
	suites_start(r, &p->suites, &suite);
	ev.worker = i->worker;
	ev.tags = reportlog_marks(r, v, json_get_str(v, "nodeid"));
	ev.location.file = json_str(json_first(location));
	if (ev.location.file.p != NULL &&
	    json_i64(reportlog_second(location), &line) && line >= 0)
		ev.location.line = line + 1;
	if (!json_ns(json_get(v, "start"), 9, &ev.time_ns))
		ev.time_ns = EM_UNSET;
	rd_emit(r, &ev);
}

/* ---- cases that are open ---- */

void
reportlog_set_reason(struct em_reader *r, struct item *i, struct em_str text)
{
	char *p;

	free((char *)(uintptr_t)i->reason.p);
	i->reason = none;
	if (text.p == NULL)
		return;
	p = malloc(text.n + 1);
	if (p == NULL) {
		r->keep.failed = true;
		return;
	}
	memcpy(p, text.p, text.n);
	i->reason = (struct em_str){ p, text.n };
}

void
reportlog_forget(struct reportlog *p, struct item *i)
{
	uint64_t *slot = table_get(&p->items, i->key);
	struct item *newest = (struct item *)(uintptr_t)*slot;

	if (newest == i) {
		*slot = (uint64_t)(uintptr_t)i->older;
	} else {
		while (newest->older != i)
			newest = newest->older;
		newest->older = i->older;
	}
	if (i->prev != NULL)
		i->prev->next = i->next;
	else
		p->open = i->next;
	if (i->next != NULL)
		i->next->prev = i->prev;
	free((char *)(uintptr_t)i->reason.p);
	free(i);
}

void
reportlog_complete(
    struct em_reader *r, struct item *i, struct em_pairs properties)
{
	struct em_event ev = reportlog_about(i, EM_CASE_COMPLETE);

	ev.outcome = i->outcome;
	ev.status = i->status;
	ev.reason = i->reason;
	ev.duration_ns = i->duration;
	ev.properties = properties;
	rd_emit(r, &ev);
}

void
reportlog_finish(struct em_reader *r, struct reportlog *p, struct item *i,
    struct em_pairs properties)
{
	reportlog_complete(r, i, properties);
	p->failed |= i->outcome == EM_FAIL;
	reportlog_forget(p, i);
}

static void
reset(struct em_reader *r, struct item *i)
{
	i->seen = 0;
	i->sections = 0;
	i->outcome = EM_NONE;
	i->status = none;
	i->duration = EM_UNSET;
	i->rerun = false;
	reportlog_set_reason(r, i, none);
}

static struct item *
new_item(struct em_reader *r, struct reportlog *p, struct em_str id,
    struct em_str worker)
{
	struct table_key key = table_key(&id, 1, 0);
	uint64_t *slot = table_at(&p->items, key);
	struct item *i = malloc(sizeof(*i) + id.n + worker.n);
	struct em_event ev;

	if (slot == NULL || i == NULL) {
		r->keep.failed = true;
		free(i);
		return NULL;
	}
	*i = (struct item){ .key = key, .next = p->open };
	memcpy(i->text, id.p, id.n);
	if (worker.n > 0)
		memcpy(i->text + id.n, worker.p, worker.n);
	if (worker.p != NULL)
		i->worker = (struct em_str){ i->text + id.n, worker.n };
	reportlog_split_id((struct em_str){ i->text, id.n }, &i->suite,
	    &i->class_name, &i->name);
	i->iteration = i->attempt = EM_UNSET;
	reset(r, i);
	ev = reportlog_about(i, EM_CASE_START);
	rd_repeat(r, &ev);
	i->iteration = ev.iteration;
	i->attempt = ev.attempt;
	i->older = (struct item *)(uintptr_t)*slot;
	*slot = (uint64_t)(uintptr_t)i;
	if (p->open != NULL)
		p->open->prev = i;
	p->open = i;
	return i;
}

struct item *
reportlog_item(struct em_reader *r, struct reportlog *p, const struct json *v,
    unsigned phase)
{
	struct em_str id = json_get_str(v, "nodeid");
	struct em_str worker = json_get_str(v, "worker_id");
	uint64_t *slot = table_get(&p->items, table_key(&id, 1, 0));
	struct item *i = slot != NULL ? (struct item *)(uintptr_t)*slot : NULL;

	while (i != NULL && worker.p != NULL && i->worker.p != NULL &&
	    !em_str_eq(i->worker, worker))
		i = i->older;
	if (i != NULL && i->rerun) {
		i->attempt = i->attempt == EM_UNSET ? 2 : i->attempt + 1;
		reset(r, i);
		emit_start(r, p, i, v);
		return i;
	}
	if (i != NULL && (phase != SETUP || i->seen == 0))
		return i;
	if (i != NULL)
		reportlog_finish(r, p, i, (struct em_pairs){ NULL, 0 });
	i = new_item(r, p, id, worker);
	if (i != NULL)
		emit_start(r, p, i, v);
	return i;
}
