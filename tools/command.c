/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

void
text_add(struct text *t, struct em_str s)
{
	if (t->size - t->n <= s.n) {
		size_t size = (t->size + s.n) * 2 + 64;
		char *p = realloc(t->p, size);

		if (p == NULL) {
			t->failed = true;
			return;
		}
		t->p = p;
		t->size = size;
	}
	if (s.n > 0)
		memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
	t->p[t->n] = '\0';
}

void
text_puts(struct text *t, const char *s)
{
	text_add(t, em_str(s));
}

void
text_escape(struct text *t, struct em_str s, const char *special)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\0' && strchr(special, s.p[i]) != NULL)
			text_puts(t, "\\");
		text_add(t, (struct em_str){ s.p + i, 1 });
	}
}

struct em_str
text_str(const struct text *t)
{
	return (struct em_str){ t->p != NULL ? t->p : "", t->n };
}

void
text_free(struct text *t)
{
	free(t->p);
	*t = (struct text){ .n = 0 };
}

void
words_add(struct commands *c, struct words *w, const char *s, size_t n)
{
	char *word = strndup(s, n);

	if (w->n + 1 >= w->size) {
		size_t size = w->size == 0 ? 8 : w->size * 2;
		void *p = realloc(w->v, size * sizeof(*w->v));

		if (p == NULL) {
			free(word);
			word = NULL;
		} else {
			w->v = p;
			w->size = size;
		}
	}
	if (word == NULL) {
		c->failed = true;
		return;
	}
	w->v[w->n++] = word;
	w->v[w->n] = NULL;
	w->bytes += strlen(word) + 1;
}

void
words_free(struct words *w)
{
	for (size_t i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	*w = (struct words){ .n = 0 };
}

static void
add_all(struct commands *c, struct words *w, const struct words *from)
{
	for (size_t i = 0; i < from->n; i++)
		words_add(c, w, from->v[i], strlen(from->v[i]));
}

void
commands_init(struct commands *c, const struct cli *cli, size_t bytes_max)
{
	*c = (struct commands){ .cli = cli, .bytes_max = bytes_max };
}

void
commands_base(struct commands *c, char *const *words)
{
	struct words *to = &c->base;

	for (; *words != NULL; words++)
		if (to == &c->base && strcmp(*words, "{}") == 0)
			to = &c->tail;
		else
			words_add(c, to, *words, strlen(*words));
}

struct words *
commands_start(struct commands *c)
{
	struct words *w;

	if (c->n == c->size) {
		size_t size = c->size == 0 ? 8 : c->size * 2;

		w = realloc(c->v, size * sizeof(*c->v));
		if (w == NULL) {
			c->failed = true;
			return NULL;
		}
		c->v = w;
		c->size = size;
	}
	w = &c->v[c->n++];
	*w = (struct words){ .n = 0 };
	add_all(c, w, &c->base);
	return w;
}

void
commands_word(struct commands *c, struct em_str s)
{
	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL) {
		commands_note(c, s, "has a NUL, where every command ends it");
		s.n = strlen(s.p);
	}
	if (c->n > 0)
		words_add(c, &c->v[c->n - 1], s.p != NULL ? s.p : "", s.n);
}

void
commands_cword(struct commands *c, const char *s)
{
	commands_word(c, em_str(s));
}

size_t
commands_room(const struct commands *c)
{
	size_t used = c->tail.bytes + (c->n > 0 ? c->v[c->n - 1].bytes : 0);

	return used < c->bytes_max ? c->bytes_max - used : 0;
}

void
commands_note(struct commands *c, struct em_str what, const char *why)
{
	enum { NOTES_MAX = 10 };

	if (c->cli == NULL)
		return;
	if (c->notes++ < NOTES_MAX)
		cli_note(c->cli, "\"%.*s\" %s",
		    (int)(what.n < 200 ? what.n : 200), what.p, why);
	else if (c->notes == NOTES_MAX + 1)
		cli_note(c->cli, "and more like these");
}

void
commands_take(struct commands *c, struct commands *from)
{
	struct words *v = realloc(c->v, (c->n + from->n + 1) * sizeof(*v));

	c->failed = c->failed || from->failed || v == NULL;
	if (v == NULL)
		return;
	c->v = v;
	c->size = c->n + from->n + 1;
	for (size_t i = 0; i < from->n; i++)
		v[c->n++] = from->v[i];
	from->n = 0;
}

