/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store-parts.h"

struct store_stream {
	struct cli *cli;
	char *path;
	int fd;
	bool cut;
	struct em_reader *reader;
};

/* A recording of another format must not be taken for one of ours. */
static bool
check_format(struct store *s, const struct store_run *run)
{
	struct em_event *start = store_start(s, run);
	bool ok = start != NULL;

	em_event_free(start);
	return ok;
}

/* The stream may be sound when its end is not, so that is no reason to stop. */
static void
check_end(const struct store_stream *in)
{
	struct em_error err = { 0 };
	struct em_str end;

	if (!run_file_read(in->fd, FRAME_END, &end, &err)) {
		cli_say(in->cli, "%s: %s", in->path, err.msg);
		cli_status(in->cli, cli_status_of(&err));
	}
	free((void *)(uintptr_t)end.p);
}

struct store_stream *
store_stream_open(struct store *s, const struct store_run *run,
    const struct em_reader_opts *opts)
{
	struct em_reader_opts ro =
	    opts != NULL ? *opts : (struct em_reader_opts){ 0 };
	struct store_stream *in = calloc(1, sizeof(*in));

	ro.format = "native";
	ro.options = NULL;
	if (in == NULL || !check_format(s, run)) {
		free(in);
		return NULL;
	}
	in->cli = s->cli;
	in->cut = run->state != STORE_WHOLE;
	in->path = paths_run(s, &run->id);
	in->fd = in->path != NULL ? open(in->path, O_RDONLY | O_CLOEXEC) : -1;
	if (in->fd >= 0)
		in->reader = em_reader_fd(&ro, in->fd, in->path);
	if (in->reader != NULL) {
		check_end(in);
		return in;
	}
	cli_say(s->cli, "%s: %s", in->path != NULL ? in->path : "",
	    strerror(errno));
	cli_status(s->cli, ST_IO);
	store_stream_close(in);
	return NULL;
}

/* That a run was cut is known, and no news of its file. */
static void
judge(struct store_stream *in, enum em_rc rc)
{
	const struct em_error *e = em_reader_error(in->reader);

	if (rc == EM_ERR && !(in->cut && e->code == EM_E_TRUNCATED)) {
		cli_say(in->cli, "%s: %s", in->path, e->msg);
		cli_status(in->cli, cli_status_of(e));
	}
	if (em_reader_stats(in->reader)->truncated)
		cli_status(in->cli, ST_TRUNCATED);
}

bool
store_stream_next(struct store_stream *in, const struct em_event **ev)
{
	enum em_rc rc = em_reader_next(in->reader, ev);

	if (rc != EM_OK)
		judge(in, rc);
	return rc == EM_OK;
}

void
store_stream_close(struct store_stream *in)
{
	if (in == NULL)
		return;
	if (in->reader != NULL)
		em_reader_close(in->reader);
	if (in->fd >= 0)
		close(in->fd);
	free(in->path);
	free(in);
}
