/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"
#include "sink.h"
#include "store.h"

struct sink {
	struct sink *next;
	struct cli *cli;
	const char *spec; /* as the user wrote it */
	char *format; /* NULL: native */
	struct em_out *out;
	struct unfinished *unfinished; /* a document that is not whole yet */
	struct em_writer *writer;
	struct store *store; /* a recording has these two alone */
	struct recorder *recorder;
	int pipe; /* to a command, or -1 */
	pid_t pid;
	bool failed; /* said already, or at its end when it left */
	bool left; /* the command stopped reading */
};

void
sinks_init(struct sinks *s)
{
	s->first = NULL;
	s->last = &s->first;
}

static void
fail_sink(struct sink *k, const char *why)
{
	if (!k->failed)
		cli_say(k->cli, "%s: %s", k->spec, why);
	k->failed = true;
}

/* Starts sh -c COMMAND with a pipe to its standard input. */
static bool
start_command(struct sink *k, const char *command)
{
	int fd[2];

	if (pipe(fd) != 0)
		return false;
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	k->pid = fork();
	if (k->pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		dup2(fd[0], STDIN_FILENO);
		close(fd[0]);
		/* Its output must not mix with the stream on ours. */
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fd[0]);
	k->pipe = fd[1];
	if (k->pid > 0)
		return true;
	close(fd[1]);
	k->pipe = -1;
	return false;
}

/* The format before "=" when it is the name of one, and what is behind. */
static const char *
split_spec(struct sink *k, const char *spec)
{
	const char *eq = strchr(spec, '=');
	struct em_format_info info;

	if (eq == NULL)
		return spec;
	k->format = strndup(spec, (size_t)(eq - spec));
	if (k->format != NULL && em_format_find(k->format, &info))
		return eq + 1;
	/* "dir/a=b.jsonl" is a file, "juint=x" a mistake. */
	if (memchr(spec, '/', (size_t)(eq - spec)) == NULL)
		return NULL;
	free(k->format);
	k->format = NULL;
	return spec;
}

static bool
open_sink(struct sink *k, const char *target, bool append)
{
	struct em_format_info info;
	bool streams = k->format == NULL ||
	    (em_format_find(k->format, &info) &&
		info.flags & EM_FMT_STREAM_WRITE);

	if (strncmp(target, "cmd:", 4) == 0) {
		if (!start_command(k, target + 4)) {
			fail_sink(k, strerror(errno));
			return false;
		}
		k->out = em_out_fd(k->pipe, k->spec);
	} else {
		/* A stream is of use while it grows and when the run dies; a
		 * document only when it is whole. */
		k->out = em_out_file(target,
		    append        ? EM_OUT_APPEND
			: streams ? EM_OUT_DIRECT
				  : EM_OUT_REPLACE);
	}
	if (k->out == NULL) {
		fail_sink(k, "out of memory");
		return false;
	}
	k->unfinished = interrupt_removes(em_out_temporary(k->out));
	if (em_out_error(k->out) != NULL) {
		fail_sink(k, em_out_error(k->out)->msg);
		return false;
	}
	return true;
}

/* What goes wrong with a recording says so itself. */
static int
open_store(struct sink *k, const char *dir)
{
	const struct recorder_opts opts = { .parent = NULL };
	int st;

	k->store =
	    store_open(k->cli, *dir != '\0' ? dir : NULL, STORE_WRITE, &st);
	if (k->store != NULL)
		k->recorder = recorder_begin(k->store, &opts);
	k->failed = k->recorder == NULL;
	return k->failed ? ST_IO : ST_OK;
}

int
sinks_add(struct sinks *s, struct cli *c, const char *spec, bool append)
{
	struct sink *k = calloc(1, sizeof(*k));
	struct em_writer_opts wo = { .options = c->format_options };
	struct em_error err = { 0 };
	const char *target;

	if (k == NULL) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	*k = (struct sink){ .cli = c, .spec = spec, .pipe = -1 };
	*s->last = k;
	s->last = &k->next;
	if (strncmp(spec, "store:", 6) == 0)
		return open_store(k, spec + 6);
	target = split_spec(k, spec);
	if (target == NULL) {
		k->failed = true;
		return cli_usage(c,
		    "unknown output format \"%s\" in \"%s\", see 'tconv "
		    "--list' (a file of that name is \"./%s\")",
		    k->format, spec, spec);
	}
	if (!open_sink(k, target, append))
		return ST_IO;
	wo.format = k->format;
	k->writer = em_writer_open(&wo, k->out, &err);
	if (k->writer == NULL) {
		fail_sink(k, err.msg);
		return cli_status_of(&err);
	}
	return ST_OK;
}

