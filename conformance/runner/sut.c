/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

/*
 * Testees run in a directory of their own, so what is named relative to this
 * one is made absolute: the program, and arguments that name a file and look
 * like it.
 */
static void
add_word(struct strings *to, const char *word, const char *cwd)
{
	bool program = to->n == 0;
	struct stat st;
	char *s;

	if (word[0] == '/' ||
	    (strchr(word, '/') == NULL &&
		(program || strchr(word, '.') == NULL)) ||
	    stat(word, &st) != 0 || !S_ISREG(st.st_mode)) {
		strings_add(to, word);
		return;
	}
	s = xprintf("%s/%s", cwd, word);
	strings_add(to, s);
	free(s);
}

/* Words as a shell would have them, with quotes and nothing more; {self} is the
 * command under test. */
static bool
split_words(struct strings *to, const char *s, const struct strings *self,
    const char *cwd)
{
	struct buf word = { 0 };

	while (*s != '\0') {
		char quote = '\0';

		while (isspace((unsigned char)*s))
			s++;
		if (*s == '\0')
			break;
		buf_add(&word, NULL, 0);
		for (; *s != '\0'; s++) {
			if (quote != '\0' && *s == quote)
				quote = '\0';
			else if (quote == '\0' && (*s == '"' || *s == '\''))
				quote = *s;
			else if (quote == '\0' && isspace((unsigned char)*s))
				break;
			else
				buf_putc(&word, *s);
		}
		if (quote != '\0') {
			buf_free(&word);
			return false;
		}
		if (strcmp(buf_str(&word), "{self}") == 0)
			for (size_t i = 0; i < self->n; i++)
				strings_add(to, self->v[i]);
		else
			add_word(to, buf_str(&word), cwd);
		buf_free(&word);
	}
	return true;
}

void
sut_split(struct strings *to, const char *words)
{
	static const struct strings none = { NULL, 0 };

	split_words(to, words, &none, ".");
}

static void
split_list(struct strings *to, const char *s)
{
	while (*s != '\0') {
		size_t n = strcspn(s, " \t,");
		char *word = xstrndup(s, n);

		if (n > 0)
			strings_add(to, word);
		free(word);
		s += n + (s[n] != '\0');
	}
}

struct conf {
	struct sut *sut;
	const char *cwd;
	struct buf *why;
	unsigned line;
};

static bool
wrong(struct conf *f, const char *what, const char *value)
{
	buf_printf(
	    f->why, "line %u of sut.conf: %s \"%s\"", f->line, what, value);
	return false;
}

/* "exit.malformed = 65": one class a number, one number a class. */
static bool
set_exit(struct conf *f, const char *class, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);
	unsigned bit = class_find(slice_of(class));
	bool failing = strcmp(class, "verdict-fail") == 0;

	if (*value == '\0' || *end != '\0' || n > 125)
		return wrong(f, "no exit status from 0 to 125", value);
	if (failing)
		bit = CLASS_ACCEPT;
	if (bit == 0 || bit == CLASS_OTHER)
		return wrong(f, "no such class", class);
	for (unsigned i = 0; i < 256; i++)
		if (failing ? (int)i == f->sut->failing
			    : f->sut->classes[i] == bit &&
			    (int)i != f->sut->failing)
			f->sut->classes[i] = CLASS_OTHER;
	f->sut->classes[n] = bit;
	if (failing)
		f->sut->failing = (int)n;
	else if (f->sut->failing == (int)n)
		f->sut->failing = -1;
	return true;
}

static void
add_pair(struct strings *list, const char *key, const char *value)
{
	char *s = xprintf("%s=%s", key, value);

	strings_add(list, s);
	free(s);
}

static bool
set_key(struct conf *f, const char *key, const char *value)
{
	struct sut *sut = f->sut;

	if (strncmp(key, "exit.", 5) == 0)
		return set_exit(f, key + 5, value);
	if (strncmp(key, "format.", 7) == 0)
		add_pair(&sut->formats, key + 7, value);
	else if (strncmp(key, "skip.", 5) == 0)
		add_pair(&sut->skips, key + 5, value);
	else if (strncmp(key, "env.", 4) == 0)
		add_pair(&sut->env, key + 4, value);
	else if (strcmp(key, "features") == 0)
		split_list(&sut->features, value);
	else if (strcmp(key, "name") == 0) {
		free(sut->name);
		sut->name = xstrdup(value);
	} else if (strcmp(key, "drop") == 0) {
		if (!split_words(&sut->drop, value, &sut->command, f->cwd))
			return wrong(f, "a quote without end", value);
	} else if (strcmp(key, "merge") == 0) {
		if (!split_words(&sut->merge, value, &sut->command, f->cwd))
			return wrong(f, "a quote without end", value);
	} else if (strcmp(key, "verdict") == 0 && strcmp(value, "no") == 0) {
		if (sut->failing >= 0)
			sut->classes[sut->failing] = CLASS_OTHER;
		sut->failing = -1;
	} else {
		return wrong(f, "no such key", key);
	}
	return true;
}

