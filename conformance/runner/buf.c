/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"

void
out_of_memory(void)
{
	fputs("tconform: out of memory\n", stderr);
	exit(3);
}

void *
xalloc(size_t n)
{
	void *p = calloc(1, n == 0 ? 1 : n);

	if (p == NULL)
		out_of_memory();
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	p = realloc(p, n == 0 ? 1 : n);
	if (p == NULL)
		out_of_memory();
	return p;
}

char *
xstrndup(const char *s, size_t n)
{
	char *p = xalloc(n + 1);

	memcpy(p, s, n);
	return p;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

static void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	buf_add(b, NULL, 0);
	if (b->size - b->n <= (size_t)n) {
		b->size = b->n + (size_t)n + 1;
		b->p = xrealloc(b->p, b->size);
	}
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
}

char *
xprintf(const char *fmt, ...)
{
	struct buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	return b.p;
}

void
buf_add(struct buf *b, const char *p, size_t n)
{
	if (b->size - b->n <= n) {
		if (n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
			out_of_memory();
		b->size = (b->n + n) * 2 + 64;
		b->p = xrealloc(b->p, b->size);
	}
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_json(struct buf *b, struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	buf_putc(b, '"');
	for (size_t i = 0; i < s.n;) {
		size_t len = json_utf8(p + i, s.n - i);

		if (len == 0) {
			buf_puts(b, "\xef\xbf\xbd");
			i++;
			continue;
		}
		if (p[i] == '"' || p[i] == '\\') {
			buf_putc(b, '\\');
			buf_putc(b, s.p[i]);
		} else if (p[i] == '\n') {
			buf_puts(b, "\\n");
		} else if (p[i] == '\t') {
			buf_puts(b, "\\t");
		} else if (p[i] < 0x20 || p[i] == 0x7f) {
			buf_printf(b, "\\u%04x", p[i]);
		} else {
			buf_add(b, s.p + i, len);
		}
		i += len;
	}
	buf_putc(b, '"');
}

void
buf_tail(struct buf *b, size_t n)
{
	if (b->n <= n)
		return;
	memmove(b->p, b->p + (b->n - n), n);
	b->n = n;
	b->p[n] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->p != NULL ? b->p : "", b->n };
}

const char *
buf_str(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}

void
strings_add(struct strings *l, const char *s)
{
	l->v = xrealloc(l->v, (l->n + 2) * sizeof(*l->v));
	l->v[l->n++] = xstrdup(s);
	l->v[l->n] = NULL;
}

bool
strings_have(const struct strings *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], s) == 0)
			return true;
	return false;
}

void
strings_free(struct strings *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct strings){ 0 };
}

bool
read_file(const char *path, struct buf *b)
{
	char piece[65536];
	FILE *f = fopen(path, "rb");
	size_t n;
	int e;

	if (f == NULL)
		return false;
	buf_add(b, NULL, 0);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(b, piece, n);
	e = ferror(f) ? (errno != 0 ? errno : EIO) : 0;
	fclose(f);
	errno = e;
	return e == 0;
}
