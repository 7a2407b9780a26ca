/* SPDX-License-Identifier: MIT */
/* JUnit XML out: messages, output, attachments and properties. */
#include <string.h>

#include "json.h"
#include "junit.h"

static const struct em_str absent;

void
junit_attr(struct em_out *out, struct em_str name, struct em_str value)
{
	if (value.p == NULL)
		return;
	em_out_write(out, name);
	out_xml_attr(out, value);
	out_byte(out, '"');
}

/* ---- failures ---- */

bool
junit_is_error(const struct em_attempt *a)
{
	static const char *const errors[] = { "error", "exec-fail", "build",
		"incomplete" };

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		if (str_eq(a->end->status, errors[i]))
			return true;
	return false;
}

/* A type for a message without one, in the words of nextest where it has
 * some: readers know them. */
static struct em_str
type_of(struct em_writer *w, const struct em_attempt *a)
{
	struct junit_writer *jw = w->state;
	const struct em_end *end = a->end;

	if (a->outcome == EM_SKIP)
		return end->status;
	if (str_eq(end->status, "timeout"))
		return EM_STR("test timeout");
	if (str_eq(end->status, "abort") ||
	    (end->status.p == NULL && end->signal != EM_UNSET))
		return EM_STR("test abort");
	if (str_eq(end->status, "exec-fail"))
		return EM_STR("execution failure");
	if (end->status.p == NULL && end->exit_code != EM_UNSET)
		return arena_printf(&jw->scratch,
		    "test failure with exit code %lld",
		    (long long)end->exit_code);
	return str_eq(end->status, "error") ? absent : end->status;
}

/* The long text of a message: one of those it has. */
static struct em_str
text_of(struct em_writer *w, const struct em_message *m)
{
	struct arena *a = &((struct junit_writer *)w->state)->scratch;
	bool compared = m->expected.p != NULL || m->actual.p != NULL;

	if (m->detail.p != NULL || m->rendered.p != NULL) {
		if (compared)
			wr_lost(w, "expected and actual values");
		if (m->detail.p != NULL && m->rendered.p != NULL)
			wr_lost(w, "rendered messages beside details");
		return m->detail.p != NULL ? m->detail : m->rendered;
	}
	if (!compared)
		return absent;
	return arena_join(a, arena_join(a, EM_STR("expected: "), m->expected),
	    arena_join(a, EM_STR("\n  actual: "), m->actual));
}

struct junit_problem
junit_problem(
    struct em_writer *w, const struct em_attempt *a, const struct em_message *m)
{
	const struct junit_writer *jw = w->state;
	struct junit_problem p = { .type = type_of(w, a),
		.message = a->end->reason };

	if (m == NULL)
		return p;
	if (m->type.p != NULL) {
		if (p.type.p != NULL && !em_str_eq(p.type, m->type) &&
		    jw->props == PROPS_NO)
			wr_lost(w, "statuses and exit codes beside types");
		p.type = m->type;
	}
	if (m->message.p != NULL) {
		if (p.message.p != NULL && !em_str_eq(p.message, m->message))
			wr_lost(w, "reasons beside messages");
		p.message = m->message;
	}
	if (m->code.p != NULL)
		wr_lost(w, "codes of messages");
	if (m->location.file.p != NULL)
		wr_lost(w, "locations of messages");
	p.text = text_of(w, m);
	return p;
}

/* ---- output ---- */

static bool
is_text(const struct em_item *i)
{
	return i->kind == EM_CASE_OUTPUT || i->kind == EM_LOG;
}

/* What is not standard error is standard output. */
static bool
is_of(const struct em_item *i, bool err)
{
	return is_text(i) && str_eq(i->u.output->stream, "stderr") == err;
}

/* A path or address that the brackets around it can hold. */
static struct em_str
place_of(const struct em_item *i)
{
	struct em_str s;

	if (i->kind != EM_CASE_ATTACHMENT)
		return absent;
	s = i->u.attachment->path.p != NULL ? i->u.attachment->path
					    : i->u.attachment->url;
	return str_find(s, "\n") >= 0 || str_find(s, "]]") >= 0 ? absent : s;
}