bool
sinks_only_copy(const struct sinks *s)
{
	for (const struct sink *k = s->first; k != NULL; k = k->next)
		if (k->format != NULL || k->recorder != NULL)
			return false;
	return true;
}

bool
sinks_alive(const struct sinks *s)
{
	for (const struct sink *k = s->first; k != NULL; k = k->next)
		if (!k->failed)
			return true;
	return false;
}

/* A failed write.  Why a command stopped reading is known when it ends. */
static void
fail_write(struct sink *k, const struct em_error *e)
{
	if (e != NULL && e->sys == EPIPE && k->pid > 0)
		k->left = k->failed = true;
	else
		fail_sink(k, e != NULL ? e->msg : "cannot write");
}

/* Says why writing failed; nothing is written to the sink from then on. */
static void
check_sink(struct sink *k, enum em_rc rc)
{
	const struct em_error *e;

	if (rc == EM_OK || k->failed)
		return;
	e = em_out_error(k->out);
	if (e == NULL)
		e = em_writer_error(k->writer);
	fail_write(k, e);
}

void
sinks_event(struct sinks *s, const struct em_event *ev)
{
	for (struct sink *k = s->first; k != NULL; k = k->next)
		if (k->recorder != NULL)
			recorder_event(k->recorder, ev);
		else if (!k->failed)
			check_sink(k, em_writer_event(k->writer, ev));
}

void
sinks_flush(struct sinks *s)
{
	for (struct sink *k = s->first; k != NULL; k = k->next)
		if (k->recorder != NULL)
			recorder_flush(k->recorder);
		else if (!k->failed)
			check_sink(k, em_out_flush(k->out));
}

static void
end_command(struct sink *k)
{
	char why[64];
	int st;

	if (k->pid <= 0)
		return;
	if (k->pipe >= 0)
		close(k->pipe);
	while (waitpid(k->pid, &st, 0) < 0)
		if (errno != EINTR)
			return;
	if (WIFSIGNALED(st))
		snprintf(why, sizeof(why), "the command died by signal %d",
		    WTERMSIG(st));
	else if (WEXITSTATUS(st) != 0)
		snprintf(why, sizeof(why), "the command exited with %d",
		    WEXITSTATUS(st));
	else if (k->left)
		snprintf(why, sizeof(why), "the command stopped reading");
	else
		return;
	if (k->left)
		k->failed = false; /* nothing was said yet */
	fail_sink(k, why);
}

static int
close_store(struct sink *k)
{
	const struct recorder_end end = { EM_UNSET, EM_UNSET };
	int st = recorder_finish(k->recorder, &end);

	store_close(k->store);
	/* That there was nothing is no fault of the store. */
	cli_status(k->cli, st);
	return st == ST_TRUNCATED ? ST_OK : st;
}

static int
close_sink(struct sink *k)
{
	struct em_error err = { 0 };

	if (strncmp(k->spec, "store:", 6) == 0)
		return close_store(k);

	if (k->writer != NULL && !k->failed)
		check_sink(k, em_writer_finish(k->writer));
	if (k->writer != NULL && !k->failed)
		for (const struct em_loss *l = em_writer_lost(k->writer);
		     l->what != NULL; l++)
			cli_note(k->cli,
			    "%s: format %s cannot hold %s: %llu dropped",
			    k->spec, k->format, l->what,
			    (unsigned long long)l->count);
	em_writer_close(k->writer);
	if (em_out_close(k->out, &err) != EM_OK && !k->left)
		fail_write(k, &err);
	interrupt_keeps(k->unfinished);
	end_command(k);
	return k->failed ? ST_IO : ST_OK;
}

int
sinks_close(struct sinks *s)
{
	struct sink *next;
	int st = ST_OK;

	for (struct sink *k = s->first; k != NULL; k = next) {
		next = k->next;
		if (close_sink(k) != ST_OK)
			st = ST_IO;
		free(k->format);
		free(k);
	}
	sinks_init(s);
	return st;
}
