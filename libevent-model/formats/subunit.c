/* SPDX-License-Identifier: MIT */
/*
 * subunit version 2: binary packets among text.  A packet is what has a
 * sound header, fields that fit and the right checksum, wherever it starts;
 * every other byte is text.  A damaged packet is set aside up to the next
 * sound one, and reading goes on there.
 */
#include <string.h>

#include "subunit.h"

enum { HEAD = 3, VERSION = 2 }; /* what a packet starts with */
enum { WORK_FACTOR = 16, WORK_FREE = 64 * 1024 * 1024 };

struct subunit {
	struct subunit_model model;
	size_t scanned; /* bytes of the window known to be text */
	uint64_t work; /* bytes checksummed */
	bool begun, eof;
};

/* ---- recognition ---- */

/* One whole packet, wherever it is, is enough; a damaged one that starts the
 * input speaks for it with the signature and the version. */
static int
probe(struct em_str head, bool eof)
{
	static const char signature = (char)SUBUNIT_SIGNATURE;
	int more = eof ? 0 : PROBE_MORE, answer = more;
	struct subunit_packet p;
	struct arena a;
	uint64_t work = 0;
	const char *why;
	size_t length;

	arena_init(&a, (size_t)1 << 24);
	for (size_t at = 0; at < head.n && answer != PROBE_SURE; at++) {
		const char *b = memchr(head.p + at, signature, head.n - at);

		if (b == NULL || work > WORK_FREE)
			break;
		at = (size_t)(b - head.p);
		if (subunit_look(str_from(head, at), &a, &p, &length, &why,
			&work) == SUBUNIT_PACKET)
			answer = PROBE_SURE;
		arena_reset(&a);
	}
	arena_free(&a);
	if (answer == 0 && head.n >= HEAD && head.p[0] == signature &&
	    (unsigned char)head.p[1] >> 4 == VERSION)
		answer = 12;
	return answer;
}

/* ---- reading ---- */

static enum em_rc
subunit_open(struct em_reader *r)
{
	struct subunit *s = r->state;

	subunit_model_init(&s->model);
	rd_protocol(r, EM_STR("subunit"), (struct em_str){ NULL, 0 });
	return EM_OK;
}

static void
subunit_close(struct em_reader *r)
{
	struct subunit *s = r->state;

	subunit_model_free(&s->model);
}

static void
consume(struct em_reader *r, struct subunit *s, size_t n)
{
	in_consume(r->in, n);
	s->scanned = 0;
}

/* More bytes, or the knowledge that there are none. */
static enum em_rc
need_more(struct em_reader *r, struct subunit *s)
{
	enum em_rc rc = in_more(r->in);

	/* A read error is reported by the core once the rest is used up. */
	if (rc == EM_OK)
		return EM_OK;
	s->eof = true;
	return in_error(r->in) != NULL && in_error(r->in)->code == EM_E_LIMIT
	    ? EM_ERR
	    : EM_OK;
}

/* Input that was made to cost time makes checksums of much more than it has
 * bytes. */
static bool
costs_too_much(const struct em_reader *r, const struct subunit *s)
{
	return s->work / WORK_FACTOR >
	    in_bytes(r->in) + in_peek(r->in).n + WORK_FREE;
}

static enum subunit_look
look(struct em_reader *r, struct subunit *s, struct em_str head,
    struct subunit_packet *p, size_t *length, const char **why)
{
	enum subunit_look found;

	if (costs_too_much(r, s))
		return SUBUNIT_NOT;
	found = subunit_look(head, &r->arena, p, length, why, &s->work);
	/* Nothing more will come. */
	return found == SUBUNIT_MORE && s->eof ? SUBUNIT_NOT : found;
}

/*
 * Where a damaged packet at the start of head ends, at most limit: at the
 * next sound one.  False when that is not decided yet.
 */
static bool
damage_end(struct em_reader *r, struct subunit *s, struct em_str head,
    size_t limit, size_t *end)
{
	static const char signature = (char)SUBUNIT_SIGNATURE;
	struct subunit_packet p;
	const char *why;
	size_t length;

	if (limit > head.n && !s->eof)
		return false;
	head = str_upto(head, limit);
	*end = head.n;
	for (size_t at = 1; at < head.n; at++) {
		const char *b = memchr(head.p + at, signature, head.n - at);

		if (b == NULL)
			break;
		at = (size_t)(b - head.p);
		switch (look(
		    r, s, str_from(in_peek(r->in), at), &p, &length, &why)) {
		case SUBUNIT_PACKET:
			*end = at;
			return true;
		case SUBUNIT_MORE:
			return false;
		default:
			break;
		}
	}
	return true;
}