/* The last bytes of the texts, as many as are allowed; what the last one
 * ends with. */
static char
put_texts(struct em_writer *w, const struct em_item *items, bool err)
{
	const struct junit_writer *jw = w->state;
	uint64_t total = 0, cut = 0;
	char last = '\n';

	for (const struct em_item *i = items; i != NULL; i = i->next)
		if (is_of(i, err))
			total += i->u.output->text.n;
	if (jw->output_max != EM_UNSET && total > (uint64_t)jw->output_max) {
		cut = total - (uint64_t)jw->output_max;
		em_out_printf(
		    w->out, "[%llu bytes left out]\n", (unsigned long long)cut);
		wr_lost(w, "output beyond output-max");
	}
	for (const struct em_item *i = items; i != NULL; i = i->next) {
		struct em_str s;
		bool mid;

		if (!is_of(i, err))
			continue;
		s = i->u.output->text;
		mid = cut > 0;
		if (cut >= s.n) {
			cut -= s.n;
			continue;
		}
		s = str_from(s, (size_t)cut);
		cut = 0;
		/* Not from the middle of a character. */
		while (mid && s.n > 0 && ((unsigned char)*s.p & 0xc0) == 0x80)
			s = str_from(s, 1);
		out_xml_text(w->out, s);
		if (s.n > 0)
			last = s.p[s.n - 1];
		if (i->u.output->truncated_bytes > 0)
			wr_lost(w, "marks of cut output");
	}
	return last;
}

static void
put_property_line(struct em_out *out, const struct em_pair *p)
{
	bool block = str_find(p->value, "\n") >= 0 ||
	    str_find(p->value, "]]") >= 0 || str_find(p->key, "=") >= 0;

	PUT(out, "[[PROPERTY|");
	out_xml_text(out, p->key);
	em_out_puts(out, block ? "]]\n" : "=");
	out_xml_text(out, p->value);
	em_out_puts(out, block ? "\n[[/PROPERTY]]\n" : "]]\n");
}

/* What stands on lines of its own by convention: properties as testmo has
 * them, attachments as Jenkins does. */
static void
put_lines(
    struct em_out *out, const struct em_item *items, struct em_pairs properties)
{
	for (size_t i = 0; i < properties.n; i++)
		put_property_line(out, &properties.v[i]);
	for (; items != NULL; items = items->next) {
		struct em_str place = place_of(items);

		if (place.p == NULL)
			continue;
		PUT(out, "[[ATTACHMENT|");
		out_xml_text(out, place);
		PUT(out, "]]\n");
	}
}

void
junit_output(struct em_writer *w, const struct em_item *items,
    struct em_pairs properties, bool texts)
{
	bool out = false, err = false, lines = properties.n > 0;

	for (const struct em_item *i = items; i != NULL; i = i->next) {
		out |= texts && is_of(i, false);
		err |= texts && is_of(i, true);
		lines |= place_of(i).p != NULL;
	}
	if (out || lines) {
		PUT(w->out, "<system-out>");
		if (out && put_texts(w, items, false) != '\n' && lines)
			out_byte(w->out, '\n');
		put_lines(w->out, items, properties);
		PUT(w->out, "</system-out>\n");
	}
	if (err) {
		PUT(w->out, "<system-err>");
		put_texts(w, items, true);
		PUT(w->out, "</system-err>\n");
	}
}

/* ---- properties ---- */

struct list {
	struct arena *arena;
	struct em_pair *v;
	size_t n, room;
};

static void
add(struct list *l, struct em_str key, struct em_str value)
{
	if (value.p == NULL)
		return;
	if (l->n == l->room) {
		size_t room = l->room == 0 ? 8 : l->room * 2;
		struct em_pair *v = arena_alloc(l->arena, room * sizeof(*v));

		if (v == NULL)
			return;
		if (l->n > 0)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->room = room;
	}
	l->v[l->n++] = (struct em_pair){ .key = key, .value = value };
}

