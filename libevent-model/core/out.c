/* SPDX-License-Identifier: MIT */
/* realpath() is of X/Open. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec.h"
#include "out.h"

/* A write beyond the size of a pipe blocks half-way and costs three times
 * the wall time, so the buffer is a pipe's size. */
enum { OUT_SIZE = 64 * 1024 };

struct em_out {
	int fd; /* -1: memory */
	char *buf;
	size_t n;
	char *path, *temp; /* a file to be renamed into place */
	const char *name; /* for messages */
	struct codec *codec;
	char *packed;
	struct buf mem;
	uint64_t replaced;
	struct em_error err;
};

static struct em_out *
out_new(const char *name)
{
	struct em_out *out = calloc(1, sizeof(*out));

	if (out == NULL)
		return NULL;
	out->fd = -1;
	out->name = name;
	out->buf = malloc(OUT_SIZE);
	if (out->buf == NULL) {
		free(out);
		return NULL;
	}
	return out;
}

struct em_out *
em_out_fd(int fd, const char *name)
{
	struct em_out *out = out_new(name);

	if (out != NULL)
		out->fd = fd;
	return out;
}

struct em_out *
em_out_mem(void)
{
	struct em_out *out = out_new("memory");

	if (out != NULL)
		buf_init(&out->mem, SIZE_MAX / 4);
	return out;
}

/* The descriptor that a path stands for, or -1.  Opened by its path, it would
 * be written from its start, and a file in its place be renamed over it. */
static int
descriptor_of(const char *path)
{
	struct em_str s = em_str(path);
	int64_t n;

	if (str_eq(s, "/dev/stdout"))
		return STDOUT_FILENO;
	if (str_eq(s, "/dev/stderr"))
		return STDERR_FILENO;
	if (str_starts(s, "/dev/fd/") &&
	    str_i64(str_from(s, strlen("/dev/fd/")), &n) && n >= 0 &&
	    n <= INT_MAX)
		return (int)n;
	return -1;
}

/* A symbolic link stays, and what it leads to is replaced. */
static void
follow_link(struct em_out *out)
{
	struct stat st;
	char *real;

	if (lstat(out->path, &st) != 0 || !S_ISLNK(st.st_mode))
		return;
	real = realpath(out->path, NULL);
	if (real == NULL)
		return;
	free(out->path);
	out->path = real;
	out->name = real;
}

/* Opens the temporary beside out->path; a path that is not a regular file
 * (/dev/null, a FIFO) is written to directly. */
