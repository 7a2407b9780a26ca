/* SPDX-License-Identifier: MIT */
/*
 * subunit version 1: lines of text, one test after the other.
 *
 *   test: NAME
 *   success: NAME                      also successful skip xfail uxsuccess
 *   failure: NAME [                    failure error: with details, up to ]
 *   failure: NAME [ multipart          with parts as in MIME, in chunks
 *   failure: NAME [ text ]             what cmocka writes
 *   time: 2026-01-01 00:00:00.5Z       tags: a -b       progress: +1
 *
 * The specification lets the colons be left out, which makes text of other
 * programs look like tests; nobody writes it so, and it is not read so.
 */
#include <string.h>

#include "subunit.h"

enum { PIECE = 64 * 1024 }; /* of a chunk, passed on at once */

enum state {
	AT_LINE,
	AT_DETAIL, /* lines up to ] */
	AT_PART, /* Content-Type of a part, or ] */
	AT_PART_NAME,
	AT_CHUNK, /* its length */
	AT_CHUNK_BYTES
};

struct subunit1 {
	struct subunit_model model;
	enum state state;
	int64_t now_ns;
	struct buf test; /* the name of the test that is open */
	/* Of what looked like the start of another: text, unless an outcome
	 * of that name comes. */
	struct buf next;
	struct buf all_tags, tags; /* " a b ": of all tests, of this one */
	struct buf detail;
	enum subunit_status status; /* that the details belong to */
	struct buf mime, file;
	size_t left; /* of the chunk */
	bool open, waiting; /* test and next hold a name */
	bool any, done;
};

struct keyword {
	const char *word;
	enum subunit_status status;
};

static const struct keyword keywords[] = {
	{ "test: ", SUBUNIT_INPROGRESS },
	{ "testing: ", SUBUNIT_INPROGRESS },
	{ "success: ", SUBUNIT_SUCCESS },
	{ "successful: ", SUBUNIT_SUCCESS },
	{ "failure: ", SUBUNIT_FAIL },
	{ "error: ", SUBUNIT_ERROR },
	{ "skip: ", SUBUNIT_SKIP },
	{ "xfail: ", SUBUNIT_XFAIL },
	{ "uxsuccess: ", SUBUNIT_UXSUCCESS },
};

/* Takes the keyword off the line; NONE when there is none. */
static enum subunit_status
cut_keyword(struct em_str *line)
{
	for (size_t i = 0; i < ARRAY_LEN(keywords); i++)
		if (str_starts(*line, keywords[i].word)) {
			*line = str_from(*line, strlen(keywords[i].word));
			return keywords[i].status;
		}
	return SUBUNIT_NONE;
}

