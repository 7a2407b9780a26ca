/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "format_bed.h"
#include "out.h"

enum { ROOM = 64 * 1024 * 1024 };

static void
on_warning(void *arg, const struct em_error *e)
{
	struct bed_read *how = arg;

	if (how->warnings++ == 0)
		snprintf(how->warning, sizeof(how->warning), "%s", e->msg);
}

void
bed_read(const char *format, const char *const *options, struct em_str bytes,
    size_t chunk, struct buf *out, struct bed_read *how)
{
	struct bed_read ignored;
	struct em_reader_opts opts = {
		.format = format, .options = options, .warn = on_warning
	};
	const struct em_event *ev;
	struct em_writer *native;
	struct em_reader *r;
	struct em_out *mem = em_out_mem();

	how = how != NULL ? how : &ignored;
	*how = (struct bed_read){ .warnings = 0 };
	opts.arg = how;
	r = em_reader_mem(&opts, bytes, "test");
	in_chunk(r->in, chunk);
	native = em_writer_open(NULL, mem, NULL);
	while (em_reader_next(r, &ev) == EM_OK)
		if (ev->kind != EM_PROTOCOL)
			ck_assert_int_eq(em_writer_event(native, ev), EM_OK);
	if (em_reader_error(r) != NULL)
		how->err = *em_reader_error(r);
	how->stats = *em_reader_stats(r);
	if (em_reader_format(r) != NULL)
		snprintf(how->format, sizeof(how->format), "%s",
		    em_reader_format(r));
	buf_add(out, em_out_memory(mem));
	em_writer_close(native);
	em_out_close(mem, NULL);
	em_reader_close(r);
}

static void
write_with(const struct em_writer_opts *opts, struct em_str native,
    struct buf *out, struct buf *lost)
{
	struct em_reader_opts from = { .format = "native" };
	struct em_reader *r = em_reader_mem(&from, native, "test");
	struct em_error e = { .code = EM_E_NONE };
	struct em_out *mem = em_out_mem();
	struct em_writer *w = em_writer_open(opts, mem, &e);
	const struct em_event *ev;
	char line[256];

	ck_assert_msg(w != NULL, "%s", e.msg);
	while (em_reader_next(r, &ev) == EM_OK)
		ck_assert_int_eq(em_writer_event(w, ev), EM_OK);
	ck_assert_int_eq(em_writer_finish(w), EM_OK);
	for (const struct em_loss *l = em_writer_lost(w);
	     lost != NULL && l->what != NULL; l++) {
		snprintf(line, sizeof(line), "%s: %u\n", l->what,
		    (unsigned)l->count);
		buf_add(lost, em_str(line));
	}
	buf_add(out, em_out_memory(mem));
	em_writer_close(w);
	em_out_close(mem, NULL);
	em_reader_close(r);
}

void
bed_write(const char *format, const char *const *options, struct em_str native,
    struct buf *out, struct buf *lost)
{
	struct em_writer_opts opts = { .format = format, .options = options };

	write_with(&opts, native, out, lost);
}

void
bed_write_colored(const char *format, struct em_str native, struct buf *out)
{
	struct em_writer_opts opts = { .format = format, .color = true };

	write_with(&opts, native, out, NULL);
}

void
bed_round(const char *format, const char *const *options, struct em_str native,
    struct buf *out)
{
	struct buf there;

	buf_init(&there, ROOM);
	bed_write(format, options, native, &there, NULL);
	bed_read(format, options, buf_str(&there), 0, out, NULL);
	buf_free(&there);
}

void
bed_load(const char *path, struct buf *out)
{
	char part[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	ck_assert_msg(f != NULL, "cannot open %s", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_add(out, (struct em_str){ part, n });
	fclose(f);
}

void
bed_same(struct em_str got, struct em_str want, const char *what)
{
	size_t i = 0;

	if (em_str_eq(got, want))
		return;
	while (i < got.n && i < want.n && got.p[i] == want.p[i])
		i++;
	while (i > 0 && got.p[i - 1] != '\n')
		i--;
	got = str_upto(str_from(got, i), 400);
	want = str_upto(str_from(want, i), 400);
	ck_abort_msg("%s differs:\n-%.*s\n+%.*s", what, (int)want.n, want.p,
	    (int)got.n, got.p);
}

void
bed_each(const char *dir, const char *suffix,
    void (*f)(const char *path, void *arg), void *arg)
{
	char path[1024];
	DIR *d = opendir(dir);
	const struct dirent *e;
	unsigned n = 0;

	ck_assert_msg(d != NULL, "cannot open %s", dir);
	while ((e = readdir(d)) != NULL) {
		if (!str_ends(em_str(e->d_name), suffix))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		f(path, arg);
		n++;
	}
	closedir(d);
	ck_assert_uint_gt(n, 0);
}