void
commands_end(struct commands *c)
{
	for (size_t i = 0; i < c->n && c->tail.n > 0; i++)
		add_all(c, &c->v[i], &c->tail);
}

void
shell_quote(struct em_out *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_@%+=:,./-";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		em_out_puts(out, word);
		return;
	}
	em_out_puts(out, "'");
	for (const char *p = word; *p != '\0'; p++)
		if (*p == '\'')
			em_out_puts(out, "'\\''");
		else
			em_out_write(out, (struct em_str){ p, 1 });
	em_out_puts(out, "'");
}

void
commands_print(const struct commands *c, struct em_out *out)
{
	for (size_t i = 0; i < c->n; i++)
		for (size_t k = 0; k < c->v[i].n; k++) {
			if (k > 0)
				em_out_puts(out, " ");
			shell_quote(out, c->v[i].v[k]);
			if (k + 1 == c->v[i].n)
				em_out_puts(out, "\n");
		}
}

/* All of the text to a child that may stop reading it. */
static void
feed(int fd, struct em_str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		s.p += n;
		s.n -= (size_t)n;
	}
}

/* Pipes to and from a child; -1 where there is none. */
struct pipes {
	int in[2], out[2];
};

static void
close_all(const struct pipes *p)
{
	const int fds[] = { p->in[0], p->in[1], p->out[0], p->out[1] };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void
become(const struct cli *cli, char *const *argv, const struct pipes *p)
{
	signal(SIGPIPE, SIG_DFL);
	if ((p->in[0] < 0 || dup2(p->in[0], STDIN_FILENO) >= 0) &&
	    (p->out[1] < 0 || dup2(p->out[1], STDOUT_FILENO) >= 0)) {
		close_all(p);
		execvp(argv[0], argv);
	}
	fprintf(
	    stderr, "%s: %s: %s\n", cli->tool->name, argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* A child that feeds the list, so that neither waits for the other when the
 * output is read here. */
static pid_t
feeder(const struct pipes *p, struct em_str input)
{
	pid_t pid = p->in[1] >= 0 ? fork() : -1;

	if (pid != 0)
		return pid;
	signal(SIGPIPE, SIG_DFL);
	close(p->in[0]);
	if (p->out[0] >= 0)
		close(p->out[0]);
	if (p->out[1] >= 0)
		close(p->out[1]);
	feed(p->in[1], input);
	_exit(0);
}

static int
wait_for(pid_t pid)
{
	int st;

	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return ST_IO;
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

static int
run_one(const struct cli *cli, char *const *argv, const struct command_io *io)
{
	struct pipes p = { { -1, -1 }, { -1, -1 } };
	pid_t pid, feeding;

	if ((io->input.p != NULL && pipe(p.in) != 0) ||
	    (io->output != NULL && pipe(p.out) != 0)) {
		cli_say(cli, "cannot make a pipe: %s", strerror(errno));
		close_all(&p);
		return ST_IO;
	}
	pid = fork();
	if (pid == 0)
		become(cli, argv, &p);
	if (pid < 0) {
		cli_say(
		    cli, "cannot start \"%s\": %s", argv[0], strerror(errno));
		close_all(&p);
		return ST_IO;
	}
	feeding = feeder(&p, io->input);
	if (p.out[1] >= 0) {
		close(p.out[1]);
		p.out[1] = -1;
	}
	if (p.in[0] >= 0) {
		close(p.in[0]);
		close(p.in[1]);
		p.in[0] = p.in[1] = -1;
	}
	if (io->output != NULL)
		io->output(io->arg, p.out[0]);
	close_all(&p);
	if (feeding > 0)
		wait_for(feeding);
	return wait_for(pid);
}

int
commands_run(const struct commands *c, const struct command_io *io)
{
	int first = 0;

	for (size_t i = 0; i < c->n; i++) {
		int st = run_one(c->cli, c->v[i].v, io);

		if (first == 0)
			first = st;
	}
	return first;
}

void
commands_free(struct commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		words_free(&c->v[i]);
	words_free(&c->base);
	words_free(&c->tail);
	free(c->v);
	*c = (struct commands){ .n = 0 };
}