static struct em_str
without_cr(struct em_str line)
{
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* True when the outcome `rest` is of the test called name; what follows the
 * name is in *tail. */
static bool
is_outcome_of(struct em_str rest, struct em_str name, struct em_str *tail)
{
	if (rest.n < name.n ||
	    (name.n > 0 && memcmp(rest.p, name.p, name.n) != 0))
		return false;
	*tail = str_from(rest, name.n);
	return tail->n == 0 || str_starts(*tail, " [");
}

/* ---- recognition ---- */

/*
 * A start and an outcome of the same test are as good as a signature.  A
 * start alone is a test that hangs, if the input begins with it.
 */
static int
probe(struct em_str head, bool eof)
{
	struct em_str line, test = { NULL, 0 }, tail;
	int bits = 0;

	if (str_starts(head, "test: "))
		bits = 8 * (int)strlen("test: ");
	while (head.n > 0) {
		bool whole = str_cut(&head, '\n', &line);
		enum subunit_status status;

		if (!whole && !eof)
			break;
		line = without_cr(line);
		status = cut_keyword(&line);
		if (status == SUBUNIT_INPROGRESS && test.p == NULL)
			test = line;
		else if (status > SUBUNIT_INPROGRESS && test.p != NULL &&
		    is_outcome_of(line, test, &tail))
			return PROBE_SURE;
	}
	return eof ? bits : PROBE_MORE;
}

/* ---- tags ---- */

/* Puts a tag into the set, or takes it out. */
static void
change_tag(struct em_reader *r, struct buf *set, struct em_str tag, bool add)
{
	struct em_str key = arena_printf(
	    &r->arena, " %.*s ", (int)str_upto(tag, 4096).n, tag.p);
	struct em_str old;
	ptrdiff_t at;

	if (key.p == NULL)
		return;
	if (set->n == 0)
		buf_add(set, EM_STR(" "));
	at = str_find_str(buf_str(set), key);
	if (add && at < 0)
		buf_add(set, str_from(key, 1));
	if (add || at < 0)
		return;
	old = arena_dup(&r->arena, buf_str(set));
	buf_reset(set);
	buf_add(set, str_upto(old, (size_t)at));
	buf_add(set, str_from(old, (size_t)at + key.n - 1));
}

static void
change_tags(struct em_reader *r, struct buf *set, struct em_str list)
{
	struct em_str tag;

	while (list.n > 0) {
		str_cut(&list, ' ', &tag);
		tag = str_trim(tag);
		if (str_starts(tag, "-"))
			change_tag(r, set, str_from(tag, 1), false);
		else if (tag.n > 0)
			change_tag(r, set, tag, true);
	}
}

static struct em_strs
tag_list(struct arena *a, struct em_str set)
{
	struct em_str tag, *v;
	size_t n = 0;

	for (size_t i = 0; i < set.n; i++)
		n += set.p[i] == ' ';
	v = arena_alloc(a, n * sizeof(*v));
	n = 0;
	while (v != NULL && set.n > 0) {
		str_cut(&set, ' ', &tag);
		if (tag.n > 0)
			v[n++] = tag;
	}
	return (struct em_strs){ v, n };
}

/* ---- packets ---- */

static void
set_buf(struct buf *b, struct em_str s)
{
	buf_reset(b);
	buf_add(b, s);
}

static void
send(struct em_reader *r, struct subunit1 *s, struct subunit_packet *p)
{
	struct buf *set = s->open ? &s->tags : &s->all_tags;

	p->id = arena_utf8(&r->arena, buf_str(&s->test));
	p->time_ns = s->now_ns;
	p->tags = tag_list(&r->arena, buf_str(set));
	p->has_tags = p->status != SUBUNIT_NONE && p->tags.n > 0;
	if (s->test.failed || set->failed)
		r->keep.failed = true;
	subunit_model_packet(r, &s->model, p);
}

static void
start_test(struct em_reader *r, struct subunit1 *s, struct em_str name)
{
	struct subunit_packet p;

	set_buf(&s->test, name);
	set_buf(&s->tags, buf_str(&s->all_tags));
	s->open = true;
	s->waiting = false;
	subunit_packet_init(&p);
	p.status = SUBUNIT_INPROGRESS;
	send(r, s, &p);
}

static void
end_test(struct em_reader *r, struct subunit1 *s)
{
	struct subunit_packet p;

	subunit_packet_init(&p);
	p.status = s->status;
	send(r, s, &p);
	s->open = s->waiting = false;
	s->state = AT_LINE;
}

static void
send_file(struct em_reader *r, struct subunit1 *s, struct em_str name,
    struct em_str mime, struct em_str content, bool eof)
{
	struct subunit_packet p;

	subunit_packet_init(&p);
	p.file = name;
	p.mime = mime;
	p.content = content;
	p.eof = eof;
	send(r, s, &p);
}

/* Plain details go where those of version 2 are, by the outcome. */
static void
send_detail(struct em_reader *r, struct subunit1 *s, struct em_str text)
{
	struct em_str mime = EM_STR("text/plain; charset=utf8");

	if (s->status == SUBUNIT_SKIP)
		send_file(r, s, EM_STR("reason"), mime, text, true);
	else if (s->status == SUBUNIT_SUCCESS || s->status == SUBUNIT_UXSUCCESS)
		send_file(r, s, EM_STR("message"), mime, text, true);
	else
		send_file(r, s, EM_STR("traceback"),
		    EM_STR("text/x-traceback; charset=utf8"), text, true);
}

/* ---- lines ---- */

/* A line that is nothing else: written by the test that is open. */
static enum em_rc
take_text(struct em_reader *r, struct subunit1 *s, struct em_str line, bool lf)
{
	if (!s->open)
		return subunit_model_text(r, &s->model, line);
	if (lf)
		line = arena_join(&r->arena, line, EM_STR("\n"));
	send_file(r, s, EM_STR("stdout"), EM_STR("application/octet-stream"),
	    line, false);
	return EM_OK;
}

/* What follows the name of an outcome: nothing, or where details begin. */
static void
take_tail(struct em_reader *r, struct subunit1 *s, struct em_str tail)
{
	buf_reset(&s->detail);
	if (str_eq(tail, " [")) {
		s->state = AT_DETAIL;
	} else if (str_eq(tail, " [ multipart")) {
		s->state = AT_PART;
	} else {
		if (str_ends(tail, "]"))
			tail.n--;
		if (tail.n > 0)
			send_detail(r, s, str_trim(str_from(tail, 2)));
		end_test(r, s);
	}
}

static enum em_rc
take_outcome(struct em_reader *r, struct subunit1 *s, struct em_str line,
    struct em_str rest, enum subunit_status status, bool lf)
{
	struct em_str tail;
	ptrdiff_t at = str_find(rest, " [");

	if (s->waiting && is_outcome_of(rest, buf_str(&s->next), &tail)) {
		/* The test that was open has died. */
		start_test(r, s, arena_dup(&r->arena, buf_str(&s->next)));
	} else if (!s->open && at > 0) {
		/* Set-up that failed has no start; the bracket tells it from
		 * text. */
		start_test(r, s, str_upto(rest, (size_t)at));
		tail = str_from(rest, (size_t)at);
	} else if (!s->open || !is_outcome_of(rest, buf_str(&s->test), &tail)) {
		return take_text(r, s, line, lf);
	}
	s->status = status;
	take_tail(r, s, tail);
	return EM_OK;
}

static enum em_rc
take_start(struct em_reader *r, struct subunit1 *s, struct em_str line,
    struct em_str name, bool lf)
{
	if (!s->open) {
		start_test(r, s, name);
		return EM_OK;
	}
	set_buf(&s->next, name);
	s->waiting = true;
	return take_text(r, s, line, lf);
}

static enum em_rc
take_time(struct em_reader *r, struct subunit1 *s, struct em_str line,
    struct em_str value)
{
	char quoted[80];

	if (str_time(value, &s->now_ns))
		return EM_OK;
	return rd_bad(
	    r, line, "time \"%s\" is no time", err_quote(quoted, value));
}

/* How many tests are to come; the rest is for progress bars. */
static enum em_rc
take_progress(struct em_reader *r, struct subunit1 *s, struct em_str line,
    struct em_str value)
{
	char quoted[80];
	int64_t n;

	if (str_eq(value, "push") || str_eq(value, "pop"))
		return EM_OK;
	if (!str_i64(value, &n))
		return rd_bad(r, line, "progress \"%s\" is no number",
		    err_quote(quoted, value));
	if (n > 0 && s->model.planned == EM_UNSET)
		s->model.planned = n;
	return EM_OK;
}

static enum em_rc
take_line(struct em_reader *r, struct subunit1 *s, struct em_str line, bool lf)
{
	struct em_str rest = without_cr(line);
	enum subunit_status status = cut_keyword(&rest);

	if (status == SUBUNIT_INPROGRESS)
		return take_start(r, s, line, rest, lf);
	if (status != SUBUNIT_NONE)
		return take_outcome(r, s, line, rest, status, lf);
	if (str_starts(rest, "time: "))
		return take_time(r, s, line, str_from(rest, 6));
	if (str_starts(rest, "progress: "))
		return take_progress(r, s, line, str_trim(str_from(rest, 10)));
	if (str_starts(rest, "tags: ")) {
		change_tags(
		    r, s->open ? &s->tags : &s->all_tags, str_from(rest, 6));
		return EM_OK;
	}
	return take_text(r, s, line, lf);
}

/* ---- details ---- */

/* A line that starts with ] is written with a blank before it. */
static void
take_detail(
    struct em_reader *r, struct subunit1 *s, struct em_str line, bool lf)
{
	if (str_eq(without_cr(line), "]")) {
		send_detail(r, s, buf_str(&s->detail));
		end_test(r, s);
		return;
	}
	if (str_starts(line, " ]"))
		line = str_from(line, 1);
	buf_add(&s->detail, line);
	if (lf)
		buf_add(&s->detail, EM_STR("\n"));
	if (s->detail.failed)
		r->keep.failed = true;
}

/* Multipart that is none: the outcome stands, the rest is read as lines. */
static enum em_rc
bad_part(struct em_reader *r, struct subunit1 *s, struct em_str line,
    const char *what)
{
	char quoted[80];
	enum em_rc rc = rd_bad(r, line, "%s expected in details, got \"%s\"",
	    what, err_quote(quoted, without_cr(line)));

	end_test(r, s);
	return rc;
}

static enum em_rc
take_part(struct em_reader *r, struct subunit1 *s, struct em_str line)
{
	line = without_cr(line);
	if (str_eq(line, "]")) {
		end_test(r, s);
		return EM_OK;
	}
	if (!str_starts(line, "Content-Type: "))
		return bad_part(r, s, line, "Content-Type");
	set_buf(&s->mime, str_from(line, sizeof("Content-Type: ") - 1));
	s->state = AT_PART_NAME;
	return EM_OK;
}

static bool
hex_size(struct em_str s, size_t *n)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	*n = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *d = memchr(digits, s.p[i], sizeof(digits) - 1);

		if (d == NULL || *n > SIZE_MAX >> 8)
			return false;
		*n = *n << 4 | (size_t)((d - digits) & 15);
	}
	return s.n > 0;
}