static char *
trim(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	return s;
}

static bool
load_conf(struct conf *f, const char *path)
{
	struct buf b = { 0 };
	bool ok = read_file(path, &b);
	char *next = b.p;

	if (!ok)
		buf_printf(f->why, "%s: %s", path, strerror(errno));
	while (ok && next != NULL && *next != '\0') {
		char *line = next, *equals;

		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		f->line++;
		line = trim(line);
		if (*line == '\0' || *line == '#')
			continue;
		equals = strchr(line, '=');
		if (equals == NULL) {
			ok = wrong(f, "no \"=\" in", line);
			break;
		}
		*equals = '\0';
		ok = set_key(f, trim(line), trim(equals + 1));
	}
	buf_free(&b);
	return ok;
}

static void
default_classes(struct sut *sut, unsigned role)
{
	static const struct {
		int status;
		unsigned class;
	} defaults[] = { { 0, CLASS_ACCEPT }, { 2, CLASS_USAGE },
		{ 3, CLASS_MALFORMED }, { 4, CLASS_UNSUPPORTED },
		{ 6, CLASS_IO }, { 7, CLASS_TRUNCATED } };

	for (size_t i = 0; i < 256; i++)
		sut->classes[i] = CLASS_OTHER;
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		sut->classes[defaults[i].status] = defaults[i].class;
	sut->failing = -1;
	if (role & (ROLE_READER | ROLE_HARNESS)) {
		sut->failing = 1;
		sut->classes[1] = CLASS_ACCEPT;
	}
}

bool
sut_load(struct sut *sut, char *const *argv, const char *conf, unsigned role,
    struct buf *why)
{
	char *cwd = getcwd(NULL, 0);
	struct conf f = { .sut = sut, .cwd = cwd, .why = why };
	const char *base = strrchr(argv[0], '/');
	bool ok;

	*sut = (struct sut){ .name = xstrdup(base ? base + 1 : argv[0]) };
	default_classes(sut, role);
	for (; *argv != NULL; argv++)
		add_word(&sut->command, *argv, cwd != NULL ? cwd : ".");
	ok = conf == NULL || load_conf(&f, conf);
	free(cwd);
	return ok;
}

void
sut_free(struct sut *sut)
{
	free(sut->name);
	strings_free(&sut->command);
	strings_free(&sut->drop);
	strings_free(&sut->merge);
	strings_free(&sut->features);
	strings_free(&sut->env);
	strings_free(&sut->formats);
	strings_free(&sut->skips);
}

struct strings
sut_words(const struct strings *command, const char *const *pairs)
{
	struct strings words = { 0 };

	for (size_t i = 0; i < command->n; i++) {
		struct buf b = { 0 };
		const char *s = command->v[i];

		buf_add(&b, NULL, 0);
		while (*s != '\0') {
			const char *const *p = pairs;
			size_t n = 0;

			for (; p != NULL && *p != NULL; p += 2) {
				n = strlen(*p);
				if (strncmp(s, *p, n) == 0)
					break;
			}
			if (p != NULL && *p != NULL) {
				buf_puts(&b, p[1]);
				s += n;
			} else {
				buf_putc(&b, *s++);
			}
		}
		strings_add(&words, buf_str(&b));
		buf_free(&b);
	}
	return words;
}

const char *
sut_value(const struct strings *list, const char *key)
{
	size_t n = strlen(key);

	for (size_t i = 0; i < list->n; i++)
		if (strncmp(list->v[i], key, n) == 0 && list->v[i][n] == '=')
			return list->v[i] + n + 1;
	return NULL;
}

unsigned
sut_class(const struct sut *sut, const struct proc_result *r, bool *failed)
{
	*failed = false;
	if (r->end != PROC_EXITED || r->status < 0 || r->status > 125)
		return 0;
	*failed = r->status == sut->failing;
	return sut->classes[r->status];
}
