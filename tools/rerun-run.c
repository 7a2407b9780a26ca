/* SPDX-License-Identifier: MIT */
/* What is done with the tests that are due: printed, or handed to a command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rerun.h"

/* The words of a command in a string, which have no spaces in them. */
static void
add_words(struct commands *out, const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		words_add(out, &out->base, words, n);
		words += n + (words[n] == ' ');
	}
}

bool
rerun_make(const struct rerun_job *job, struct commands *cmds,
    struct em_out *out, struct rerun_list l)
{
	commands_init(cmds, job->cli, job->bytes_max);
	cmds->list = out;
	cmds->version = job->version;
	if (job->command != NULL)
		commands_base(cmds, job->command);
	else if (job->runner->command != NULL)
		add_words(cmds, job->runner->command);
	/* An invocation is a file even when it is empty. */
	if (l.n > 0 || job->runner->command == NULL)
		job->runner->format(cmds, l);
	commands_end(cmds);
	if (cmds->failed)
		cli_say(job->cli, "out of memory");
	return !cmds->failed;
}

static bool
print_to(const struct rerun_job *job, struct em_out *out, struct rerun_list l)
{
	struct commands cmds;
	bool ok = rerun_make(job, &cmds, out, l);

	if (ok)
		commands_print(&cmds, out);
	commands_free(&cmds);
	return ok;
}

/* Programs get names as they are; who looks at them on a terminal gets none
 * that steers it. */
int
rerun_print(const struct rerun_job *job, struct rerun_list l)
{
	struct em_out *out = job->cli->out, *text;
	bool ok;

	if (job->cli->output != NULL || !isatty(STDOUT_FILENO))
		return print_to(job, out, l) ? ST_OK : ST_IO;
	text = em_out_mem();
	ok = text != NULL && print_to(job, text, l);
	if (ok)
		em_out_plain(out, em_out_memory(text), "");
	em_out_discard(text);
	return ok ? ST_OK : ST_IO;
}

/* ---- a CI matrix ---- */

static bool
matrix_part(const struct rerun_job *job, size_t i, size_t parts, int64_t load,
    struct rerun_list l)
{
	struct em_out *text = em_out_mem(), *out = job->cli->out;
	struct commands cmds;
	bool ok;

	if (text == NULL)
		return false;
	ok = rerun_make(job, &cmds, text, l);
	commands_print(&cmds, text);
	em_out_printf(out,
	    "%s{\"id\":%zu,\"part\":\"%zu/%zu\",\"tests\":%zu,"
	    "\"estimated_s\":%.3f,\"%s\":",
	    i > 0 ? "," : "", i, i + 1, parts, l.n,
	    l.n > 0 ? (double)load / 1e9 : 0.0,
	    job->runner->command != NULL ? "commands" : "list");
	em_out_json_str(out, em_out_memory(text));
	em_out_puts(out, "}");
	commands_free(&cmds);
	em_out_discard(text);
	return ok;
}

int
rerun_matrix(const struct rerun_job *job, struct rerun_list l, size_t parts)
{
	size_t *part = calloc(l.n + 1, sizeof(*part));
	int64_t *load = calloc(parts, sizeof(*load));
	const struct rerun_test **v = calloc(l.n + 1, sizeof(*v));
	bool ok = part != NULL && load != NULL && v != NULL &&
	    rerun_split(&l, parts, part, load);

	if (!ok)
		cli_say(job->cli, "out of memory");
	em_out_puts(job->cli->out, "{\"include\":[");
	for (size_t p = 0; ok && p < parts; p++) {
		struct rerun_list mine = { v, 0 };

		for (size_t i = 0; i < l.n; i++)
			if (part[i] == p)
				v[mine.n++] = l.v[i];
		ok = matrix_part(job, p, parts, load[p], mine);
	}
	em_out_puts(job->cli->out, "]}\n");
	free(part);
	free(load);
	free(v);
	return ok ? ST_OK : ST_IO;
}

/* ---- running ---- */