static enum em_rc
take_chunk(struct em_reader *r, struct subunit1 *s, struct em_str line)
{
	if (!hex_size(without_cr(line), &s->left))
		return bad_part(r, s, line, "the length of a chunk");
	s->state = s->left > 0 ? AT_CHUNK_BYTES : AT_PART;
	if (s->left == 0)
		send_file(r, s, buf_str(&s->file), buf_str(&s->mime),
		    EM_STR(""), true);
	return EM_OK;
}

/* In pieces whose size does not depend on how the input comes.  EM_EOF when it
 * ends within the chunk. */
static enum em_rc
take_chunk_bytes(struct em_reader *r, struct subunit1 *s)
{
	size_t want = s->left < PIECE ? s->left : PIECE;
	struct em_str head = str_upto(in_peek(r->in), want);
	enum em_rc rc = EM_OK;

	if (head.n < want && (rc = in_more(r->in)) == EM_OK)
		return EM_OK;
	head = str_upto(in_peek(r->in), want);
	if (head.n == 0)
		return rc;
	send_file(r, s, buf_str(&s->file), buf_str(&s->mime), head, false);
	in_consume(r->in, head.n);
	s->left -= head.n;
	if (s->left == 0)
		s->state = AT_CHUNK;
	return EM_OK;
}

