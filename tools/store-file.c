/* SPDX-License-Identifier: MIT */
/*
 * The file of a run:
 *
 *	head | sets | check | the stream in zstd | check | end
 *
 * Head, sets (of reruns alone), checks and end are frames that zstd skips, so
 * that whatever reads zstd reads the stream.  The size of the end is repeated
 * behind it, to be found from the end of the file.  A check has the CRC-32 of
 * the frames on its side; files of format 1.0 have none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-parts.h"

enum {
	HEADER = 12, /* the magic of the frame, its size, our tag */
	TRAILER = 8, /* of the end: its size, "TPEN" */
	CHECK = HEADER + 4,
	PAYLOAD_MAX = 256 * 1024 * 1024
};

static const char skippable[] = "\x5c\x2a\x4d\x18";
static const char tags[][5] = { "TPH1", "TPS1", "TPE1" };
static const char last[] = "TPEN";
static const char checked[] = "TPC1";
static const char packed[] = "TPP1";

static bool
fail(struct em_error *err, const char *what, const char *path)
{
	err->code = EM_E_IO;
	err->sys = errno;
	if (path != NULL)
		snprintf(err->msg, sizeof(err->msg), "cannot %s \"%s\": %s",
		    what, path, strerror(errno));
	else
		snprintf(err->msg, sizeof(err->msg), "cannot %s: %s", what,
		    strerror(errno));
	return false;
}

static bool
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
	return true;
}

static void
put32(char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(n >> (8 * i) & 0xff);
}

static uint32_t
get32(const char *p)
{
	uint32_t n = 0;

	for (int i = 0; i < 4; i++)
		n |= (uint32_t)(unsigned char)p[i] << (8 * i);
	return n;
}

static size_t
frame_size(enum frame tag, struct em_str payload)
{
	return HEADER + payload.n + (tag == FRAME_END ? TRAILER : 0);
}

static void
put_frame(char *p, enum frame tag, struct em_str payload)
{
	size_t all = frame_size(tag, payload);

	memcpy(p, skippable, 4);
	put32(p + 4, (uint32_t)(all - 8));
	memcpy(p + 8, tags[tag], 4);
	memcpy(p + HEADER, payload.p, payload.n);
	if (tag == FRAME_END) {
		put32(p + all - 8, (uint32_t)all);
		memcpy(p + all - 4, last, 4);
	}
}

/* That of gzip: bit by bit, since it is of little. */
static uint32_t
crc32_of(const char *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void
put_check(char *p, const char *of, size_t n)
{
	memcpy(p, skippable, 4);
	put32(p + 4, CHECK - 8);
	memcpy(p + 8, checked, 4);
	put32(p + HEADER, crc32_of(of, n));
}

/* One write for all, so that a file has them or none; more may be absent. */
static bool
write_frames(int fd, enum frame tag, struct em_str payload, struct em_str more,
    struct em_error *err)
{
	size_t n = frame_size(tag, payload);
	size_t all = n + (more.p != NULL ? frame_size(FRAME_SETS, more) : 0);
	char *p, *frames;
	bool ok;

	if (payload.n > PAYLOAD_MAX || more.n > PAYLOAD_MAX) {
		errno = EFBIG;
		return fail(err, "write what is known of the run", NULL);
	}
	p = malloc(all + CHECK);
	if (p == NULL)
		return fail(err, "write the recording", NULL);
	/* The end is the last, to be found. */
	frames = tag == FRAME_END ? p + CHECK : p;
	put_frame(frames, tag, payload);
	if (more.p != NULL)
		put_frame(frames + n, FRAME_SETS, more);
	put_check(tag == FRAME_END ? p : p + all, frames, all);
	ok = write_all(fd, p, all + CHECK) ||
	    fail(err, "write the recording", NULL);
	free(p);
	return ok;
}

/* The system takes the lock off whatever ends the process.  Where it has no
 * locks the run looks as if it had been cut, until it ends. */
static void
lock(int fd)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)fcntl(fd, F_SETLK, &l);
}

bool
run_file_live(const char *path)
{
	struct flock l = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool live;

	if (fd < 0)
		return false;
	live = fcntl(fd, F_GETLK, &l) == 0 && l.l_type != F_UNLCK;
	close(fd);
	return live;
}

