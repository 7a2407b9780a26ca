/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "jsondoc.h"

enum {
	FEED = 64 * 1024,
	HEAD_MAX = 4 * 1024 * 1024, /* what a probe may ask for */
};

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct em_str
skip_space(struct em_str s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* Whether s starts as an object or as an array of objects does. */
static int
starts_document(struct em_str s, bool eof)
{
	struct em_str in;

	if (s.n == 0)
		return eof ? 0 : PROBE_MORE;
	if (s.p[0] != '{' && s.p[0] != '[')
		return 0;
	in = skip_space(str_from(s, 1));
	if (in.n == 0)
		return eof ? 1 : PROBE_MORE;
	return strchr(s.p[0] == '{' ? "\"}" : "{]", in.p[0]) != NULL;
}

int
jdoc_find(struct em_str *head, bool eof)
{
	struct em_str s = *head, line;
	int rc;

	if (str_starts(s, "\xef\xbb\xbf"))
		s = str_from(s, 3);
	for (;;) {
		s = skip_space(s);
		rc = starts_document(s, eof);
		if (rc != 0) {
			*head = s;
			return rc;
		}
		if (!str_cut(&s, '\n', &line))
			return eof ? 0 : PROBE_MORE;
	}
}

/* ---- documents ---- */

/* How many bytes of s belong to the document. */
static size_t
document_part(struct jdoc *d, struct em_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (d->escape) {
			d->escape = false;
		} else if (d->string) {
			d->string = c != '"';
			d->escape = c == '\\';
		} else if (c == '"') {
			d->string = true;
		} else if (c == '{' || c == '[') {
			d->depth++;
		} else if ((c == '}' || c == ']') && --d->depth == 0) {
			d->closed = true;
			return i + 1;
		}
	}
	return s.n;
}

static enum em_rc
over(struct jdoc *d, bool complete, enum em_rc then)
{
	d->over = true;
	d->complete = complete;
	d->then = then;
	return EM_OK;
}

static enum em_rc
malformed(struct em_reader *r, struct jdoc *d, const struct em_error *e)
{
	return over(d, false, foreign_malformed(r, d->line, e));
}

static enum em_rc
feed(struct em_reader *r, struct jdoc *d)
{
	struct em_str part = str_upto(in_peek(r->in), FEED);
	struct em_error e = { .code = EM_E_NONE };
	enum em_rc rc;

	part.n = document_part(d, part);
	rc = json_stream_feed(d->stream, part, &e);
	if (rc == EM_OK && d->closed)
		rc = json_stream_finish(d->stream, &e);
	if (rc == EM_ERR) {
		in_consume_upto(
		    r->in, part.n, d->line + e.line - in_lines(r->in));
		return malformed(r, d, &e);
	}
	in_consume_lines(r->in, part.n);
	return d->closed ? over(d, true, EM_OK) : EM_OK;
}

static enum em_rc
cut_short(struct em_reader *r, struct jdoc *d)
{
	struct em_error e = { .code = EM_E_NONE };

	/* What is wrong besides being cut is said, too. */
	if (json_stream_finish(d->stream, &e) == EM_ERR &&
	    e.code != EM_E_TRUNCATED)
		return malformed(r, d, &e);
	rd_cut(r, "the document is cut short");
	return over(d, false, EM_EOF);
}

static enum em_rc
finish(struct em_reader *r, struct jdoc *d)
{
	if (!d->end(r, d->complete))
		return EM_OK;
	json_stream_free(d->stream);
	d->stream = NULL;
	return d->then;
}

static enum em_rc
start(struct em_reader *r, struct jdoc *d)
{
	d->stream = json_stream_new(
	    d->wants, r, r->opts.limits.depth_max, r->opts.limits.memory_max);
	if (d->stream == NULL)
		return err_set(&r->err, EM_E_MEMORY, 0, "out of memory");
	if (d->any)
		d->opening.sent = false;
	d->depth = 0;
	d->string = d->escape = d->closed = d->over = false;
	d->any = true;
	d->line = in_lines(r->in);
	d->begin(r);
	return EM_OK;
}