/* ---- the reader ---- */

static enum em_rc
subunit1_open(struct em_reader *r)
{
	struct subunit1 *s = r->state;
	struct buf *const bufs[] = { &s->test, &s->next, &s->all_tags, &s->tags,
		&s->detail, &s->mime, &s->file };

	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		buf_init(bufs[i], r->opts.limits.memory_max);
	subunit_model_init(&s->model);
	s->now_ns = EM_UNSET;
	rd_protocol(r, EM_STR("subunit"), (struct em_str){ NULL, 0 });
	return EM_OK;
}

static void
subunit1_close(struct em_reader *r)
{
	struct subunit1 *s = r->state;

	buf_free(&s->test);
	buf_free(&s->next);
	buf_free(&s->all_tags);
	buf_free(&s->tags);
	buf_free(&s->detail);
	buf_free(&s->mime);
	buf_free(&s->file);
	subunit_model_free(&s->model);
}

/* Details without their end: what is there of them counts. */
static void
end_input(struct em_reader *r, struct subunit1 *s)
{
	if (s->done)
		return;
	s->done = true;
	if (s->state == AT_LINE)
		return;
	rd_cut(r, "the input ends in the details of a test");
	if (s->state == AT_DETAIL)
		send_detail(r, s, buf_str(&s->detail));
	end_test(r, s);
	subunit_model_cut(r, &s->model);
}

static enum em_rc
subunit1_step(struct em_reader *r)
{
	struct subunit1 *s = r->state;
	struct em_str line = { NULL, 0 };
	bool lf = false;
	enum em_rc rc;

	if (s->state == AT_CHUNK_BYTES && !s->done)
		rc = take_chunk_bytes(r, s);
	else
		rc = in_line(r->in, &line, &lf);
	if (rc == EM_EOF) {
		end_input(r, s);
		return subunit_model_end(r, &s->model) ? EM_EOF : EM_OK;
	}
	if (rc != EM_OK || line.p == NULL)
		return rc;
	switch (s->state) {
	case AT_LINE:
		return take_line(r, s, line, lf);
	case AT_DETAIL:
		take_detail(r, s, line, lf);
		return EM_OK;
	case AT_PART:
		return take_part(r, s, line);
	case AT_PART_NAME:
		set_buf(&s->file, without_cr(line));
		s->state = AT_CHUNK;
		return EM_OK;
	default:
		return take_chunk(r, s, line);
	}
}

const struct em_format format_subunit1 = {
	.info = {
		.name = "subunit1",
		.title = "subunit version 1, text",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct subunit1),
		.open = subunit1_open,
		.step = subunit1_step,
		.close = subunit1_close,
	},
};
