/* SPDX-License-Identifier: MIT */
/*
 * Packets of subunit version 2:
 *
 *   b3 FLAGS(2) LENGTH(1..3) [time] [id] [tags] [mime] [file] [route] CRC(4)
 *
 * LENGTH is of all of it.  Numbers have 1 to 4 bytes, the two highest bits
 * say how many; strings are a number and that many bytes of UTF-8 without
 * NUL; a file is its name, a number and that many bytes.
 */
#include <string.h>

#include "codec.h"
#include "subunit.h"

enum {
	F_VERSION = 0xf000,
	F_VERSION_2 = 0x2000,
	F_ID = 0x0800,
	F_ROUTE = 0x0400,
	F_TIME = 0x0200,
	F_RUNNABLE = 0x0100,
	F_TAGS = 0x0080,
	F_FILE = 0x0040,
	F_MIME = 0x0020,
	F_EOF = 0x0010,
	F_RESERVED = 0x0008,
	F_STATUS = 0x0007
};

enum {
	HEAD = 3, /* signature and flags */
	CRC = 4,
	LENGTH_MIN = 8,
	LENGTH_BYTES_MAX = 3,
	NUMBER_MAX = 0x3fffffff
};

static const int64_t second = 1000000000;

void
subunit_packet_init(struct subunit_packet *p)
{
	*p = (struct subunit_packet){ .time_ns = EM_UNSET, .runnable = true };
}

/* ---- reading ---- */

enum field_rc {
	FIELD_OK,
	FIELD_MORE, /* the packet goes on beyond what is there */
	FIELD_BAD
};

/* The fields of a packet, of which the end may not be there yet. */
struct fields {
	const unsigned char *p;
	size_t at, have, end;
	enum field_rc rc; /* sticks */
	const char *why;
};

static void
bad(struct fields *f, const char *why)
{
	if (f->rc == FIELD_OK) {
		f->rc = FIELD_BAD;
		f->why = why;
	}
}

/* True when the next n bytes are there. */
static bool
want(struct fields *f, size_t n)
{
	if (f->rc != FIELD_OK)
		return false;
	if (n > f->end - f->at)
		bad(f, "a field goes beyond the end of the packet");
	else if (f->at > f->have || n > f->have - f->at)
		f->rc = FIELD_MORE;
	return f->rc == FIELD_OK;
}

static uint32_t
get_number(struct fields *f)
{
	uint32_t v;
	size_t extra;

	if (!want(f, 1))
		return 0;
	extra = f->p[f->at] >> 6;
	if (!want(f, 1 + extra))
		return 0;
	v = f->p[f->at++] & 0x3f;
	while (extra-- > 0)
		v = v << 8 | f->p[f->at++];
	return v;
}

/* As much as can be said of text that may go on. */
static bool
is_text(struct em_str s, bool whole)
{
	size_t ok = str_utf8_valid(s);

	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
		return false;
	return ok == s.n || (!whole && s.n - ok < 4);
}

static struct em_str
get_bytes(struct fields *f, bool text)
{
	struct em_str s = { NULL, 0 };
	uint32_t n = get_number(f);
	size_t have;

	if (f->rc != FIELD_OK)
		return s;
	have = f->have > f->at ? f->have - f->at : 0;
	s = (struct em_str){ (const char *)f->p + f->at, n };
	if (n <= f->end - f->at && text &&
	    !is_text(str_upto(s, have), n <= have))
		bad(f, "text is not UTF-8 or has a NUL");
	if (!want(f, n))
		return (struct em_str){ NULL, 0 };
	f->at += n;
	return s;
}

static int64_t
get_time(struct fields *f)
{
	uint32_t s = 0;

	if (!want(f, 4))
		return EM_UNSET;
	for (int i = 0; i < 4; i++)
		s = s << 8 | f->p[f->at++];
	/* More than a second of nanoseconds has been seen: it carries. */
	return s * second + get_number(f);
}