/* The list in a file of its own; NULL with the reason said. */
static char *
list_file(struct cli *c, struct em_str list)
{
	const char *tmp = getenv("TMPDIR");
	const char *dir = tmp != NULL && *tmp != '\0' ? tmp : "/tmp";
	size_t n = strlen(dir) + 32;
	char *path = malloc(n);
	struct em_out *out;
	struct em_error err = { 0 };
	int fd;

	if (path == NULL) {
		cli_say(c, "out of memory");
		return NULL;
	}
	snprintf(path, n, "%s/trerun.XXXXXX", dir);
	fd = mkstemp(path);
	if (fd < 0) {
		cli_say(c, "cannot write \"%s\": %s", path, strerror(errno));
		free(path);
		return NULL;
	}
	out = em_out_fd(fd, path);
	if (out != NULL)
		em_out_write(out, list);
	if (out != NULL && em_out_close(out, &err) == EM_OK && close(fd) == 0)
		return path;
	cli_say(c, "%s", out != NULL ? err.msg : "out of memory");
	unlink(path);
	free(path);
	return NULL;
}

/* The lines of a runner of cargo-difftests as events; what else it says as
 * they have it. */
static void
progress(void *arg, int fd)
{
	struct cli *c = arg;
	const struct em_reader_opts ro = { .format = "difftests" };
	struct em_error err = { 0 };
	struct em_reader *r = em_reader_fd(&ro, fd, "the runner");
	struct em_writer *w = em_writer_open(NULL, c->out, &err);
	const struct em_event *ev;

	while (r != NULL && w != NULL && em_reader_next(r, &ev) == EM_OK) {
		em_writer_event(w, ev);
		if (!em_reader_ready(r))
			em_out_flush(c->out);
	}
	if (r == NULL || w == NULL)
		cli_say(c, "out of memory");
	if (w != NULL) {
		em_writer_finish(w);
		em_writer_close(w);
	}
	em_reader_close(r);
}

static bool
is_difftests(const struct rerun_job *job)
{
	return strcmp(job->runner->name, "difftests") == 0;
}

/* The command with the list: as the file {}, which runners of cargo-difftests
 * take as their argument, or else on its standard input. */
static int
run_with(const struct rerun_job *job, struct em_str list)
{
	struct command_io io = { .output = job->output, .arg = job->arg };
	struct commands one;
	char *path = NULL;
	int st = ST_IO;
	bool braces = false;

	for (char **w = job->command; *w != NULL; w++)
		braces = braces || strcmp(*w, "{}") == 0;
	if ((braces || is_difftests(job)) &&
	    (path = list_file(job->cli, list)) == NULL)
		return ST_IO;
	commands_init(&one, job->cli, job->bytes_max);
	commands_start(&one);
	for (char **w = job->command; *w != NULL; w++)
		commands_cword(&one, strcmp(*w, "{}") == 0 ? path : *w);
	if (path == NULL)
		io.input = list;
	else if (!braces)
		commands_cword(&one, path);
	if (is_difftests(job) && job->output == NULL) {
		io.output = progress;
		io.arg = job->cli;
	}
	if (one.failed)
		cli_say(job->cli, "out of memory");
	else
		st = commands_run(&one, &io);
	commands_free(&one);
	if (path != NULL)
		unlink(path);
	free(path);
	return st;
}

static int
run_list(const struct rerun_job *job, struct rerun_list l)
{
	struct em_out *text = em_out_mem();
	struct commands cmds;
	int st = ST_IO;

	if (text == NULL)
		return ST_IO;
	if (rerun_make(job, &cmds, text, l))
		st = run_with(job, em_out_memory(text));
	commands_free(&cmds);
	em_out_discard(text);
	return st;
}

int
rerun_run(const struct rerun_job *job, struct rerun_list l)
{
	const struct command_io io = { .output = job->output, .arg = job->arg };
	struct commands cmds;
	int st = ST_IO;

	if (l.n == 0)
		return ST_OK;
	if (is_difftests(job) && job->version != NULL &&
	    setenv("CARGO_DIFFTESTS_VER", job->version, 1) != 0) {
		cli_say(job->cli, "out of memory");
		return ST_IO;
	}
	if (job->runner->command == NULL)
		return run_list(job, l);
	if (rerun_make(job, &cmds, NULL, l))
		st = commands_run(&cmds, &io);
	commands_free(&cmds);
	return st;
}
