/* SPDX-License-Identifier: MIT */
/* The protocol itself: read in one pass without copies, written from the
 * field table; an event that was not changed is written as it was read. */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "judge.h"
#include "scan.h"

struct native {
	struct scan scan;
	struct em_event ev;
	struct judge judge;
	uint32_t spared; /* kinds that it sees on demand */
	bool begun; /* a first line was read */
	bool said; /* one that is not blank */
	bool header; /* a protocol event was seen, or its lack reported */
};

/* ---- recognition ---- */

/* The line without escapes of small letters, so far as room goes (ENC-7). */
static struct em_str
unescaped(struct em_str line, char *room, size_t size)
{
	size_t n = 0;

	if (str_find(line, "\\u") < 0)
		return line;
	for (size_t i = 0; i < line.n && n < size; i++) {
		struct em_str rest = str_from(line, i);
		char hex[3] = { 0 };
		long c;

		room[n++] = line.p[i];
		if (rest.n < 6 || !str_starts(rest, "\\u00"))
			continue;
		memcpy(hex, rest.p + 4, 2);
		c = strtol(hex, NULL, 16);
		if (c != '_' && (c < 'a' || c > 'z'))
			continue;
		room[n - 1] = (char)c;
		i += 5;
	}
	return (struct em_str){ room, n };
}

static int
probe(struct em_str head, bool eof)
{
	static const struct em_str header = EM_STR("{\"event\":\"protocol\"");
	struct em_str line, rest = head, value;
	int rc = probe_line(&rest, eof, "{", &line);
	bool first;
	char room[4096];
	ptrdiff_t at;

	if (rc != 1)
		return rc;
	first = line.p == head.p;
	line = unescaped(line, room, sizeof(room));
	/* A header that was cut in its first words. */
	if (eof && first && line.n < header.n &&
	    memcmp(line.p, header.p, line.n) == 0)
		return 8 * (int)line.n;
	at = str_find(line, "\"event\"");
	if (at < 0)
		return 0;
	value = str_trim(str_from(line, (size_t)at + strlen("\"event\"")));
	if (!str_starts(value, ":"))
		return 0;
	value = str_trim(str_from(value, 1));
	/* Behind noise it may be a cell of a table. */
	if (str_starts(value, "\"protocol\""))
		return first ? PROBE_SETTLED : PROBE_SURE;
	/* Without the header the draft of libtest2 looks the same, and
	 * libtest's own JSON has an event beside its type. */
	return str_find(line, "\"type\"") >= 0 ? 0 : 8 * (int)strlen("event");
}

/* ---- reading ---- */

static enum em_rc
native_open(struct em_reader *r)
{
	struct native *n = r->state;

	n->scan.arena = &r->arena;
	n->scan.depth_max = r->opts.limits.depth_max;
	n->scan.ignore = r->opts.ignore;
	if (r->opts.order_on_demand)
		n->spared = EM_CASE_KINDS;
	return EM_OK;
}

static void
native_order(struct em_reader *r, const struct em_event *ev, unsigned known)
{
	struct native *n = r->state;
	const char *why;

	judge_know(&n->judge, ev, known);
	why = judge_event(&n->judge, ev);
	if (why != NULL)
		rd_disorder(r, ev->line, why);
}

static void
native_close(struct em_reader *r)
{
	struct native *n = r->state;

	judge_clear(&n->judge);
}

/* One number of a version: decimal, no sign, no leading zero. */
static bool
version_part(struct em_str s, int64_t *v)
{
	if (s.n == 0 || s.n > 5 || s.p[0] < '0' || s.p[0] > '9' ||
	    (s.p[0] == '0' && s.n > 1))
		return false;
	return str_i64(s, v) && *v <= 65535;
}

/* HDR-1..8: EM_ERR when the stream must not be read on. */
static enum em_rc
check_header(struct em_reader *r, const struct em_event *ev)
{
	struct em_str minor = ev->version, major;
	int64_t hi, lo;
	char quoted[80];

	if (!str_cut(&minor, '.', &major) || !version_part(major, &hi) ||
	    !version_part(minor, &lo))
		return rd_bad(r, (struct em_str){ NULL, 0 },
		    "bad protocol version \"%s\"",
		    err_quote(quoted, ev->version));
	if (hi != 1)
		return err_set(&r->err, EM_E_VERSION, ev->line,
		    "stream is test-events %s, this reads 1.x; "
		    "use a testpipe that reads version %d",
		    err_quote(quoted, ev->version), (int)hi);
	if (ev->requires.n > 0)
		return err_set(&r->err, EM_E_VERSION, ev->line,
		    "stream requires \"%s\", which this version does not "
		    "implement",
		    err_quote(quoted, ev->requires.v[0]));
	return EM_OK;
}