/* Sets aside the packet at the start of the window, which is no good. */
static enum em_rc
set_aside(struct em_reader *r, struct subunit *s, size_t length,
    bool incomplete, const char *why)
{
	struct em_str head = in_peek(r->in);
	const char *lf = memchr(head.p, '\n', head.n);
	size_t end = 0, limit = length;
	enum em_rc rc = EM_OK;
	struct em_event ev;

	/* Without a length it goes to the end of the line. */
	if (limit == 0 && lf == NULL && !s->eof)
		return need_more(r, s);
	if (limit == 0)
		limit = lf != NULL ? (size_t)(lf - head.p) + 1 : head.n;
	if (!damage_end(r, s, head, limit, &end))
		return need_more(r, s);
	if (incomplete && end == head.n) {
		rd_cut(r, "the last packet is cut short");
		subunit_model_cut(r, &s->model);
		em_event_init(&ev, EM_LOG);
		ev.text = head;
		ev.flags = EM_F_MALFORMED;
		rd_emit(r, &ev);
	} else {
		rc = rd_bad(r, str_upto(head, end),
		    "damaged packet at byte %llu: %s",
		    (unsigned long long)in_bytes(r->in) + 1, why);
	}
	consume(r, s, end);
	return rc;
}

static enum em_rc
take_text(struct em_reader *r, struct subunit *s, size_t n, size_t lf)
{
	enum em_rc rc =
	    subunit_model_text(r, &s->model, str_upto(in_peek(r->in), n));

	consume(r, s, n + lf);
	return rc;
}

/* Text up to a line end or to what may be a packet. */
static enum em_rc
scan_text(struct em_reader *r, struct subunit *s)
{
	struct em_str head = in_peek(r->in);
	struct subunit_packet p;
	const char *why;
	size_t length;

	for (; s->scanned < head.n; s->scanned++) {
		unsigned char c = (unsigned char)head.p[s->scanned];

		if (c == '\n')
			return take_text(r, s, s->scanned, 1);
		if (c != SUBUNIT_SIGNATURE)
			continue;
		switch (
		    look(r, s, str_from(head, s->scanned), &p, &length, &why)) {
		case SUBUNIT_PACKET:
		case SUBUNIT_DAMAGED:
			return take_text(r, s, s->scanned, 0);
		case SUBUNIT_MORE:
			return need_more(r, s);
		case SUBUNIT_NOT:
			break;
		}
	}
	return s->eof ? take_text(r, s, head.n, 0) : need_more(r, s);
}

/* At the start of the window, where a packet may start, is a signature. */
static enum em_rc
take_packet(struct em_reader *r, struct subunit *s)
{
	struct em_str head = in_peek(r->in);
	struct subunit_packet p;
	const char *why;
	size_t length;
	enum subunit_look found =
	    subunit_look(head, &r->arena, &p, &length, &why, &s->work);

	switch (found) {
	case SUBUNIT_PACKET:
		subunit_model_packet(r, &s->model, &p);
		consume(r, s, length);
		return EM_OK;
	case SUBUNIT_MORE:
		if (!s->eof)
			return need_more(r, s);
		return set_aside(r, s, head.n, true, "it has no end");
	default:
		if (why != NULL)
			return set_aside(r, s, length, false, why);
		s->scanned = 1;
		return scan_text(r, s);
	}
}

static enum em_rc
subunit_step(struct em_reader *r)
{
	struct subunit *s = r->state;
	struct em_str head = in_peek(r->in);

	if (head.n == 0 && !s->eof)
		return need_more(r, s);
	if (head.n == 0)
		return subunit_model_end(r, &s->model) ? EM_EOF : EM_OK;
	if (costs_too_much(r, s))
		return err_set(&r->err, EM_E_LIMIT, 0,
		    "too many damaged packets around byte %llu",
		    (unsigned long long)in_bytes(r->in) + 1);
	if ((unsigned char)head.p[0] == SUBUNIT_SIGNATURE && s->scanned == 0)
		return take_packet(r, s);
	return scan_text(r, s);
}

const struct em_format format_subunit = {
	.info = {
		.name = "subunit",
		.title = "subunit version 2, binary",
		.flags = EM_FMT_READ | EM_FMT_WRITE | EM_FMT_STREAM_READ |
		    EM_FMT_STREAM_WRITE,
		.losses = "suites and runs but for their failures, slow "
			  "marks, lengths of output left out; others see "
			  "attempts as tests of their own",
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct subunit),
		.open = subunit_open,
		.step = subunit_step,
		.close = subunit_close,
	},
	.write = {
		.state_size = sizeof(struct subunit_writer),
		.open = subunit_write_open,
		.event = subunit_write_event,
		.finish = subunit_write_finish,
		.close = subunit_write_close,
	},
};
