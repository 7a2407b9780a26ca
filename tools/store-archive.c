/* SPDX-License-Identifier: MIT */
/*
 * tstore export and import.  A portable file is, for each run, a frame that
 * says how long it is, and its file; so it can be read from a pipe, several
 * can be put together, and whatever reads zstd reads the streams.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store-tool.h"

/* ---- export ---- */

static int
io_error(struct cli *c, const char *path)
{
	cli_say(c, "%s: %s", path != NULL ? path : "recording",
	    path != NULL ? strerror(errno) : "out of memory");
	return ST_IO;
}

/* What is there now: a run that is being recorded goes on growing. */
static bool
copy_bytes(int fd, struct em_out *out, uint64_t n)
{
	char buf[64 * 1024];

	while (n > 0) {
		ssize_t got =
		    read(fd, buf, n < sizeof(buf) ? (size_t)n : sizeof(buf));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		em_out_write(out, (struct em_str){ buf, (size_t)got });
		n -= (uint64_t)got;
	}
	return true;
}

static int
export_run(struct cli *c, const struct store_run *run)
{
	struct tstore *t = c->state;
	char *path = paths_run(t->store, &run->id);
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	struct pack pack = { .id = run->id };
	struct stat info;
	int st = ST_OK;

	if (fd >= 0 && fstat(fd, &info) == 0) {
		pack.size = (uint64_t)info.st_size;
		pack_write(c->out, &pack);
		if (!copy_bytes(fd, c->out, pack.size))
			st = io_error(c, path);
	} else {
		st = io_error(c, path);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return st;
}

static void
warn_of_contents(struct tstore *t, const struct store_run *run)
{
	struct em_event *start = store_start(t->store, run);
	char id[STORE_ID_SIZE];

	if (start == NULL)
		return;
	store_id_text(&run->id, id);
	cli_note(t->store->cli,
	    "%s: it carries the command, the directory, %zu variables of the "
	    "environment and all that tests printed",
	    id, start->env.n);
	em_event_free(start);
}

static int
export_portable(struct cli *c, const struct store_run *runs, size_t n)
{
	int st = ST_OK;

	if (c->output == NULL && isatty(STDOUT_FILENO))
		return cli_usage(
		    c, "a portable file is not for a terminal, use -o FILE");
	for (size_t i = 0; i < n && st == ST_OK; i++) {
		warn_of_contents(c->state, &runs[i]);
		st = export_run(c, &runs[i]);
	}
	return st;
}

static int
writer_error(struct cli *c, const struct em_error *e)
{
	cli_say(c, "%s", e->msg);
	return cli_status_of(e);
}

static int
finish_writer(struct cli *c, struct em_writer *w)
{
	struct tstore *t = c->state;
	int st = ST_OK;

	if (em_writer_finish(w) != EM_OK && em_out_error(c->out) == NULL)
		st = writer_error(c, em_writer_error(w));
	for (const struct em_loss *l = em_writer_lost(w); l->what != NULL; l++)
		cli_note(c, "format %s cannot hold %s: %llu dropped", t->to,
		    l->what, (unsigned long long)l->count);
	return st;
}

static int
export_format(struct cli *c, const struct store_run *runs, size_t n)
{
	struct tstore *t = c->state;
	const struct em_writer_opts wo = { .format = t->to,
		.options = c->format_options,
		.color = c->color,
		.width = c->width };
	struct em_error err = { 0 };
	struct em_writer *w = em_writer_open(&wo, c->out, &err);
	const struct em_event *ev;
	bool ok = true;
	int st;

	if (w == NULL)
		return writer_error(c, &err);
	for (size_t i = n; ok && i > 0; i--) {
		struct store_stream *in =
		    store_stream_open(t->store, &runs[i - 1], NULL);

		while (ok && in != NULL && store_stream_next(in, &ev))
			ok = em_writer_event(w, ev) == EM_OK;
		store_stream_close(in);
	}
	st = finish_writer(c, w);
	em_writer_close(w);
	return st;
}

static int
export_runs(struct cli *c, const struct store_run *runs, size_t n)
{
	struct tstore *t = c->state;

	return t->to != NULL ? export_format(c, runs, n)
			     : export_portable(c, runs, n);
}

int
tstore_export(struct cli *c)
{
	struct tstore *t = c->state;
	struct store_runs runs;
	struct store_run run;
	int st;

	if (t->all) {
		st = store_list(t->store, &runs);
		if (st == ST_OK)
			st = export_runs(c, runs.v, runs.n);
		if (runs.v != NULL)
			store_runs_free(&runs);
		return st;
	}
	st = store_find(t->store, tstore_operand(c), &run);
	if (st != ST_OK)
		return st;
	st = export_runs(c, &run, 1);
	store_run_free(&run);
	return st;
}

/* ---- import ---- */

struct import {
	struct cli *cli;
	struct store *store;
	const char *name; /* of the input */
	int fd;
	int trouble; /* errno of a read */
	uint64_t room; /* bytes that may still come */
	char *temp;
	size_t added, known, refused;
};

/* Reads all n bytes; fewer at the end. */
static size_t
read_full(struct import *im, char *p, size_t n)
{
	size_t used = 0;

	while (used < n) {
		ssize_t got = read(im->fd, p + used, n - used);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			im->trouble = errno;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used;
}

static int
refuse(struct import *im, int st, const char *why)
{
	cli_say(im->cli, "%s: %s", im->name, why);
	cli_status(im->cli, st);
	im->refused++;
	return st;
}

/* Writes what was read already and up to n bytes more to the temporary. */
static int
spool(struct import *im, struct em_str first, uint64_t n, bool to_end)
{
	char buf[64 * 1024];
	int fd = open(im->temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, first.p, first.n) == (ssize_t)first.n;
	size_t got = 1;
	int st = ST_OK;

	while (ok && (n > 0 || to_end) && got > 0) {
		size_t want =
		    n < sizeof(buf) && !to_end ? (size_t)n : sizeof(buf);

		got = read_full(im, buf, want);
		if (got > im->room) {
			st = refuse(im, ST_UNSUPPORTED,
			    "more than --size-max, nothing of it is kept");
			break;
		}
		im->room -= got;
		ok = write(fd, buf, got) == (ssize_t)got;
		n -= to_end ? 0 : got;
	}
	if (fd < 0 || !ok)
		st = io_error(im->cli, im->temp);
	else if (st == ST_OK && im->trouble != 0)
		st = ST_TRUNCATED; /* import_input() says why. */
	else if (st == ST_OK && n > 0 && !to_end)
		st = refuse(im, ST_TRUNCATED, "the file is cut short");
	if (fd >= 0)
		close(fd);
	return st;
}

/* Reads the stream to its end, so that what is kept can be read, and is not
 * much more than it looks. */
static bool
check_stream(struct import *im, int fd, struct em_error *err)
{
	const struct em_reader_opts ro = { .format = "native" };
	struct em_reader *r = em_reader_fd(&ro, fd, im->name);
	struct tstore *t = im->cli->state;
	const struct em_event *ev;
	enum em_rc rc = EM_ERR;

	err->code = EM_E_MEMORY;
	snprintf(err->msg, sizeof(err->msg), "out of memory");
	while (r != NULL && (rc = em_reader_next(r, &ev)) == EM_OK)
		if (em_reader_stats(r)->bytes > t->total_max)
			break;
	if (r != NULL && rc == EM_ERR)
		*err = *em_reader_error(r);
	if (rc == EM_OK) {
		err->code = EM_E_LIMIT;
		snprintf(err->msg, sizeof(err->msg),
		    "a run holds more than --size-max, it is refused");
	}
	if (r != NULL)
		em_reader_close(r);
	/* A run that was cut was so before. */
	return rc == EM_EOF || (rc == EM_ERR && err->code == EM_E_TRUNCATED);
}

static bool
check_head(int fd, struct store_run *run, struct em_error *err)
{
	struct em_str head;
	struct em_event *start = NULL;
	bool ok = run_file_read(fd, FRAME_HEAD, &head, err);

	if (ok)
		start = meta_read(head, EM_RUN_START, err);
	ok = start != NULL && meta_readable(start, err);
	if (ok && !meta_links(start, run)) {
		err->code = EM_E_SYNTAX;
		snprintf(err->msg, sizeof(err->msg),
		    "a run has an id that is none, it is refused");
		ok = false;
	}
	em_event_free(start);
	free((void *)(uintptr_t)head.p);
	return ok;
}

/* Its end may be missing, but not damaged. */
static bool
check_end(int fd, bool *whole, struct em_error *err)
{
	struct em_str end;
	bool ok = run_file_read(fd, FRAME_END, &end, err);

	*whole = ok && end.p != NULL;
	free((void *)(uintptr_t)end.p);
	return ok;
}

static bool
is_whole(int fd)
{
	struct em_error err = { 0 };
	bool whole;

	return check_end(fd, &whole, &err) && whole;
}

/* Better than what is here: that is not there, or was cut. */
static bool
is_news(struct import *im, const struct store_id *id, int fd)
{
	char *path = paths_run(im->store, id);
	int old = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool news =
	    old < 0 || (!is_whole(old) && is_whole(fd) && !run_file_live(path));

	if (old >= 0)
		close(old);
	free(path);
	return news;
}

static int
keep(struct import *im, const struct store_run *run)
{
	struct em_error err = { 0 };
	char *path = paths_run(im->store, &run->id);
	int st = ST_OK;

	if (path == NULL || rename(im->temp, path) != 0)
		st = io_error(im->cli, path);
	else if (!sync_run(im->store, &run->id, &err) ||
	    !index_touch(im->store->index, &run->id, store_now(), &err))
		st = refuse(im, ST_IO, err.msg);
	else
		im->added++;
	free(path);
	return st;
}

/* What is in the temporary becomes a run of the store. */
static int
take(struct import *im)
{
	struct store_run run = { .state = STORE_CUT };
	struct em_error err = { 0 };
	int fd = open(im->temp, O_RDONLY | O_CLOEXEC), st = ST_OK;
	bool whole;

	if (fd < 0)
		return io_error(im->cli, im->temp);
	if (!check_head(fd, &run, &err) || !check_stream(im, fd, &err) ||
	    !check_end(fd, &whole, &err))
		/* The next one may be better. */
		refuse(im, cli_status_of(&err), err.msg);
	else if (is_news(im, &run.id, fd))
		st = keep(im, &run);
	else
		im->known++;
	close(fd);
	unlink(im->temp);
	return st;
}

static int
import_input(struct import *im)
{
	char first[PACK_SIZE];
	size_t n, runs = 0;
	struct pack pack;
	int st = ST_OK;

	while (st == ST_OK && (n = read_full(im, first, sizeof(first))) > 0) {
		const struct em_str s = { first, n };

		runs++;
		if (pack_read(s, &pack)) {
			st = pack.size > im->room
			    ? refuse(im, ST_UNSUPPORTED,
				  "a run is larger than --size-max, it is "
				  "refused")
			    : spool(im, (struct em_str){ "", 0 }, pack.size,
				  false);
		} else if (runs == 1 && run_file_is(s)) {
			/* The file of a run, as it is in a store. */
			st = spool(im, s, 0, true);
		} else {
			st = refuse(im, ST_MALFORMED,
			    "not a file that tstore export made");
		}
		if (st == ST_OK)
			st = take(im);
	}
	if (im->trouble != 0) {
		refuse(im, ST_IO, strerror(im->trouble));
		st = ST_OK; /* The next file may be better. */
	} else if (runs == 0) {
		st = refuse(im, ST_TRUNCATED, "the file is empty");
	}
	unlink(im->temp);
	return st == ST_IO ? st : ST_OK;
}

static int
import_file(struct import *im, const char *name)
{
	bool std = strcmp(name, "-") == 0;
	struct tstore *t = im->cli->state;
	int st;

	im->name = std ? "standard input" : name;
	im->fd = std ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	im->room = t->total_max;
	im->trouble = 0;
	if (im->fd < 0) {
		cli_status(im->cli, io_error(im->cli, name));
		return ST_OK;
	}
	st = import_input(im);
	if (!std)
		close(im->fd);
	return st;
}

int
tstore_import(struct cli *c)
{
	struct tstore *t = c->state;
	struct import im = { .cli = c, .store = t->store };
	char name[STORE_ID_SIZE + 16], id[STORE_ID_SIZE];
	struct store_id own;
	int st = ST_OK;

	if (!store_id_new(&own))
		return io_error(c, "/dev/urandom");
	store_id_text(&own, id);
	snprintf(name, sizeof(name), "tmp-%s", id);
	im.temp = paths_join(store_dir(t->store), name);
	if (im.temp == NULL)
		return io_error(c, NULL);
	if (c->operand_count == 0)
		st = import_file(&im, "-");
	for (int i = 0; st == ST_OK && i < c->operand_count; i++)
		st = import_file(&im, c->operands[i]);
	cli_note(c, "%zu run%s imported, %zu here already, %zu refused",
	    im.added, im.added == 1 ? "" : "s", im.known, im.refused);
	free(im.temp);
	return st;
}