/* For messages; "" when it is not known. */
static const char *
kind_of(const struct em_event *ev)
{
	return ev->kind != EM_UNKNOWN ? em_kind_name(ev->kind).p : "";
}

/* Reports members that are missing or wrong. */
static enum em_rc
report(struct em_reader *r, const struct native *n)
{
	static const struct em_str none;
	const struct em_event *ev = &n->ev;

	/* An outcome that the protocol does not have is worse: EVO-5. */
	if (!(ev->flags & EM_F_INVALID) && ev->outcome != EM_INVALID) {
		rd_warn(r, "member \"%s\" %s", n->scan.invalid,
		    n->scan.invalid_why);
		return EM_OK;
	}
	r->stats.invalid += (ev->flags & EM_F_INVALID) != 0;
	return rd_bad(r, none, "%s%smember \"%s\" %s", kind_of(ev),
	    ev->kind != EM_UNKNOWN ? ": " : "", n->scan.invalid,
	    n->scan.invalid_why);
}

/* Says what nothing put right up to the end of a run, or of the stream. */
static enum em_rc
report_doubts(struct em_reader *r, struct native *n, const struct em_event *end)
{
	enum em_rc rc = EM_OK;
	const char *why;
	uint64_t line;

	while (
	    rc == EM_OK && (why = judge_doubt(&n->judge, end, &line)) != NULL)
		rc = rd_disorder(r, line, why);
	return rc;
}

static enum em_rc
begin_stream(struct em_reader *r, struct native *n, const struct em_event *ev)
{
	static const struct em_str none;
	enum em_rc rc = report_doubts(r, n, NULL);

	if (rc == EM_OK && n->header && !n->judge.ended)
		rc = rd_bad(r, none,
		    "a second protocol event before the run was complete");
	n->header = true;
	judge_clear(&n->judge);
	return rc == EM_OK ? check_header(r, ev) : rc;
}

/* Reports what is wrong with the event, and what is out of order. */
COLD static enum em_rc
check_event(struct em_reader *r, struct native *n, const char *why)
{
	static const struct em_str none;
	const struct em_event *ev = &n->ev;
	enum em_rc rc = EM_OK;

	if (n->scan.invalid != NULL)
		rc = report(r, n);
	if (rc == EM_OK && ev->kind == EM_PROTOCOL)
		return begin_stream(r, n, ev);
	if (rc == EM_OK && !n->header)
		rc = rd_bad(r, none, "the stream has no protocol event");
	n->header = true;
	if (rc == EM_OK && why != NULL)
		rc = rd_disorder(r, in_lines(r->in), why);
	if (rc == EM_OK && ev->kind == EM_RUN_COMPLETE)
		rc = report_doubts(r, n, ev);
	return rc;
}

/* A line that starts with { and is no event: malformed, or cut (ENC-9). */
static enum em_rc
bad_line(struct em_reader *r, struct native *n, struct em_str line, bool lf)
{
	if (!lf && !r->opts.strict)
		return rd_cut_line(r, line);
	return rd_bad(
	    r, line, "%s at byte %zu", n->scan.error, n->scan.error_at + 1);
}

/* Hands out the event that was scanned. */
static inline enum em_rc
take_event(struct em_reader *r, struct native *n, const struct em_event **ev)
{
	const char *why;
	bool spared;

	n->ev.line = in_lines(r->in);
	if (n->ev.extra.n > 0)
		r->stats.unknown_members += n->ev.extra.n;
	*ev = &n->ev;
	spared = n->spared >> n->ev.kind & 1;
	if (spared && n->header && n->scan.invalid == NULL)
		return EM_OK;
	n->begun = n->said = true;
	why = spared ? NULL : judge_event(&n->judge, &n->ev);
	if (why == NULL && n->header && n->scan.invalid == NULL &&
	    n->ev.kind != EM_PROTOCOL && n->ev.kind != EM_RUN_COMPLETE)
		return EM_OK;
	return check_event(r, n, why);
}

static enum em_rc
take_line(struct em_reader *r, struct native *n, struct em_str line, bool lf,
    const struct em_event **ev)
{
	if (!scan_line(&n->scan, line, &n->ev))
		return bad_line(r, n, line, lf);
	return take_event(r, n, ev);
}