/* Whether a document of the format starts here.  The one that the user says
 * is there is taken at its first brace. */
static int
ours(struct em_reader *r, struct jdoc *d, bool eof)
{
	struct em_str head = in_peek(r->in);
	int rc = starts_document(head, eof);

	if (rc != 1 || (!d->any && r->opts.format != NULL))
		return rc;
	return r->format->probe(head, eof || head.n >= HEAD_MAX);
}

static enum em_rc
seek(struct em_reader *r, struct jdoc *d)
{
	struct em_str head = in_peek(r->in), line;
	bool lf;
	int rc;

	if (in_bytes(r->in) == 0 && str_starts(head, "\xef\xbb\xbf"))
		in_consume(r->in, 3);
	head = in_peek(r->in);
	in_consume_lines(r->in, head.n - skip_space(head).n);
	head = in_peek(r->in);
	rc = head.n > 0 ? ours(r, d, false) : PROBE_MORE;
	if (rc == PROBE_MORE) {
		enum em_rc more = in_more(r->in);

		if (more != EM_EOF)
			return more;
		rc = ours(r, d, true);
	}
	if (rc > 0)
		return start(r, d);
	if (head.n > 0 && in_line(r->in, &line, &lf) == EM_OK)
		return opening_noise(r, &d->opening, line);
	if (!d->any)
		rd_cut(r, "there is no document in the input");
	return EM_EOF;
}

enum em_rc
jdoc_step(struct em_reader *r, struct jdoc *d)
{
	enum em_rc rc;

	if (d->stream == NULL)
		return seek(r, d);
	if (d->over)
		return finish(r, d);
	if (in_peek(r->in).n > 0)
		return feed(r, d);
	rc = in_more(r->in);
	if (rc == EM_EOF)
		return cut_short(r, d);
	return rc == EM_ERR ? over(d, false, rc) : rc;
}

void
jdoc_close(struct jdoc *d)
{
	json_stream_free(d->stream);
}

/* ---- lines ---- */

static const struct em_str none;

enum em_rc
jline_next(struct em_reader *r, struct opening *o, const struct json **v,
    struct em_str *line)
{
	struct em_error e = { .code = EM_E_NONE };
	struct em_str text;
	bool lf;
	enum em_rc rc = in_line(r->in, line, &lf);

	*v = NULL;
	if (rc != EM_OK)
		return rc;
	if (in_lines(r->in) == 1 && str_starts(*line, "\xef\xbb\xbf"))
		*line = str_from(*line, 3);
	text = str_trim(*line);
	if (text.n == 0)
		return EM_OK;
	if (text.p[0] != '{')
		return opening_noise(r, o, *line);
	*v = json_parse(&r->arena, text, r->opts.limits.depth_max, &e);
	if (*v != NULL || r->arena.failed)
		return EM_OK;
	opening_send(r, o, none, none);
	return rd_bad_json(r, *line, lf, &e);
}

/* ---- values ---- */

static bool
is_scalar(const struct json *v)
{
	return v->type != JSON_OBJECT && v->type != JSON_ARRAY;
}

static bool
is_property(const struct json *v)
{
	if (v->type != JSON_ARRAY)
		return is_scalar(v);
	for (v = v->child; v != NULL; v = v->next)
		if (!is_scalar(v))
			return false;
	return true;
}

struct em_pairs
jdoc_properties(struct arena *a, const struct json *v)
{
	struct json some = { .type = JSON_OBJECT };
	const struct json **tail = &some.child;

	if (v == NULL || v->type != JSON_OBJECT)
		return (struct em_pairs){ NULL, 0 };
	for (const struct json *m = v->child; m != NULL; m = m->next) {
		struct json *copy;

		if (!is_property(m))
			continue;
		copy = arena_alloc(a, sizeof(*copy));
		if (copy == NULL)
			break;
		*copy = *m;
		copy->next = NULL;
		*tail = copy;
		tail = &copy->next;
	}
	return json_pairs(a, &some);
}