static int
open_temp(struct em_out *out)
{
	struct stat st;
	mode_t mask;
	size_t n;
	int fd;

	if (stat(out->path, &st) == 0 && !S_ISREG(st.st_mode))
		return open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	follow_link(out);
	n = strlen(out->path) + sizeof(".XXXXXX");
	out->temp = malloc(n);
	if (out->temp == NULL)
		return -1;
	snprintf(out->temp, n, "%s.XXXXXX", out->path);
	fd = mkstemp(out->temp);
	if (fd < 0) {
		free(out->temp);
		out->temp = NULL;
		return -1;
	}
	mask = umask(0);
	umask(mask);
	(void)fchmod(fd, 0666 & ~mask);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

struct em_out *
em_out_file(const char *path, enum em_out_mode mode)
{
	struct em_out *out = out_new(path);
	enum codec_kind kind = codec_of_name(path);

	if (out == NULL)
		return NULL;
	out->path = strdup(path);
	out->name = out->path;
	if (kind != CODEC_NONE) {
		out->codec = codec_writer(kind);
		out->packed = malloc(OUT_SIZE);
	}
	if (out->path == NULL ||
	    (kind != CODEC_NONE &&
		(out->codec == NULL || out->packed == NULL))) {
		err_set(&out->err, EM_E_MEMORY, 0, "out of memory");
		return out;
	}
	if (descriptor_of(path) >= 0)
		out->fd = fcntl(descriptor_of(path), F_DUPFD_CLOEXEC, 3);
	else if (mode == EM_OUT_REPLACE)
		out->fd = open_temp(out);
	else
		out->fd = open(path,
		    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
			(mode == EM_OUT_APPEND ? O_APPEND : O_TRUNC),
		    0666);
	if (out->fd < 0)
		err_sys(&out->err, errno, 0, "cannot create \"%s\"", path);
	return out;
}

struct em_str
em_out_memory(const struct em_out *out)
{
	struct em_out *o = (struct em_out *)(uintptr_t)out;

	if (o->fd < 0)
		em_out_flush(o);
	return buf_str(&o->mem);
}

static void
write_all(struct em_out *out, const char *p, size_t n)
{
	while (n > 0 && out->err.code == EM_E_NONE) {
		ssize_t done = write(out->fd, p, n);

		if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd w = { .fd = out->fd, .events = POLLOUT };

			poll(&w, 1, -1);
		} else if (done < 0 && errno != EINTR) {
			err_sys(&out->err, errno, 0, "cannot write \"%s\"",
			    out->name);
		} else if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
}

static void
write_packed(struct em_out *out, struct em_str s, enum codec_flush how)
{
	size_t made;
	enum em_rc rc;

	do {
		rc = codec_write(out->codec, &s, out->packed, OUT_SIZE, &made,
		    how, &out->err);
		write_all(out, out->packed, made);
	} while (rc == EM_OK && out->err.code == EM_E_NONE &&
	    (s.n > 0 || how != CODEC_RUN));
}

/* s, which is not in the buffer, and in pieces of the buffer's size. */
static void
put_bytes(struct em_out *out, struct em_str s)
{
	if (out->err.code != EM_E_NONE || s.n == 0)
		return;
	if (out->codec != NULL) {
		write_packed(out, s, CODEC_RUN);
		return;
	}
	if (out->fd < 0) {
		buf_add(&out->mem, s);
		if (out->mem.failed)
			err_set(&out->err, EM_E_MEMORY, 0, "out of memory");
		return;
	}
	while (s.n > 0) {
		struct em_str head = str_upto(s, OUT_SIZE);

		write_all(out, head.p, head.n);
		s = str_from(s, head.n);
	}
}

static void
drain(struct em_out *out)
{
	put_bytes(out, (struct em_str){ out->buf, out->n });
	out->n = 0;
}

void
em_out_write(struct em_out *out, struct em_str s)
{
	if (s.n <= OUT_SIZE - out->n) {
		if (s.n > 0)
			memcpy(out->buf + out->n, s.p, s.n);
		out->n += s.n;
		return;
	}
	if (out->n > 0) {
		/* Fill up first, so that pipes are written to in whole
		 * buffers. */
		size_t room = OUT_SIZE - out->n;

		memcpy(out->buf + out->n, s.p, room);
		out->n = OUT_SIZE;
		s = str_from(s, room);
		drain(out);
	}
	if (s.n >= OUT_SIZE) {
		size_t whole = s.n - s.n % OUT_SIZE;

		put_bytes(out, str_upto(s, whole));
		s = str_from(s, whole);
	}
	if (s.n > 0)
		memcpy(out->buf, s.p, s.n);
	out->n = s.n;
}

char *
out_reserve(struct em_out *out, size_t n)
{
	if (OUT_SIZE - out->n < n)
		drain(out);
	return out->buf + out->n;
}

void
out_commit(struct em_out *out, size_t n)
{
	out->n += n;
}

void
out_replace(struct em_out *out)
{
	out->replaced++;
}

uint64_t
out_replaced(const struct em_out *out)
{
	return out->replaced;
}

void
out_rewind(struct em_out *out)
{
	out->n = 0;
	buf_reset(&out->mem);
}

void
out_byte(struct em_out *out, char c)
{
	if (out->n == OUT_SIZE)
		drain(out);
	out->buf[out->n++] = c;
}

void
em_out_puts(struct em_out *out, const char *s)
{
	em_out_write(out, em_str(s));
}

void
em_out_printf(struct em_out *out, const char *fmt, ...)
{
	char small[512], *p = small;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n >= sizeof(small)) {
		p = malloc((size_t)n + 1);
		if (p == NULL) {
			err_set(&out->err, EM_E_MEMORY, 0, "out of memory");
			return;
		}
		va_start(ap, fmt);
		vsnprintf(p, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	em_out_write(out, (struct em_str){ p, (size_t)n });
	if (p != small)
		free(p);
}

enum em_rc
em_out_flush(struct em_out *out)
{
	drain(out);
	if (out->codec != NULL && out->err.code == EM_E_NONE)
		write_packed(out, (struct em_str){ "", 0 }, CODEC_FLUSH);
	return out->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}

const struct em_error *
em_out_error(const struct em_out *out)
{
	return out->err.code == EM_E_NONE ? NULL : &out->err;
}

const char *
em_out_temporary(const struct em_out *out)
{
	return out->temp;
}

/* Puts a finished file in place, or takes the unfinished one away. */
static void
settle_file(struct em_out *out)
{
	if (out->fd >= 0 && close(out->fd) != 0)
		err_sys(&out->err, errno, 0, "cannot write \"%s\"", out->name);
	if (out->temp == NULL)
		return;
	if (out->err.code == EM_E_NONE && rename(out->temp, out->path) != 0)
		err_sys(&out->err, errno, 0, "cannot create \"%s\"", out->path);
	if (out->err.code != EM_E_NONE)
		unlink(out->temp);
}

static void
out_free(struct em_out *out)
{
	codec_free(out->codec);
	buf_free(&out->mem);
	free(out->packed);
	free(out->temp);
	free(out->path);
	free(out->buf);
	free(out);
}

enum em_rc
em_out_close(struct em_out *out, struct em_error *err)
{
	enum em_rc rc;

	if (out == NULL)
		return EM_OK;
	drain(out);
	if (out->codec != NULL && out->err.code == EM_E_NONE)
		write_packed(out, (struct em_str){ "", 0 }, CODEC_END);
	if (out->path != NULL)
		settle_file(out);
	rc = out->err.code == EM_E_NONE ? EM_OK : EM_ERR;
	if (err != NULL && rc == EM_ERR)
		*err = out->err;
	out_free(out);
	return rc;
}

void
em_out_discard(struct em_out *out)
{
	if (out == NULL)
		return;
	if (out->path != NULL && out->fd >= 0)
		close(out->fd);
	if (out->temp != NULL)
		unlink(out->temp);
	out_free(out);
}