static void
add_int(struct list *l, struct em_str key, int64_t v)
{
	if (v != EM_UNSET)
		add(l, key, arena_printf(l->arena, "%lld", (long long)v));
}

/* A list of values becomes as many properties; other JSON its text. */
static void
add_pair(struct list *l, const struct em_pair *p)
{
	const struct json *v;
	struct em_error e;

	if (p->json && str_starts(p->value, "[") &&
	    (v = json_parse(l->arena, p->value, 8, &e)) != NULL) {
		for (v = v->child; v != NULL; v = v->next)
			add(l, p->key, json_text(v));
		return;
	}
	add(l, p->key, p->value);
}

static void
add_item(struct list *l, const struct em_item *i)
{
	const struct em_attachment *f;

	switch (i->kind) {
	case EM_CASE_START:
		add(l, EM_STR(JUNIT_OWN "worker"), i->u.start->worker);
		break;
	case EM_CASE_METRIC:
		add(l, EM_STR(JUNIT_OWN "metric"),
		    arena_printf(l->arena, "%.*s %.*s %.*s",
			(int)i->u.metric->metric.n, i->u.metric->metric.p,
			(int)i->u.metric->value.n, i->u.metric->value.p,
			(int)i->u.metric->unit.n, i->u.metric->unit.p));
		break;
	case EM_CASE_ATTACHMENT:
		f = i->u.attachment;
		if (f->data.p == NULL)
			break;
		add(l, EM_STR("attachment"),
		    arena_join(l->arena,
			arena_printf(l->arena,
			    "data:%.*s;filename=%.*s;base64,",
			    (int)f->media_type.n,
			    f->media_type.n > 0 ? f->media_type.p : "",
			    (int)f->title.n, f->title.n > 0 ? f->title.p : ""),
			arena_b64_encode(l->arena, f->data)));
		break;
	default:
		break;
	}
}

struct em_pairs
junit_case_properties(struct em_writer *w, const struct em_case *c)
{
	struct junit_writer *jw = w->state;
	struct list l = { .arena = &jw->scratch };
	const struct em_details *d = c->details;
	const struct em_end *end = c->last->end;

	if (jw->props == PROPS_NO)
		return (struct em_pairs){ NULL, 0 };
	for (size_t i = 0; i < d->properties.n; i++)
		add_pair(&l, &d->properties.v[i]);
	for (size_t i = 0; i < d->tags.n; i++)
		add(&l, EM_STR(JUNIT_OWN "tag"), d->tags.v[i]);
	add(&l, EM_STR(JUNIT_OWN "variant"), d->variant);
	if (c->iteration != 1)
		add_int(&l, EM_STR(JUNIT_OWN "iteration"), c->iteration);
	add(&l, EM_STR(JUNIT_OWN "mode"), d->mode);
	add(&l, EM_STR(JUNIT_OWN "parent"), d->parent);
	add(&l, EM_STR(JUNIT_OWN "status"), end->status);
	add_int(&l, EM_STR(JUNIT_OWN "exit_code"), end->exit_code);
	add_int(&l, EM_STR(JUNIT_OWN "signal"), end->signal);
	for (const struct em_item *i = c->last->items; i != NULL; i = i->next)
		add_item(&l, i);
	return (struct em_pairs){ l.v, l.n };
}

void
junit_properties(struct em_writer *w, struct em_pairs list)
{
	struct junit_writer *jw = w->state;
	struct list l = { .arena = &jw->scratch };

	for (size_t i = 0; i < list.n; i++)
		add_pair(&l, &list.v[i]);
	if (l.n == 0)
		return;
	PUT(w->out, "<properties>\n");
	for (size_t i = 0; i < l.n; i++) {
		PUT(w->out, "<property");
		junit_attr(w->out, EM_STR(" name=\""), l.v[i].key);
		junit_attr(w->out, EM_STR(" value=\""), l.v[i].value);
		PUT(w->out, "/>\n");
	}
	PUT(w->out, "</properties>\n");
}
