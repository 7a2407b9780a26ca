/* SPDX-License-Identifier: MIT */
/* JUnit XML in: properties, and what stands for more in the output. */
#include <string.h>

#include "json.h"
#include "junit.h"
#include "junit-reader.h"

const struct junit_extra *
junit_extra(const struct junit_case *c)
{
	static const struct junit_extra none = { .exit_code = EM_UNSET,
		.signal = EM_UNSET };

	return c->extra != NULL ? c->extra : &none;
}

struct junit_extra *
junit_add_extra(struct junit_case *c)
{
	struct junit_extra *x = c->extra;

	if (x == NULL && (x = arena_alloc(c->arena, sizeof(*x))) != NULL) {
		*x = *junit_extra(c);
		x->file_tail = &x->files;
		x->metric_tail = &x->metrics;
		c->extra = x;
	}
	return x;
}

/* ---- properties ---- */

/* "data:image/png;filename=x.png;base64,..." */
static bool
data_attachment(struct arena *a, struct em_str value, struct em_attachment *f)
{
	struct em_str rest = str_from(value, strlen("data:")), head, part;
	bool more = true;

	if (!str_starts(value, "data:") || !str_cut(&rest, ',', &head) ||
	    !str_ends(head, ";base64"))
		return false;
	f->data = arena_b64_decode(a, rest);
	if (f->data.p == NULL)
		return false;
	for (bool first = true; more; first = false) {
		more = str_cut(&head, ';', &part);
		if (first && part.n > 0)
			f->media_type = part;
		else if (str_starts(part, "filename="))
			f->title = str_from(part, strlen("filename="));
	}
	return true;
}

static void
add_file(struct junit_case *c, struct em_str value)
{
	struct junit_extra *x = junit_add_extra(c);
	struct junit_file *f = arena_alloc(c->arena, sizeof(*f));

	if (x == NULL || f == NULL || value.n == 0)
		return;
	if (data_attachment(c->arena, value, &f->file))
		;
	else if (str_find(value, "://") > 0)
		f->file.url = value;
	else
		f->file.path = value;
	if (f->file.title.p == NULL)
		f->file.title = f->file.data.p != NULL ? EM_STR("") : value;
	*x->file_tail = f;
	x->file_tail = &f->next;
}

/* "attachment", "attachment2" */
static bool
is_attachment(struct em_str name)
{
	if (!str_starts(name, "attachment"))
		return false;
	for (size_t i = strlen("attachment"); i < name.n; i++)
		if (name.p[i] < '0' || name.p[i] > '9')
			return false;
	return true;
}

static void
add_tag(struct arena *a, struct em_strs *tags, struct em_str tag)
{
	struct em_str *v = arena_alloc(a, (tags->n + 1) * sizeof(*v));

	if (v == NULL)
		return;
	if (tags->n > 0)
		memcpy(v, tags->v, tags->n * sizeof(*v));
	v[tags->n] = tag;
	*tags = (struct em_strs){ v, tags->n + 1 };
}

/* The last word of *s, which loses it. */
static struct em_str
last_word(struct em_str *s)
{
	size_t n = s->n;
	struct em_str word;

	while (n > 0 && s->p[n - 1] != ' ')
		n--;
	word = str_from(*s, n);
	*s = str_upto(*s, n > 0 ? n - 1 : 0);
	return word;
}

/* "name value unit", as the writer puts it. */
static void
add_metric(struct junit_case *c, struct em_str text)
{
	struct junit_extra *x = junit_add_extra(c);
	struct em_str unit = last_word(&text), value = last_word(&text);
	struct junit_metric *m = arena_alloc(c->arena, sizeof(*m));
	const struct json *number;
	struct em_error e;

	number = json_parse(c->arena, value, 1, &e);
	if (x == NULL || m == NULL || text.n == 0 || number == NULL ||
	    number->type != JSON_NUMBER)
		return;
	m->metric =
	    (struct em_metric){ .metric = text, .value = value, .unit = unit };
	*x->metric_tail = m;
	x->metric_tail = &m->next;
}

