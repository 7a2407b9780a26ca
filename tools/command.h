/* SPDX-License-Identifier: MIT */
/*
 * Commands in the making: words that are quoted for a shell when printed and
 * not at all when run; split into several where a line would be too long.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "cli.h"

struct words {
	char **v;
	size_t n, size;
	size_t bytes; /* of all words, their ends included */
};

struct commands {
	const struct cli *cli; /* NULL: nothing is said */
	struct words base; /* what each command starts with */
	struct words tail; /* and ends with */
	struct words *v;
	size_t n, size;
	size_t bytes_max;
	struct em_out *list; /* for makers of lists, not commands */
	const char *version; /* that the list is for, or NULL */
	unsigned notes; /* said so far */
	bool failed; /* out of memory */
};

void words_add(struct commands *c, struct words *w, const char *s, size_t n);
void words_free(struct words *w);

void commands_init(struct commands *c, const struct cli *cli, size_t bytes_max);
/* Sets base and tail: the words, split at a word that is "{}". */
void commands_base(struct commands *c, char *const *words);
/* A new command: the words of base. */
struct words *commands_start(struct commands *c);
/* Another word for the newest command. */
void commands_word(struct commands *c, struct em_str s);
void commands_cword(struct commands *c, const char *s);
/* How many bytes the newest command may still take. */
size_t commands_room(const struct commands *c);
/* Says what a runner cannot be told about a test or file; the first ten. */
void commands_note(struct commands *c, struct em_str what, const char *why);
/* Moves the commands of another behind these. */
void commands_take(struct commands *c, struct commands *from);
/* When all are made: adds the tail to each. */
void commands_end(struct commands *c);

/* A text in the making, of which a word is made. */
struct text {
	char *p;
	size_t n, size;
	bool failed;
};

void text_add(struct text *t, struct em_str s);
void text_puts(struct text *t, const char *s);
/* s with a backslash before each byte that is in special. */
void text_escape(struct text *t, struct em_str s, const char *special);
struct em_str text_str(const struct text *t);
void text_free(struct text *t);

/* A word as a POSIX shell has to be given it. */
void shell_quote(struct em_out *out, const char *word);
/* One command a line. */
void commands_print(const struct commands *c, struct em_out *out);
/* What a command that is run is given, and what becomes of its output. */
struct command_io {
	struct em_str input; /* when not absent, its standard input */
	/* When not NULL, called with a descriptor to read its output from;
	 * else that is passed on. */
	void (*output)(void *arg, int fd);
	void *arg;
};

/* Runs one after the other; the first status that is not 0, 128 + the signal
 * for one that was killed, or ST_IO when one cannot be started. */
int commands_run(const struct commands *c, const struct command_io *io);
void commands_free(struct commands *c);

#endif
