/* SPDX-License-Identifier: MIT */
/*
 * Files of tests.  Output is passed on piece by piece; the others are put
 * together until their end or that of their test, and become what their name
 * and type say: messages, the reason of a skip, attachments.
 */
#include "subunit.h"
#include "trace.h"

/* What becomes of the bytes of a file. */
enum file_kind {
	FILE_OUTPUT, /* case_output, piece by piece */
	FILE_TRACE, /* case_message */
	FILE_REASON, /* reason of case_complete */
	FILE_CARRY, /* an event that a writer of testpipe put there */
	FILE_DATA, /* case_attachment */
	FILE_SHOWN /* shows others what is carried beside it */
};

struct subunit_file {
	struct subunit_file *next;
	enum file_kind kind;
	struct em_str name, mime;
	struct buf content; /* of all but output */
};

void
subunit_set_time(struct em_event *ev, int64_t ns)
{
	if (ns >= SUBUNIT_YEAR_NS)
		ev->time_ns = ns;
	else
		ev->elapsed_ns = ns;
}

void
subunit_test_event(struct em_event *ev, enum em_kind kind,
    const struct ident *id, int64_t time_ns)
{
	em_event_init(ev, kind);
	ident_put(ev, id);
	subunit_set_time(ev, time_ns);
}

/* "stdout" and "stderr" are streams of the protocol; others get the dot that
 * names of others have. */
struct em_str
subunit_stream(struct arena *a, struct em_str file)
{
	if (str_eq(file, "stdout") || str_eq(file, "stderr") ||
	    str_eq(file, "combined") || str_find(file, ".") >= 0)
		return file;
	return arena_join(a, EM_STR("subunit."), file);
}

static enum file_kind
kind_of(struct em_str name, struct em_str mime)
{
	struct em_str mark = subunit_mime_mark(mime);

	if (str_eq(mark, SUBUNIT_OUTPUT))
		return FILE_OUTPUT;
	if (subunit_mime_is(mime, SUBUNIT_CARRY_MIME))
		return FILE_CARRY;
	if (str_eq(mark, SUBUNIT_SHOWN))
		return FILE_SHOWN;
	if (str_eq(mark, SUBUNIT_DATA))
		return FILE_DATA;
	if (str_eq(name, "stdout") || str_eq(name, "stderr"))
		return FILE_OUTPUT;
	if (subunit_mime_is(mime, "text/x-traceback") ||
	    (str_eq(name, "traceback") && subunit_mime_is(mime, "text/plain")))
		return FILE_TRACE;
	if (!subunit_mime_is(mime, "text/plain"))
		return FILE_DATA;
	return str_eq(name, "reason") ? FILE_REASON : FILE_OUTPUT;
}

/* The file of that name, which keeps the type that it had first. */
static struct subunit_file *
file_at(
    struct em_reader *r, struct subunit_test *t, const struct subunit_packet *p)
{
	struct subunit_file **at = &t->files, *f;

	while (*at != NULL && !em_str_eq((*at)->name, p->file))
		at = &(*at)->next;
	if (*at != NULL)
		return *at;
	f = arena_alloc(&t->member.arena, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->name = arena_dup(&t->member.arena, p->file);
	f->mime = arena_dup(&t->member.arena, p->mime);
	f->kind = kind_of(f->name, f->mime);
	buf_init(&f->content, r->opts.limits.memory_max);
	return *at = f;
}

static void
emit(struct em_reader *r, struct subunit_model *m, const struct em_event *ev,
    bool late)
{
	if (late)
		runs_emit_late(r, &m->runs, ev);
	else
		runs_emit(r, &m->runs, ev);
}

/* What a writer of testpipe could not say in subunit. */
static void
emit_carried(struct em_reader *r, struct subunit_model *m,
    struct subunit_test *t, struct em_str text, int64_t time_ns, bool late)
{
	struct em_str line;
	struct em_event ev;

