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

void
commands_init(struct commands *c, size_t bytes_max)
{
	*c = (struct commands){ .bytes_max = bytes_max };
}

struct words *
commands_start(struct commands *c)
{
	struct words *w = realloc(c->v, (c->n + 1) * sizeof(*c->v));

	if (w == NULL) {
		c->failed = true;
		return NULL;
	}
	c->v = w;
	w = &c->v[c->n++];
	*w = (struct words){ .n = 0 };
	for (size_t i = 0; i < c->base.n; i++)
		words_add(c, w, c->base.v[i], strlen(c->base.v[i]));
	return w;
}

void
commands_word(struct commands *c, struct em_str s)
{
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
	size_t used = c->n > 0 ? c->v[c->n - 1].bytes : 0;

	return used < c->bytes_max ? c->bytes_max - used : 0;
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

static int
run_one(char *const *argv, struct cli *cli, struct em_str input)
{
	int fd[2] = { -1, -1 }, st;
	pid_t pid;

	if (input.p != NULL && pipe(fd) != 0) {
		cli_say(cli, "cannot make a pipe: %s", strerror(errno));
		return ST_IO;
	}
	pid = fork();
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		if (input.p != NULL) {
			dup2(fd[0], STDIN_FILENO);
			close(fd[0]);
			close(fd[1]);
		}
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s: %s\n", cli->tool->name, argv[0],
		    strerror(errno));
		_exit(errno == ENOENT ? 127 : 126);
	}
	if (input.p != NULL) {
		signal(SIGPIPE, SIG_IGN);
		close(fd[0]);
		if (pid > 0)
			feed(fd[1], input);
		close(fd[1]);
		signal(SIGPIPE, SIG_DFL);
	}
	if (pid < 0) {
		cli_say(
		    cli, "cannot start \"%s\": %s", argv[0], strerror(errno));
		return ST_IO;
	}
	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return ST_IO;
	return WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
}

int
commands_run(const struct commands *c, struct cli *cli, struct em_str input)
{
	int worst = 0;

	for (size_t i = 0; i < c->n; i++) {
		int st = run_one(c->v[i].v, cli, input);

		if (worst == 0)
			worst = st;
	}
	return worst;
}

void
commands_free(struct commands *c)
{
	for (size_t i = 0; i < c->n; i++)
		words_free(&c->v[i]);
	words_free(&c->base);
	free(c->v);
	*c = (struct commands){ .n = 0 };
}
