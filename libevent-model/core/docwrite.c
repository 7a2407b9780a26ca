/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "docwrite.h"
#include "json.h"

struct em_results *
dw_open(struct em_writer *w)
{
	struct em_results *rs = em_results_new(EM_KEEP_ALL, 0);

	if (rs == NULL)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return rs;
}

enum em_rc
dw_event(struct em_writer *w, struct em_results *rs, const struct em_event *ev)
{
	if (ev->kind == EM_UNKNOWN)
		wr_lost(w, "unknown events");
	else if (ev->kind == EM_CASE_SLOW)
		wr_lost(w, "warnings of slow cases");
	for (size_t i = 0; i < ev->extra.n; i++)
		wr_lost(w, "unknown members");
	if (em_results_event(rs, ev) == EM_OK)
		return EM_OK;
	if (w->err.code == EM_E_NONE)
		w->err = *em_results_error(rs);
	return EM_ERR;
}

bool
dw_left_out(struct em_writer *w, const struct em_case *c)
{
	if (c->attempts != NULL)
		return false;
	wr_lost(w,
	    c->selected ? "cases that did not run"
			: "cases that were not selected");
	return true;
}

void
dw_message_losses(struct em_writer *w, const struct em_message *m)
{
	if (m->type.p != NULL || m->code.p != NULL || m->expected.p != NULL ||
	    m->actual.p != NULL || m->rendered.p != NULL)
		wr_lost(w, "members of messages");
	if (m->location.file.p != NULL)
		wr_lost(w, "locations");
}

/* ---- XML ---- */

static void
open_attr(struct em_writer *w, const char *name)
{
	out_byte(w->out, ' ');
	em_out_puts(w->out, name);
	em_out_puts(w->out, "=\"");
}

void
dw_attr(struct em_writer *w, const char *name, struct em_str value)
{
	if (value.p == NULL)
		return;
	open_attr(w, name);
	out_xml_attr(w->out, value);
	out_byte(w->out, '"');
}

void
dw_attr_i64(struct em_writer *w, const char *name, int64_t value)
{
	if (value == EM_UNSET)
		return;
	open_attr(w, name);
	out_i64(w->out, value);
	out_byte(w->out, '"');
}

void
dw_attr_time(struct em_writer *w, const char *name, int64_t ns)
{
	if (ns == EM_UNSET)
		return;
	open_attr(w, name);
	out_time(w->out, ns, -1);
	out_byte(w->out, '"');
}

void
dw_text(struct em_writer *w, struct em_str text)
{
	out_xml_text(w->out, text);
}

void
dw_element(struct em_writer *w, const char *name, struct em_str text)
{
	if (text.p == NULL)
		return;
	em_out_printf(w->out, "<%s>", name);
	dw_text(w, text);
	em_out_printf(w->out, "</%s>", name);
}

/* ---- values ---- */

int64_t
dw_end_time(int64_t start_ns, int64_t duration_ns)
{
	int64_t end;

	if (start_ns == EM_UNSET || duration_ns == EM_UNSET ||
	    __builtin_add_overflow(start_ns, duration_ns, &end))
		return EM_UNSET;
	return end;
}

static bool
needs_quotes(struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(" \t\n\"'\\$`*?[]{}()<>|&;#~!", s.p[i]) != NULL)
			return true;
	return s.n == 0;
}

/* s between single quotes, each of its own as '\''. */
static struct em_str
quote(struct arena *a, struct em_str s)
{
	struct em_str all = EM_STR("'"), part;
	bool more;

	do {
		more = str_cut(&s, '\'', &part);
		all = arena_join(a, all, part);
		all = arena_join(a, all, more ? EM_STR("'\\''") : EM_STR("'"));
	} while (more);
	return all;
}

struct em_str
dw_command_line(struct arena *a, struct em_strs command)
{
	struct em_str line = EM_STR("");

	for (size_t i = 0; i < command.n; i++) {
		struct em_str s = command.v[i];

		if (i > 0)
			line = arena_join(a, line, EM_STR(" "));
		line = arena_join(a, line, needs_quotes(s) ? quote(a, s) : s);
	}
	return line;
}

struct em_str
dw_property(struct arena *a, const struct em_pair *pair, size_t i)
{
	static const struct em_str absent;
	struct em_error e = { .code = EM_E_NONE };
	const struct json *v;

	if (!pair->json || !str_starts(str_trim(pair->value), "["))
		return i == 0 ? pair->value : absent;
	v = json_parse(a, pair->value, 64, &e);
	if (v != NULL)
		v = v->child;
	while (v != NULL && i-- > 0)
		v = v->next;
	if (v == NULL)
		return absent;
	return v->type == JSON_NULL ? EM_STR("null") : json_text(v);
}

struct em_str
dw_find(struct em_pairs pairs, const char *key)
{
	for (size_t i = 0; i < pairs.n; i++)
		if (str_eq(pairs.v[i].key, key) && !pairs.v[i].json)
			return pairs.v[i].value;
	return (struct em_str){ NULL, 0 };
}