static struct em_strs
get_tags(struct fields *f, struct arena *a)
{
	uint32_t n = get_number(f);
	struct em_str *v;

	/* Each takes a byte at least. */
	if (f->rc == FIELD_OK && n > f->end - f->at)
		bad(f, "more tags than bytes");
	if (f->rc != FIELD_OK || n == 0)
		return (struct em_strs){ NULL, 0 };
	v = arena_alloc(a, n * sizeof(*v));
	for (uint32_t i = 0; v != NULL && i < n; i++)
		v[i] = get_bytes(f, true);
	return (struct em_strs){ v, v != NULL ? n : 0 };
}

static void
get_fields(
    struct fields *f, unsigned flags, struct arena *a, struct subunit_packet *p)
{
	subunit_packet_init(p);
	p->status = (enum subunit_status)(flags & F_STATUS);
	p->runnable = flags & F_RUNNABLE;
	p->eof = flags & F_EOF;
	if (p->status != SUBUNIT_NONE && !(flags & F_ID))
		bad(f, "a status without a test");
	if (flags & F_TIME)
		p->time_ns = get_time(f);
	if (flags & F_ID)
		p->id = get_bytes(f, true);
	p->has_tags = flags & F_TAGS;
	if (flags & F_TAGS)
		p->tags = get_tags(f, a);
	if (flags & F_MIME)
		p->mime = get_bytes(f, true);
	if (flags & F_FILE) {
		p->file = get_bytes(f, true);
		p->content = get_bytes(f, false);
	}
	if (flags & F_ROUTE)
		p->route = get_bytes(f, true);
}

/* The length of the packet, 0 when there is no packet with this header, 1
 * when the header is not there yet. */
static size_t
look_length(const unsigned char *p, size_t n, size_t *at)
{
	size_t bytes, length;

	if (n >= HEAD && (p[2] & F_RESERVED))
		return 0;
	if (n <= HEAD)
		return 1;
	bytes = 1 + (p[HEAD] >> 6);
	if (bytes > LENGTH_BYTES_MAX)
		return 0;
	if (n < HEAD + bytes)
		return 1;
	length = p[HEAD] & 0x3f;
	for (size_t i = 1; i < bytes; i++)
		length = length << 8 | p[HEAD + i];
	*at = HEAD + bytes;
	return length < LENGTH_MIN || length < *at + CRC ? 0 : length;
}

static uint32_t
get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

enum subunit_look
subunit_look(struct em_str s, struct arena *a, struct subunit_packet *p,
    size_t *length, const char **why, uint64_t *work)
{
	const unsigned char *b = (const unsigned char *)s.p;
	struct fields f = { .p = b };
	size_t n = look_length(b, s.n, &f.at);

	*length = n;
	*why = "the header is wrong";
	if (s.n >= 2 && (b[1] << 8 & F_VERSION) != F_VERSION_2) {
		*length = 0;
		*why = NULL;
		return SUBUNIT_NOT;
	}
	if (n == 1)
		*length = HEAD + LENGTH_BYTES_MAX;
	if (n <= 1)
		return n == 0 ? SUBUNIT_NOT : SUBUNIT_MORE;
	f.end = n - CRC;
	f.have = s.n;
	get_fields(&f, (unsigned)b[1] << 8 | b[2], a, p);
	*why = f.why;
	if (f.rc == FIELD_BAD)
		return SUBUNIT_NOT;
	if (s.n < n)
		return SUBUNIT_MORE;
	*work += n;
	if (codec_crc32(str_upto(s, n - CRC)) == get_u32(b + n - CRC))
		return SUBUNIT_PACKET;
	*why = "the checksum is wrong";
	/* Chance would not make the fields end where the packet does. */
	return f.at == f.end ? SUBUNIT_DAMAGED : SUBUNIT_NOT;
}

/* ---- writing ---- */

static void
put_big_endian(struct buf *b, uint32_t v, int bytes)
{
	char tmp[4];

	for (int i = 0; i < bytes; i++)
		tmp[i] = (char)(v >> 8 * (bytes - 1 - i));
	buf_add(b, (struct em_str){ tmp, (size_t)bytes });
}

