/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "codec.h"
#include "core.h"

enum { READ_SIZE = 256 * 1024, SLACK = 64 };

/*
 *   buf       beg            scanned        end          size
 *    | consumed | unconsumed, no LF | unseen | free        | SLACK
 */
struct in {
	int fd; /* -1: memory */
	struct em_str mem; /* what is left of it */
	char *buf;
	size_t size, beg, end;
	size_t scanned; /* whole lines may have been taken beyond it */
	size_t line_max;
	size_t chunk; /* 0: no limit */
	size_t last; /* bytes of the last line, its LF included */
	uint64_t lines;
	uint64_t passed; /* bytes that were in buf before those in it now */
	bool eof, sniffed;
	struct codec *codec;
	char *packed; /* compressed bytes, with a codec */
	struct em_str packed_left;
	void (*idle)(void *arg);
	void *idle_arg;
	void (*tap)(void *arg, struct em_str bytes);
	void *tap_arg;
	struct em_error err;
};

static struct in *
in_new(size_t line_max)
{
	struct in *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->buf = calloc(1, READ_SIZE + SLACK);
	if (in->buf == NULL) {
		free(in);
		return NULL;
	}
	in->size = READ_SIZE;
	in->line_max = line_max;
	in->fd = -1;
	return in;
}

struct in *
in_fd(int fd, size_t line_max)
{
	struct in *in = in_new(line_max);

	if (in != NULL)
		in->fd = fd;
	return in;
}

struct in *
in_mem(struct em_str bytes)
{
	struct in *in = in_new(SIZE_MAX / 4);

	if (in != NULL)
		in->mem = bytes;
	return in;
}

void
in_chunk(struct in *in, size_t n)
{
	in->chunk = n;
}

void
in_on_idle(struct in *in, void (*idle)(void *arg), void *arg)
{
	in->idle = idle;
	in->idle_arg = arg;
}

void
in_on_bytes(
    struct in *in, void (*tap)(void *arg, struct em_str bytes), void *arg)
{
	in->tap = tap;
	in->tap_arg = arg;
}

struct em_str
in_peek(const struct in *in)
{
	return (struct em_str){ in->buf + in->beg, in->end - in->beg };
}

static enum em_rc
line_limit(struct in *in)
{
	return err_set(&in->err, EM_E_LIMIT, in->lines + 1,
	    "line is longer than the limit of %zu bytes", in->line_max);
}

/* Where the first LF of what is unconsumed may be. */
static size_t
unseen(const struct in *in)
{
	return in->scanned > in->beg ? in->scanned : in->beg;
}

/* Room for new bytes behind end: moves to the front, grows when full. */
static enum em_rc
make_room(struct in *in)
{
	size_t held = in->end - in->beg, size = in->size;
	char *p;

	if (in->beg > 0) {
		memmove(in->buf, in->buf + in->beg, held);
		in->scanned = unseen(in) - in->beg;
		in->passed += in->beg;
		in->beg = 0;
		in->end = held;
	}
	if (held > in->line_max)
		return err_set(&in->err, EM_E_LIMIT, in->lines + 1,
		    "line is longer than the limit of %zu bytes", in->line_max);
	if (held < size)
		return EM_OK;
	size *= 2;
	p = realloc(in->buf, size + SLACK);
	if (p == NULL)
		return err_set(&in->err, EM_E_MEMORY, in->lines + 1,
		    "out of memory for a line of %zu bytes", held);
	in->buf = p;
	in->size = size;
	return EM_OK;
}

