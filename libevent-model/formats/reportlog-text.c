/* SPDX-License-Identifier: MIT */
/* What pytest-reportlog puts into the members of its lines. */
#include <string.h>

#include "jsondoc.h"
#include "reportlog.h"

static const struct em_str none;

const struct json *
reportlog_second(const struct json *list)
{
	list = json_first(list);
	return list != NULL ? list->next : NULL;
}

static ptrdiff_t
find_last(struct em_str s, const char *needle)
{
	ptrdiff_t at = -1, more;
	size_t from = 0;

	while ((more = str_find(str_from(s, from), needle)) >= 0) {
		at = (ptrdiff_t)from + more;
		from = (size_t)at + 1;
	}
	return at;
}

/* Parameters may hold anything, "::" among it. */
void
reportlog_split_id(struct em_str id, struct em_str *file, struct em_str *class,
    struct em_str *name)
{
	ptrdiff_t at = str_find(id, "::"), bracket;

	*file = *class = none;
	*name = id;
	if (at < 0)
		return;
	*file = str_upto(id, (size_t)at);
	*name = str_from(id, (size_t)at + 2);
	bracket = str_find(*name, "[");
	at = find_last(
	    bracket < 0 ? *name : str_upto(*name, (size_t)bracket), "::");
	if (at < 0)
		return;
	*class = str_upto(*name, (size_t)at);
	*name = str_from(*name, (size_t)at + 2);
}

/* Marks are keywords beside names of the node and of its parents, the last
 * of which is the root directory. */
static bool
is_mark(const struct json *keyword, struct em_str id)
{
	struct em_str key = keyword->key, rest = id, part;
	ptrdiff_t at;

	if (keyword->next == NULL || key.n == 0 || str_starts(key, "__") ||
	    str_eq(key, "pytestmark"))
		return false;
	while ((at = str_find_str(rest, key)) >= 0) {
		struct em_str before = str_upto(rest, (size_t)at);

		part = str_from(rest, (size_t)at + key.n);
		if ((before.n == 0 || strchr("/:[", before.p[at - 1])) &&
		    (part.n == 0 || strchr("/:[]", part.p[0]) != NULL))
			return false;
		rest = str_from(rest, (size_t)at + 1);
	}
	return true;
}

struct em_strs
reportlog_marks(struct em_reader *r, const struct json *v, struct em_str id)
{
	const struct json *keywords = json_get(v, "keywords");
	struct em_strs list = { NULL, 0 };
	struct em_str *s =
	    arena_alloc(&r->arena, json_count(keywords) * sizeof(*s) + 1);

	list.v = s;
	if (keywords == NULL || keywords->type != JSON_OBJECT || s == NULL)
		return list;
	for (keywords = keywords->child; keywords != NULL;
	     keywords = keywords->next)
		if (is_mark(keywords, id))
			s[list.n++] = keywords->key;
	return list;
}

/* The lines of a traceback as pytest shows them. */
struct em_str
reportlog_traceback(struct em_reader *r, const struct json *longrepr)
{
	const struct json *e =
	    json_first(json_path(longrepr, "reprtraceback.reprentries"));
	const struct json *place, *line;
	struct em_str text;
	struct buf b;

	buf_init(&b, r->opts.limits.memory_max);
	for (; e != NULL; e = e->next) {
		for (line = json_first(json_path(e, "data.lines"));
		     line != NULL; line = line->next) {
			buf_add(&b, json_text(line));
			buf_add(&b, EM_STR("\n"));
		}
		place = json_path(e, "data.reprfileloc");
		if (place != NULL && place->type == JSON_OBJECT) {
			buf_add(&b, json_get_str(place, "path"));
			buf_add(&b, EM_STR(":"));
			buf_add(&b, json_text(json_get(place, "lineno")));
			buf_add(&b, EM_STR(": "));
			buf_add(&b, json_get_str(place, "message"));
			buf_add(&b, EM_STR("\n"));
		}
	}
	r->arena.failed |= b.failed;
	text = b.n > 0 ? arena_dup(&r->arena, buf_str(&b)) : none;
	buf_free(&b);
	return text;
}

void
reportlog_crash(
    struct em_reader *r, const struct json *longrepr, struct em_event *ev)
{
	const struct json *at = json_get(longrepr, "reprcrash");
	const struct json *e =
	    json_first(json_path(longrepr, "reprtraceback.reprentries"));
	int64_t line;

	ev->message = json_get_str(at, "message");
	ev->location.file = json_get_str(at, "path");
	if (ev->location.file.p != NULL &&
	    json_i64(json_get(at, "lineno"), &line) && line > 0)
		ev->location.line = line;
	ev->detail = reportlog_traceback(r, longrepr);
	while (e != NULL && e->next != NULL)
		e = e->next;
	ev->type = json_str(json_path(e, "data.reprfileloc.message"));
	if (ev->type.n == 0)
		ev->type = none;
}

/* The reason of a skip: [path, line, "Skipped: why"]. */
struct em_str
reportlog_skip_reason(const struct json *v)
{
	const struct json *at = reportlog_second(json_get(v, "longrepr"));
	struct em_str s = json_str(at != NULL ? at->next : NULL);

	if (s.p == NULL)
		s = json_str(json_get(v, "longrepr"));
	return str_starts(s, "Skipped: ") ? str_from(s, strlen("Skipped: "))
					  : s;
}

/* [[key, value], ...] */
struct em_pairs
reportlog_properties(struct em_reader *r, const struct json *v)
{
	const struct json *list = json_get(v, "user_properties");
	struct json object = { .type = JSON_OBJECT };
	const struct json **tail = &object.child;

	for (list = json_first(list); list != NULL; list = list->next) {
		struct json *copy = arena_alloc(&r->arena, sizeof(*copy));

		if (copy == NULL || reportlog_second(list) == NULL ||
		    json_text(json_first(list)).p == NULL)
			continue;
		*copy = *reportlog_second(list);
		copy->key = json_text(json_first(list));
		copy->next = NULL;
		*tail = copy;
		tail = &copy->next;
	}
	return jdoc_properties(&r->arena, &object);
}
