/* SPDX-License-Identifier: MIT */
/* The commands of the user: one, or several that are named apart. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* ---- one command ---- */

/* As a shell would have it. */
static char *
text_of(const struct words *w)
{
	struct em_out *out = em_out_mem();
	struct em_str all;
	char *text;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < w->n; i++) {
		if (i > 0)
			em_out_puts(out, " ");
		shell_quote(out, w->v[i]);
	}
	all = em_out_memory(out);
	text = strndup(all.p != NULL ? all.p : "", all.n);
	em_out_discard(out);
	return text;
}

/* What is run at first: "{tests/}" is "tests/", and "{}" is nothing. */
static void
unmark(struct run_commands *all, struct run_command *cmd)
{
	for (size_t i = 0; i < cmd->words.n; i++) {
		const char *word = cmd->words.v[i];
		size_t n = strlen(word);

		if (!run_again_mark(word))
			words_add(&all->memory, &cmd->first, word, n);
		else if (n > 2)
			words_add(&all->memory, &cmd->first, word + 1, n - 2);
	}
}

static struct run_command *
add_command(struct run_commands *all)
{
	struct run_command *v = realloc(all->v, (all->n + 1) * sizeof(*v));

	if (v == NULL) {
		all->memory.failed = true;
		return NULL;
	}
	all->v = v;
	v[all->n] = (struct run_command){ .text = NULL };
	return &v[all->n++];
}

/* Messages have better to say than a whole script. */
static void
shorten(struct run_command *cmd)
{
	size_t n = strcspn(cmd->text, "\n"), max = sizeof(cmd->name) - 4;

	if (cmd->text[n] == '\0' && n < sizeof(cmd->name)) {
		snprintf(cmd->name, sizeof(cmd->name), "%s", cmd->text);
		return;
	}
	/* Not in the middle of a character. */
	for (n = n < max ? n : max; n > 0 && (cmd->text[n] & 0xc0) == 0x80;)
		n--;
	snprintf(cmd->name, sizeof(cmd->name), "%.*s...", (int)n, cmd->text);
}

/* The name of a command is the command, so that it stays from run to run; the
 * second time it gets a number. */
static bool
name_all(struct run_commands *all)
{
	struct em_map *seen = em_map_new();
	bool ok = seen != NULL;

	for (size_t i = 0; i < all->n && ok; i++) {
		struct run_command *cmd = &all->v[i];
		struct em_str name;
		uint64_t *at;
		size_t size;

		unmark(all, cmd);
		if (cmd->text == NULL)
			cmd->text = text_of(&cmd->first);
		ok = cmd->text != NULL;
		if (ok)
			shorten(cmd);
		if (!ok || !all->several)
			continue;
		name = em_str(cmd->text);
		at = em_map_at(seen, em_key(&name, 1));
		if (at != NULL && ++*at > 1) {
			size = name.n + 24;
			name.p = realloc(cmd->text, size);
			ok = name.p != NULL;
			if (ok) {
				cmd->text = (char *)(uintptr_t)name.p;
				snprintf(cmd->text + name.n, size - name.n,
				    " #%llu", (unsigned long long)*at);
			}
		}
		ok = ok && at != NULL;
		if (ok)
			cmd->label = em_str(cmd->text);
	}
	em_map_free(seen);
	return ok && !all->memory.failed;
}

static int
check(struct run_commands *all, struct cli *c, const char *where)
{
	if (!name_all(all)) {
		cli_say(c, "out of memory");
		return ST_IO;
	}
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].first.n == 0)
			return cli_usage(c, "an empty command in %s", where);
	return ST_OK;
}

int
run_commands_words(struct run_commands *all, struct cli *c, char *const *words)
{
	struct run_command *cmd;

	*all = (struct run_commands){ .n = 0 };
	commands_init(&all->memory, c, SIZE_MAX);
	cmd = add_command(all);
	for (; *words != NULL && cmd != NULL; words++)
		if (strcmp(*words, ":::") == 0) {
			all->several = true;
			cmd = add_command(all);
		} else {
			words_add(
			    &all->memory, &cmd->words, *words, strlen(*words));
		}
	return check(all, c, "the arguments");
}

/* ---- a file of commands ---- */

static bool
needs_shell(const char *line, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr("|&;<>()$`\\\"'*?[]#~!", line[i]) != NULL ||
		    (line[i] == '=' && memchr(line, ' ', i) == NULL))
			return true;
	return false;
}

static void
add_line(struct run_commands *all, const char *line, size_t n)
{
	struct run_command *cmd = add_command(all);
	struct commands *m = &all->memory;

	if (cmd == NULL)
		return;
	if (needs_shell(line, n)) {
		words_add(m, &cmd->words, "sh", 2);
		words_add(m, &cmd->words, "-c", 2);
		words_add(m, &cmd->words, line, n);
		/* What "$@" comes behind. */
		words_add(m, &cmd->words, "sh", 2);
		cmd->text = strndup(line, n);
		cmd->deaf =
		    cmd->text == NULL || strstr(cmd->text, "$@") == NULL;
		return;
	}
	for (size_t i = 0; i < n;) {
		size_t len = 0;

		while (i < n && strchr(" \t", line[i]) != NULL)
			i++;
		while (i + len < n && strchr(" \t", line[i + len]) == NULL)
			len++;
		if (len > 0)
			words_add(m, &cmd->words, line + i, len);
		i += len;
	}
}

int
run_commands_file(struct run_commands *all, struct cli *c, const char *path)
{
	size_t n;
	char *text = cli_slurp(c, path, &n);

	*all = (struct run_commands){ .several = true };
	commands_init(&all->memory, c, SIZE_MAX);
	if (text == NULL)
		return ST_IO;
	for (size_t i = 0; i < n;) {
		size_t len = strcspn(text + i, "\r\n");
		size_t lead = strspn(text + i, " \t");

		while (lead < len && strchr(" \t", text[i + len - 1]) != NULL)
			len--;
		if (lead < len && text[i + lead] != '#')
			add_line(all, text + i + lead, len - lead);
		i += strcspn(text + i, "\n") + 1;
	}
	free(text);
	if (all->n == 0)
		return cli_usage(c, "there is no command in \"%s\"", path);
	return check(all, c, path);
}

void
run_commands_free(struct run_commands *all)
{
	for (size_t i = 0; i < all->n; i++) {
		words_free(&all->v[i].words);
		words_free(&all->v[i].first);
		free(all->v[i].text);
	}
	free(all->v);
	commands_free(&all->memory);
	*all = (struct run_commands){ .n = 0 };
}