	while (text.n > 0) {
		str_cut(&text, '\n', &line);
		if (line.n == 0)
			continue;
		if (!carry_get(&m->carry, r, line, &ev)) {
			rd_warn(r, "a carried event is damaged");
			continue;
		}
		ident_put(&ev, &t->id);
		subunit_set_time(&ev, time_ns);
		if (ev.kind == EM_CASE_COMPLETE)
			event_copy(&t->end, &ev, &t->member.arena);
		else if (em_event_is_case(&ev) && ev.kind != EM_CASE_START)
			emit(r, m, &ev, late);
	}
}

/* "text/plain" of a type that was marked as data. */
static struct em_str
unmarked(struct em_str mime)
{
	ptrdiff_t at = str_find(mime, ";" CARRY_NAME "=");

	return at >= 0 ? str_upto(mime, (size_t)at) : mime;
}

static struct em_str
without_line_end(struct em_str s)
{
	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

/* A file is complete, or its test is. */
static void
end_file(struct em_reader *r, struct subunit_model *m, struct subunit_test *t,
    struct subunit_file *f, int64_t time_ns, bool late)
{
	struct em_str text = buf_str(&f->content);
	struct em_event ev;

	if (f->content.failed)
		r->keep.failed = true;
	switch (f->kind) {
	case FILE_TRACE:
		subunit_test_event(&ev, EM_CASE_MESSAGE, &t->id, time_ns);
		ev.message_kind = EM_STR("error");
		trace_message(&ev, text);
		emit(r, m, &ev, late);
		break;
	case FILE_REASON:
		t->reason = arena_dup(&t->member.arena, without_line_end(text));
		break;
	case FILE_CARRY:
		emit_carried(r, m, t, text, time_ns, late);
		break;
	case FILE_DATA:
		subunit_test_event(&ev, EM_CASE_ATTACHMENT, &t->id, time_ns);
		ev.title = f->name;
		if (f->mime.n > 0)
			ev.media_type = unmarked(f->mime);
		ev.data = text;
		emit(r, m, &ev, late);
		break;
	case FILE_OUTPUT:
	case FILE_SHOWN:
		break;
	}
	buf_free(&f->content);
}

static void
drop_file(struct subunit_test *t, struct subunit_file *f)
{
	struct subunit_file **at = &t->files;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
}

/* "stdout" also of "stdout.bytes", where writers of testpipe put what is not
 * text: the type of a file is said once. */
static struct em_str
output_stream(struct arena *a, const struct subunit_file *f)
{
	struct em_str name = f->name;

	if (str_eq(subunit_mime_mark(f->mime), SUBUNIT_OUTPUT) &&
	    str_ends(name, SUBUNIT_BYTES))
		name.n -= sizeof(SUBUNIT_BYTES) - 1;
	return subunit_stream(a, name);
}

void
subunit_file_take(struct em_reader *r, struct subunit_model *m,
    struct subunit_test *t, const struct subunit_packet *p, bool late)
{
	struct subunit_file *f = file_at(r, t, p);
	struct em_event ev;

	if (f == NULL)
		return;
	if (f->kind != FILE_OUTPUT) {
		if (f->kind != FILE_SHOWN)
			buf_add(&f->content, p->content);
	} else if (p->content.n > 0) {
		subunit_test_event(&ev, EM_CASE_OUTPUT, &t->id, p->time_ns);
		ev.stream = output_stream(&r->arena, f);
		ev.text = p->content;
		emit(r, m, &ev, late);
	}
	if (p->eof || late) {
		end_file(r, m, t, f, p->time_ns, late);
		drop_file(t, f);
	}
}

void
subunit_files_end(struct em_reader *r, struct subunit_model *m,
    struct subunit_test *t, int64_t time_ns)
{
	for (struct subunit_file *f = t->files; f != NULL; f = f->next)
		end_file(r, m, t, f, time_ns, false);
}

void
subunit_files_free(struct subunit_test *t)
{
	for (struct subunit_file *f = t->files; f != NULL; f = f->next)
		buf_free(&f->content);
	t->files = NULL;
}
