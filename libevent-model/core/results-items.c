/* SPDX-License-Identifier: MIT */
/* What attempts, suites and runs have to say: copied and listed in order. */
#include <stddef.h>

#include "results.h"

static struct em_output *
new_output(struct em_results *rs, struct arena *a, const struct em_output *said)
{
	struct em_output *o = results_alloc(rs, a, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->stream = results_dup(rs, a, said->stream);
	o->text = results_dup(rs, a, said->text);
	o->truncated_bytes = said->truncated_bytes;
	o->level = results_dup(rs, a, said->level);
	return o;
}

static struct em_message *
new_message(struct em_results *rs, struct suite_rec *suite,
    const struct em_message *said)
{
	struct arena *a = &suite->arena;
	struct em_message *m = results_alloc(rs, a, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->kind = results_intern(rs, suite, said->kind);
	m->message = results_dup(rs, a, said->message);
	m->detail = results_dup(rs, a, said->detail);
	m->type = results_intern(rs, suite, said->type);
	m->code = results_dup(rs, a, said->code);
	m->expected = results_dup(rs, a, said->expected);
	m->actual = results_dup(rs, a, said->actual);
	m->rendered = results_dup(rs, a, said->rendered);
	m->location = said->location;
	m->location.file = results_intern(rs, suite, said->location.file);
	return m;
}

static struct em_metric *
new_metric(struct em_results *rs, struct suite_rec *suite,
    const struct em_metric *said)
{
	struct arena *a = &suite->arena;
	struct em_metric *m = results_alloc(rs, a, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->metric = results_intern(rs, suite, said->metric);
	m->unit = results_intern(rs, suite, said->unit);
	m->value = results_dup(rs, a, said->value);
	m->deviation = results_dup(rs, a, said->deviation);
	m->min = results_dup(rs, a, said->min);
	m->max = results_dup(rs, a, said->max);
	m->median = results_dup(rs, a, said->median);
	m->samples = results_dup_strs(rs, a, said->samples);
	return m;
}

static struct em_attachment *
new_attachment(
    struct em_results *rs, struct arena *a, const struct em_attachment *said)
{
	struct em_attachment *f = results_alloc(rs, a, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->title = results_dup(rs, a, said->title);
	f->media_type = results_dup(rs, a, said->media_type);
	f->path = results_dup(rs, a, said->path);
	f->url = results_dup(rs, a, said->url);
	f->data = results_dup(rs, a, said->data);
	return f;
}

static struct em_start *
new_start(
    struct em_results *rs, struct suite_rec *suite, const struct em_start *said)
{
	struct em_start *s = results_alloc(rs, &suite->arena, sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = *said;
	s->worker = results_intern(rs, suite, said->worker);
	return s;
}

/* The first item of an attempt, which knows the last. */
struct first_item {
	struct em_item *tail;
	struct em_item item;
};

static void
link_item(struct em_results *rs, struct suite_rec *suite, struct em_attempt *a,
    const struct em_item *made)
{
	struct first_item *first;
	struct em_item *item;

	if (a->items == NULL) {
		first = results_alloc(rs, &suite->arena, sizeof(*first));
		if (first == NULL)
			return;
		item = &first->item;
		a->items = item;
	} else {
		first = (struct first_item *)((uintptr_t)a->items -
		    offsetof(struct first_item, item));
		item = results_alloc(rs, &suite->arena, sizeof(*item));
		if (item == NULL)
			return;
		first->tail->next = item;
	}
	*item = *made;
	first->tail = item;
}

void
attempt_add_item(struct em_results *rs, struct suite_rec *suite,
    struct em_attempt *a, const struct em_item *said)
{
	static const unsigned keeps[EM_KINDS] = {
		[EM_CASE_OUTPUT] = EM_KEEP_OUTPUT,
		[EM_CASE_MESSAGE] = EM_KEEP_MESSAGES,
		[EM_CASE_METRIC] = EM_KEEP_METRICS,
		[EM_CASE_ATTACHMENT] = EM_KEEP_ATTACHMENTS,
		[EM_CASE_START] = EM_KEEP_DETAILS,
	};
	struct arena *mem = &suite->arena;
	struct em_item made = { .kind = said->kind };

	if (!(rs->keep & keeps[said->kind]))
		return;
	switch (said->kind) {
	case EM_CASE_OUTPUT:
		made.u.output = new_output(rs, mem, said->u.output);
		break;
	case EM_CASE_MESSAGE:
		made.u.message = new_message(rs, suite, said->u.message);
		break;
	case EM_CASE_METRIC:
		made.u.metric = new_metric(rs, suite, said->u.metric);
		break;
	case EM_CASE_ATTACHMENT:
		made.u.attachment = new_attachment(rs, mem, said->u.attachment);
		break;
	case EM_CASE_START:
		made.u.start = new_start(rs, suite, said->u.start);
		break;
	default:
		return;
	}
	if (results_status(rs) == EM_OK)
		link_item(rs, suite, a, &made);
}

void
list_add_log(struct em_results *rs, struct arena *a, struct item_list *list,
    const struct em_output *log)
{
	struct em_item *item;

	if (!(rs->keep & EM_KEEP_OUTPUT))
		return;
	item = results_alloc(rs, a, sizeof(*item));
	if (item == NULL)
		return;
	item->kind = EM_LOG;
	item->u.output = new_output(rs, a, log);
	if (item->u.output == NULL)
		return;
	if (list->tail != NULL)
		list->tail->next = item;
	else
		list->first = item;
	list->tail = item;
}