bool
run_file_create(struct run_file *f, const char *path, struct em_str head,
    struct em_str sets, struct em_error *err)
{
	*f = (struct run_file){ .path = strdup(path) };
	f->fd =
	    open(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (f->fd < 0 || f->path == NULL) {
		fail(err, "create", path);
		run_file_abandon(f);
		return false;
	}
	lock(f->fd);
	if (write_frames(f->fd, FRAME_HEAD, head, sets, err))
		return true;
	unlink(path);
	run_file_abandon(f);
	return false;
}

bool
run_file_begin(struct run_file *f, struct em_error *err)
{
	f->out = em_out_file(f->path, EM_OUT_APPEND);
	if (f->out != NULL && em_out_error(f->out) == NULL)
		return true;
	if (f->out != NULL) {
		*err = *em_out_error(f->out);
		return false;
	}
	errno = ENOMEM;
	return fail(err, "write", f->path);
}

bool
run_file_end(struct run_file *f, struct em_str end, struct em_error *err)
{
	bool ok = em_out_close(f->out, err) == EM_OK;

	f->out = NULL;
	ok = ok &&
	    write_frames(
		f->fd, FRAME_END, end, (struct em_str){ NULL, 0 }, err);
	run_file_abandon(f);
	return ok;
}

void
run_file_abandon(struct run_file *f)
{
	em_out_discard(f->out);
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	*f = (struct run_file){ .fd = -1 };
}

/* Is there a frame of that tag at the offset?  Gives the size of it all. */
static bool
frame_at(int fd, off_t at, enum frame tag, size_t *size)
{
	char h[HEADER];

	if (pread(fd, h, sizeof(h), at) != HEADER ||
	    memcmp(h, skippable, 4) != 0 || memcmp(h + 8, tags[tag], 4) != 0)
		return false;
	*size = (size_t)get32(h + 4) + 8;
	return *size >= HEADER && *size <= PAYLOAD_MAX + HEADER + TRAILER;
}

/* Where the frame begins; -1: it is not there. */
static off_t
find_frame(int fd, enum frame tag, size_t *size)
{
	struct stat st;
	char t[TRAILER];
	off_t at = 0;

	if (tag == FRAME_SETS) {
		if (!frame_at(fd, 0, FRAME_HEAD, size))
			return -1;
		at = (off_t)*size;
	} else if (tag == FRAME_END) {
		if (fstat(fd, &st) != 0 || st.st_size < HEADER + TRAILER ||
		    pread(fd, t, TRAILER, st.st_size - TRAILER) != TRAILER ||
		    memcmp(t + 4, last, 4) != 0)
			return -1;
		at = st.st_size - (off_t)get32(t);
		if (at < 0)
			return -1;
	}
	return frame_at(fd, at, tag, size) ? at : -1;
}

/* Do n bytes at the offset have the sum of the check that is elsewhere?  Where
 * there is none they do. */
static bool
sum_fits(int fd, off_t at, size_t n, off_t check, struct em_error *err)
{
	char c[CHECK], *p;
	bool fits;

	if (pread(fd, c, CHECK, check) != CHECK ||
	    memcmp(c, skippable, 4) != 0 || memcmp(c + 8, checked, 4) != 0)
		return true;
	p = malloc(n + 1);
	if (p == NULL)
		return fail(err, "read the recording", NULL);
	fits = pread(fd, p, n, at) == (ssize_t)n &&
	    crc32_of(p, n) == get32(c + HEADER);
	free(p);
	if (!fits) {
		err->code = EM_E_SYNTAX;
		snprintf(err->msg, sizeof(err->msg),
		    "the file is damaged: what it says of the run is not what "
		    "was written");
	}
	return fits;
}

/* The same for what was written together with the frame. */
static bool
is_sound(int fd, off_t at, size_t size, enum frame tag, struct em_error *err)
{
	size_t head = 0, sets = 0;

	if (tag == FRAME_END)
		return at < CHECK || sum_fits(fd, at, size, at - CHECK, err);
	if (!frame_at(fd, 0, FRAME_HEAD, &head))
		return true;
	if (!frame_at(fd, (off_t)head, FRAME_SETS, &sets))
		sets = 0;
	return sum_fits(fd, 0, head + sets, (off_t)(head + sets), err);
}

bool
run_file_read(
    int fd, enum frame tag, struct em_str *payload, struct em_error *err)
{
	size_t size, trailer = tag == FRAME_END ? TRAILER : 0;
	off_t at = find_frame(fd, tag, &size);
	struct stat st;
	char *p;

	*payload = (struct em_str){ NULL, 0 };
	if (at < 0)
		return true;
	/* The size is that of what is there, whatever the frame states. */
	if (fstat(fd, &st) != 0 || (off_t)size > st.st_size - at ||
	    size < HEADER + trailer)
		return true;
	if (!is_sound(fd, at, size, tag, err))
		return false;
	size -= HEADER + trailer;
	p = malloc(size + 1);
	if (p == NULL)
		return fail(err, "read the recording", NULL);
	if (pread(fd, p, size, at + HEADER) != (ssize_t)size) {
		free(p);
		return fail(err, "read the recording", NULL);
	}
	*payload = (struct em_str){ p, size };
	return true;
}

/* ---- portable files ---- */

bool
run_file_is(struct em_str first)
{
	return first.n >= HEADER && memcmp(first.p, skippable, 4) == 0 &&
	    memcmp(first.p + 8, tags[FRAME_HEAD], 4) == 0;
}

void
pack_write(struct em_out *out, const struct pack *p)
{
	char b[PACK_SIZE + 1];

	memcpy(b, skippable, 4);
	put32(b + 4, PACK_SIZE - 8);
	memcpy(b + 8, packed, 4);
	put32(b + HEADER, (uint32_t)p->size);
	put32(b + HEADER + 4, (uint32_t)(p->size >> 32));
	store_id_text(&p->id, b + HEADER + 8);
	em_out_write(out, (struct em_str){ b, PACK_SIZE });
}

bool
pack_read(struct em_str s, struct pack *p)
{
	const char *b = s.p;

	if (s.n < PACK_SIZE || memcmp(b, skippable, 4) != 0 ||
	    get32(b + 4) != PACK_SIZE - 8 || memcmp(b + 8, packed, 4) != 0)
		return false;
	p->size = get32(b + HEADER) | (uint64_t)get32(b + HEADER + 4) << 32;
	return store_id_parse(
	    (struct em_str){ b + HEADER + 8, STORE_ID_SIZE - 1 }, &p->id);
}