/* A member of the protocol; false when it is none that is known here. */
static bool
own_property(struct junit_case *c, struct em_str member, struct em_str value)
{
	static const struct {
		const char *name;
		size_t offset;
	} texts[] = {
		{ "variant", offsetof(struct junit_extra, variant) },
		{ "status", offsetof(struct junit_extra, status) },
		{ "mode", offsetof(struct junit_extra, mode) },
		{ "parent", offsetof(struct junit_extra, parent) },
		{ "worker", offsetof(struct junit_extra, worker) },
	};
	struct junit_extra *x = junit_add_extra(c);
	int64_t n;

	if (x == NULL)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (str_eq(member, texts[i].name)) {
			memcpy(
			    (char *)x + texts[i].offset, &value, sizeof(value));
			return true;
		}
	if (str_eq(member, "tag")) {
		add_tag(c->arena, &x->tags, value);
		return true;
	}
	if (str_eq(member, "metric")) {
		add_metric(c, value);
		return true;
	}
	if (!str_i64(value, &n) || n < 0)
		return false;
	if (str_eq(member, "exit_code"))
		x->exit_code = n;
	else if (str_eq(member, "signal"))
		x->signal = n;
	else if (str_eq(member, "iteration") && n > 0)
		c->iteration = n;
	else
		return false;
	return true;
}

void
junit_case_property(
    struct junit_case *c, struct em_str name, struct em_str value)
{
	struct junit_extra *x;

	if (str_starts(name, JUNIT_OWN) &&
	    own_property(c, str_from(name, strlen(JUNIT_OWN)), value))
		return;
	if (is_attachment(name)) {
		add_file(c, value);
		return;
	}
	x = junit_add_extra(c);
	if (x != NULL && x->properties == NULL)
		x->properties = rep_case_in(c->arena);
	if (x != NULL && x->properties != NULL)
		rep_property(x->properties, name, value);
}

/* ---- lines in the output that say more than they are ---- */

/* The value of the block that [[PROPERTY|name]] opens; it ends with a line
 * [[/PROPERTY]], and *rest is behind it.  False when that is missing. */
static bool
block_value(struct em_str *rest, struct em_str *value)
{
	static const char end[] = "[[/PROPERTY]]";
	ptrdiff_t at = str_find(*rest, end);

	if (at < 0)
		return false;
	*value = str_upto(*rest, (size_t)at);
	if (str_ends(*value, "\n"))
		value->n--;
	*rest = str_from(*rest, (size_t)at + strlen(end));
	if (str_starts(*rest, "\n"))
		*rest = str_from(*rest, 1);
	return true;
}

/* Takes what the line says; *rest is the text behind it. */
static bool
take_line(struct junit_case *c, struct em_str line, struct em_str *rest)
{
	struct em_str name, value;

	line = str_trim(line);
	if (!str_ends(line, "]]"))
		return false;
	line.n -= 2;
	if (str_starts(line, "[[ATTACHMENT|")) {
		value = str_from(line, strlen("[[ATTACHMENT|"));
		if (str_trim(value).n == 0)
			return false;
		add_file(c, arena_dup(c->arena, value));
		return true;
	}
	if (!str_starts(line, "[[PROPERTY|"))
		return false;
	value = str_from(line, strlen("[[PROPERTY|"));
	if (!str_cut(&value, '=', &name) && !block_value(rest, &value))
		return false;
	junit_case_property(
	    c, arena_dup(c->arena, name), arena_dup(c->arena, value));
	return true;
}

struct em_str
junit_take_lines(struct junit_case *c, struct em_str text)
{
	struct em_str rest = text, line;
	char *p = (char *)(uintptr_t)text.p; /* a copy of the case's own */
	size_t n = 0;
	bool lf;

	while (rest.n > 0) {
		lf = str_cut(&rest, '\n', &line);
		if (take_line(c, line, &rest))
			continue;
		/* What stays moves up. */
		memmove(p + n, line.p, line.n + lf);
		n += line.n + lf;
	}
	return (struct em_str){ p, n };
}