/* A line that is not all there yet, or no event. */
COLD static enum em_rc
next_slow(struct em_reader *r, struct native *n, const struct em_event **ev)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct em_str line, text;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	if (rc == EM_EOF && !n->said)
		rd_empty(r);
	if (rc == EM_EOF && report_doubts(r, n, NULL) != EM_OK)
		return EM_ERR;
	if (rc != EM_OK)
		return rc;
	if (!n->begun && str_starts(line, mark))
		line = str_from(line, strlen(mark));
	n->begun = true;
	text = str_trim(line);
	if (text.n == 0)
		return EM_OK;
	n->said = true;
	if (text.p[0] == '{')
		return take_line(r, n, line, lf, ev);
	/* As noise the event would be lost without a word. */
	if (str_starts(text, mark) &&
	    str_starts(str_from(text, strlen(mark)), "{"))
		return rd_bad(r, line, "a byte order mark inside the stream");
	return rd_noise(r, line);
}

static enum em_rc
native_next(struct em_reader *r, const struct em_event **ev)
{
	struct native *n = r->state;
	struct em_str bytes = in_peek(r->in);

	if (!scan_ahead(&n->scan, bytes, &n->ev) ||
	    !in_take_line(r->in, n->ev.raw.n)) {
		arena_reset(&r->arena);
		return next_slow(r, n, ev);
	}
	return take_event(r, n, ev);
}

/* ---- writing ---- */

static void
write_strs(struct em_out *out, const struct em_strs *l, bool quoted)
{
	out_byte(out, '[');
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			out_byte(out, ',');
		if (quoted)
			em_out_json_str(out, l->v[i]);
		else
			em_out_write(out, l->v[i]);
	}
	out_byte(out, ']');
}

static void
write_pairs(struct em_out *out, const struct em_pairs *l)
{
	out_byte(out, '{');
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			out_byte(out, ',');
		em_out_json_str(out, l->v[i].key);
		out_byte(out, ':');
		if (l->v[i].json)
			em_out_write(out, l->v[i].value);
		else
			em_out_json_str(out, l->v[i].value);
	}
	out_byte(out, '}');
}

static void
write_b64(struct em_writer *w, struct em_str s)
{
	struct arena a;

	arena_init(&a, SIZE_MAX / 4);
	out_byte(w->out, '"');
	em_out_write(w->out, arena_b64_encode(&a, s));
	out_byte(w->out, '"');
	if (a.failed)
		err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	arena_free(&a);
}

/*
 * What is written of em_fields[i]: its key as it stands behind another member.
 * The members of an object are em_fields[first] and so on.
 */
struct native_member {
	struct em_str key, key_b64; /* ,"name": */
	unsigned char first, n;
};

/* The members that a kind of event may carry, by their place in em_fields. */
enum { FIELDS_MAX = 128 }; /* more than there are */

struct native_kind {
	struct em_str head; /* {"event":"case_start" */
	unsigned char n, v[FIELDS_MAX];
};

struct native_writer {
	struct native_member member[FIELDS_MAX];
	struct native_kind kind[EM_KINDS];
};

/* Text of any bytes. */
static void
write_bytes(struct em_writer *w, const struct native_member *m,
    const struct em_field *f, struct em_str s)
{
	if (f->type == EM_T_DATA || str_utf8_valid(s) < s.n) {
		em_out_write(w->out, m->key_b64);
		write_b64(w, s);
	} else {
		em_out_write(w->out, m->key);
		em_out_json_str(w->out, s);
	}
}

/* A value that is there, and neither text nor an integer. */
static void
write_other(struct em_out *out, const struct em_field *f, const void *at)
{
	switch (f->type) {
	case EM_T_NUM:
		em_out_write(out, *(const struct em_str *)at);
		break;
	case EM_T_TIME:
		out_byte(out, '"');
		out_time(out, *(const int64_t *)at, -1);
		out_byte(out, '"');
		break;
	case EM_T_TRI:
		em_out_puts(out,
		    *(const enum em_tri *)at == EM_TRUE ? "true" : "false");
		break;
	case EM_T_OUTCOME:
		em_out_json_str(
		    out, em_outcome_name(*(const enum em_outcome *)at));
		break;
	case EM_T_STRS:
	case EM_T_NUMS:
		write_strs(out, at, f->type == EM_T_STRS);
		break;
	case EM_T_PAIRS:
		write_pairs(out, at);
		break;
	default:
		break;
	}
}

/* Writes the member if it is there. */
static void
write_member(struct em_writer *w, const struct native_member *m,
    const struct em_field *f, const struct em_event *ev)
{
	const void *at = (const char *)ev + f->offset;
	const struct em_str *s = at;
	const int64_t *n = at;

	switch (f->type) {
	case EM_T_STR:
		if (s->p == NULL)
			return;
		em_out_write(w->out, m->key);
		em_out_json_str(w->out, *s);
		break;
	case EM_T_INT:
	case EM_T_COUNT:
		if (*n == EM_UNSET)
			return;
		em_out_write(w->out, m->key);
		out_i64(w->out, *n);
		break;
	case EM_T_BYTES:
	case EM_T_DATA:
		if (s->p != NULL)
			write_bytes(w, m, f, *s);
		break;
	default:
		if (!em_field_present(f, ev))
			return;
		em_out_write(w->out, m->key);
		write_other(w->out, f, at);
		break;
	}
}