static int
number_bytes(size_t v)
{
	return v < 0x40 ? 1 : v < 0x4000 ? 2 : v < 0x400000 ? 3 : 4;
}

/* The shortest form, as writers must use. */
static void
put_number(struct buf *b, size_t v)
{
	int bytes = number_bytes(v);

	put_big_endian(
	    b, (uint32_t)v | (uint32_t)(bytes - 1) << (8 * bytes - 2), bytes);
}

static void
put_bytes(struct buf *b, struct em_str s)
{
	/* What is longer fails the check of the packet's length. */
	put_number(b, s.n <= NUMBER_MAX ? s.n : NUMBER_MAX);
	buf_add(b, s);
}

static unsigned
flags_of(const struct subunit_packet *p)
{
	unsigned flags = F_VERSION_2 | p->status;

	flags |= p->id.p != NULL ? F_ID : 0u;
	flags |= p->route.p != NULL ? F_ROUTE : 0u;
	flags |= p->time_ns != EM_UNSET ? F_TIME : 0u;
	flags |= p->runnable ? F_RUNNABLE : 0u;
	flags |= p->has_tags ? F_TAGS : 0u;
	flags |= p->mime.p != NULL ? F_MIME : 0u;
	flags |= p->file.p != NULL ? F_FILE : 0u;
	flags |= p->eof ? F_EOF : 0u;
	return flags;
}

static void
put_fields(struct buf *b, const struct subunit_packet *p)
{
	if (p->time_ns != EM_UNSET) {
		put_big_endian(b, (uint32_t)(p->time_ns / second), 4);
		put_number(b, (size_t)(p->time_ns % second));
	}
	if (p->id.p != NULL)
		put_bytes(b, p->id);
	if (p->has_tags) {
		put_number(b, p->tags.n);
		for (size_t i = 0; i < p->tags.n; i++)
			put_bytes(b, p->tags.v[i]);
	}
	if (p->mime.p != NULL)
		put_bytes(b, p->mime);
	if (p->file.p != NULL) {
		put_bytes(b, p->file);
		put_bytes(b, p->content);
	}
	if (p->route.p != NULL)
		put_bytes(b, p->route);
}

bool
subunit_encode(struct buf *b, const struct subunit_packet *p)
{
	static const char signature = (char)SUBUNIT_SIGNATURE;
	size_t start = b->n, base;
	struct buf fields;
	bool fits;

	buf_init(&fields, SUBUNIT_PACKET_MAX);
	put_fields(&fields, p);
	base = HEAD + fields.n + CRC;
	/* The length counts its own bytes. */
	base += base <= 62 ? 1 : base <= 16381 ? 2 : 3;
	fits = !fields.failed && base <= SUBUNIT_PACKET_MAX;
	if (fits) {
		buf_add(b, (struct em_str){ &signature, 1 });
		put_big_endian(b, flags_of(p), 2);
		put_number(b, base);
		buf_add(b, buf_str(&fields));
		put_big_endian(b,
		    codec_crc32((struct em_str){ b->p + start, b->n - start }),
		    CRC);
	}
	buf_free(&fields);
	return fits && !b->failed;
}

/* ---- media types ---- */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
subunit_mime_is(struct em_str mime, const char *type)
{
	struct em_str head;

	str_cut(&mime, ';', &head);
	head = str_trim(head);
	for (size_t i = 0; i < head.n; i++)
		if (type[i] == '\0' || lower(head.p[i]) != type[i])
			return false;
	return type[head.n] == '\0';
}

struct em_str
subunit_mime_mark(struct em_str mime)
{
	struct em_str param, key;

	str_cut(&mime, ';', &param);
	while (mime.n > 0) {
		str_cut(&mime, ';', &param);
		param = str_trim(param);
		if (str_cut(&param, '=', &key) && str_eq(key, CARRY_NAME))
			return param;
	}
	return (struct em_str){ NULL, 0 };
}