static bool
would_block(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

/* One read of at most n bytes; 0 at the end, -1 on an error. */
static ssize_t
read_source(struct in *in, char *p, size_t n)
{
	ssize_t got;

	if (in->chunk > 0 && n > in->chunk)
		n = in->chunk;
	if (in->fd < 0) {
		if (n > in->mem.n)
			n = in->mem.n;
		if (n > 0)
			memcpy(p, in->mem.p, n);
		in->mem = str_from(in->mem, n);
		return (ssize_t)n;
	}
	if (in->idle != NULL && would_block(in->fd))
		in->idle(in->idle_arg);
	while ((got = read(in->fd, p, n)) < 0) {
		struct pollfd pfd = { .fd = in->fd, .events = POLLIN };

		if (errno == EAGAIN || errno == EWOULDBLOCK)
			poll(&pfd, 1, -1);
		else if (errno != EINTR)
			break;
	}
	if (got < 0)
		err_sys(&in->err, errno, 0, "cannot read");
	else if (got > 0 && in->tap != NULL)
		in->tap(in->tap_arg, (struct em_str){ p, (size_t)got });
	return got;
}

/* Decompresses into the free part of buf: at least a byte, or the end. */
static enum em_rc
more_unpacked(struct in *in)
{
	size_t made;
	enum em_rc rc;

	for (;;) {
		if (in->packed_left.n == 0) {
			ssize_t n = read_source(in, in->packed, READ_SIZE);

			if (n < 0)
				return EM_ERR;
			if (n == 0) {
				in->eof = true;
				if (codec_open_frame(in->codec))
					err_set(&in->err, EM_E_TRUNCATED, 0,
					    "compressed input is cut short");
				return EM_EOF;
			}
			in->packed_left =
			    (struct em_str){ in->packed, (size_t)n };
		}
		rc = codec_read(in->codec, &in->packed_left, in->buf + in->end,
		    in->size - in->end, &made, &in->err);
		in->end += made;
		if (made > 0)
			return EM_OK;
		if (rc == EM_ERR)
			return EM_ERR;
	}
}

/* After the first bytes: is the input compressed? */
static enum em_rc
sniff(struct in *in)
{
	bool more;
	struct em_str head = in_peek(in);
	enum codec_kind kind = codec_detect(head, &more);

	if (more && !in->eof)
		return EM_OK;
	in->sniffed = true;
	if (kind == CODEC_NONE)
		return EM_OK;
	in->codec = codec_reader(kind);
	in->packed = malloc(READ_SIZE);
	if (in->codec == NULL || in->packed == NULL)
		return err_set(&in->err, EM_E_MEMORY, 0, "out of memory");
	memcpy(in->packed, head.p, head.n);
	in->packed_left = (struct em_str){ in->packed, head.n };
	in->beg = in->end = in->scanned = 0;
	return more_unpacked(in);
}

static enum em_rc
read_more(struct in *in)
{
	ssize_t n;
	enum em_rc rc;

	if (in->codec != NULL)
		return more_unpacked(in);
	do {
		n = read_source(in, in->buf + in->end,
		    (in->sniffed || in->size - in->end < READ_SIZE)
			? in->size - in->end
			: READ_SIZE);
		if (n < 0)
			return EM_ERR;
		in->end += (size_t)n;
		in->eof = n == 0;
		if (!in->sniffed && (rc = sniff(in)) != EM_OK)
			return rc;
	} while (!in->sniffed);
	return in->eof ? EM_EOF : EM_OK;
}

enum em_rc
in_more(struct in *in)
{
	enum em_rc rc;

	if (in->eof)
		return EM_EOF;
	if (in->err.code != EM_E_NONE || make_room(in) != EM_OK)
		return EM_ERR;
	rc = read_more(in);
	/* Whoever looks behind the end of a line finds defined bytes. */
	memset(in->buf + in->end, 0, SLACK);
	return rc;
}

void
in_consume(struct in *in, size_t n)
{
	in->beg += n;
}

void
in_consume_lines(struct in *in, size_t n)
{
	const char *p = in->buf + in->beg, *end = p + n;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		in->lines++;
		p++;
	}
	in_consume(in, n);
}

void
in_consume_upto(struct in *in, size_t n, uint64_t lines)
{
	struct em_str s = str_upto(in_peek(in), n), line;
	size_t used = 0;

	while (lines > 0 && str_cut(&s, '\n', &line)) {
		used = n - s.n;
		lines--;
	}
	in_consume_lines(in, lines > 0 ? n : used);
	if (lines > 0 && n > used)
		in->lines++;
}

bool
in_has_line(const struct in *in)
{
	size_t at = unseen(in);

	return memchr(in->buf + at, '\n', in->end - at) != NULL || in->eof ||
	    in->err.code != EM_E_NONE;
}

enum em_rc
in_line(struct in *in, struct em_str *line, bool *lf)
{
	char *p;
	enum em_rc rc;

	in->scanned = unseen(in);
	while ((p = memchr(in->buf + in->scanned, '\n',
		    in->end - in->scanned)) == NULL) {
		in->scanned = in->end;
		rc = in_more(in);
		if (rc == EM_OK)
			continue;
		if (rc == EM_ERR || in->beg == in->end)
			return rc;
		p = in->buf + in->end;
		break;
	}
	line->p = in->buf + in->beg;
	line->n = (size_t)(p - line->p);
	if (line->n > in->line_max)
		return line_limit(in);
	*lf = p < in->buf + in->end;
	in->last = line->n + *lf;
	in->lines++;
	in_consume(in, in->last);
	return EM_OK;
}

bool
in_take_line(struct in *in, size_t n)
{
	if (n > in->line_max)
		return false;
	in->last = n + 1;
	in->lines++;
	in_consume(in, n + 1);
	return true;
}

void
in_unline(struct in *in)
{
	in->beg -= in->last;
	in->scanned = in->beg;
	in->lines--;
	in->last = 0;
}

uint64_t
in_lines(const struct in *in)
{
	return in->lines;
}

uint64_t
in_bytes(const struct in *in)
{
	return in->passed + in->beg;
}

bool
in_at_end(const struct in *in)
{
	return in->eof || in->err.code != EM_E_NONE;
}

const struct em_error *
in_error(const struct in *in)
{
	return in->err.code == EM_E_NONE ? NULL : &in->err;
}

void
in_close(struct in *in)
{
	if (in == NULL)
		return;
	codec_free(in->codec);
	free(in->packed);
	free(in->buf);
	free(in);
}