/* Unknown members of the object named in (NULL: of the event). */
static void
write_extra(struct em_out *out, const struct em_event *ev, const char *in)
{
	for (size_t i = 0; i < ev->extra.n; i++) {
		const struct em_member *m = &ev->extra.v[i];

		if (in == NULL ? m->in.p != NULL : !str_eq(m->in, in))
			continue;
		em_out_puts(out, ",\"");
		em_out_write(out, m->key);
		em_out_puts(out, "\":");
		em_out_write(out, m->value);
	}
}

/* An object is there when one of its known members is. */
static void
write_object(struct em_writer *w, const struct native_member *object,
    const struct em_field *f, const struct em_event *ev)
{
	const struct native_writer *nw = w->state;
	size_t end = (size_t)object->first + object->n, i = object->first;
	struct native_member first;

	while (i < end && !em_field_present(&em_fields[i], ev))
		i++;
	if (i == end)
		return;
	em_out_write(w->out, object->key);
	out_byte(w->out, '{');
	/* Without the comma. */
	first = nw->member[i];
	first.key = str_from(first.key, 1);
	write_member(w, &first, &em_fields[i], ev);
	for (i++; i < end; i++)
		write_member(w, &nw->member[i], &em_fields[i], ev);
	write_extra(w->out, ev, f->name);
	out_byte(w->out, '}');
}

static struct native_member
member_of(struct arena *a, const struct em_field *f)
{
	struct native_member m = { .n = 0 };

	m.key = arena_printf(a, ",\"%s\":", f->name);
	if (f->type == EM_T_BYTES || f->type == EM_T_DATA)
		m.key_b64 = arena_printf(a, ",\"%s_b64\":", f->name);
	/* The members of an object stand together. */
	for (size_t i = 0; f->type == EM_T_OBJECT && i < em_fields_count; i++)
		if (em_fields[i].in != NULL &&
		    strcmp(em_fields[i].in, f->name) == 0 && m.n++ == 0)
			m.first = (unsigned char)i;
	return m;
}

static enum em_rc
native_write_open(struct em_writer *w)
{
	struct native_writer *n = w->state;

	for (size_t i = 0; i < em_fields_count; i++)
		n->member[i] = member_of(&w->keep, &em_fields[i]);
	for (size_t kind = 0; kind < EM_KINDS; kind++) {
		struct native_kind *k = &n->kind[kind];
		struct em_str name = em_kind_name((enum em_kind)kind);

		if (name.p != NULL)
			k->head = arena_printf(&w->keep, "{\"event\":\"%.*s\"",
			    (int)name.n, name.p);
		for (size_t i = 0; i < em_fields_count; i++)
			if (em_fields[i].in == NULL &&
			    em_fields[i].kinds & 1u << kind)
				k->v[k->n++] = (unsigned char)i;
	}
	return wr_status(w);
}

static enum em_rc
native_event(struct em_writer *w, const struct em_event *ev)
{
	const struct native_writer *n = w->state;
	const struct native_kind *k = &n->kind[ev->kind];

	if (ev->raw.p != NULL) {
		em_out_write(w->out, ev->raw);
		out_byte(w->out, '\n');
		return EM_OK;
	}
	em_out_write(w->out, k->head);
	if (ev->kind == EM_UNKNOWN) {
		em_out_puts(w->out, "{\"event\":");
		em_out_json_str(w->out, ev->event);
	}
	for (size_t i = 0; i < k->n; i++) {
		const struct native_member *m = &n->member[k->v[i]];
		const struct em_field *f = &em_fields[k->v[i]];

		if (f->type == EM_T_OBJECT)
			write_object(w, m, f, ev);
		else
			write_member(w, m, f, ev);
	}
	write_extra(w->out, ev, NULL);
	em_out_puts(w->out, "}\n");
	return EM_OK;
}

const struct em_format format_native = {
	.info = {
		.name = "native",
		.title = "test-events 1.0, the protocol of testpipe",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct native),
		.open = native_open,
		.next = native_next,
		.order = native_order,
		.close = native_close,
	},
	.write = {
		.state_size = sizeof(struct native_writer),
		.open = native_write_open,
		.event = native_event,
	},
};
