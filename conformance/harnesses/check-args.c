/* SPDX-License-Identifier: MIT */
/* The command line that runners rely on. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void
usage(const char *what, const char *value)
{
	fprintf(stderr, "tests: %s \"%s\"\n", what, value);
	exit(2);
}

static bool
matches(const struct test *t, const char *filter, const struct options *o)
{
	return o->exact ? strcmp(t->name, filter) == 0
			: strstr(t->name, filter) != NULL;
}

static bool
wanted(const struct test *t, const struct options *o)
{
	for (size_t i = 0; i < o->skip_count; i++)
		if (matches(t, o->skips[i], o))
			return false;
	return (t->ignored || !o->ignored) && (t->bench || !o->bench) &&
	    !(t->bench && o->test);
}

/* Those to run, in the order of the filters; returns how many. */
size_t
choose(const struct options *o, const struct test **chosen)
{
	bool taken[TESTS_MAX] = { false };
	size_t n = 0;

	for (size_t f = 0; f == 0 || f < o->filter_count; f++) {
		for (size_t i = 0; i < test_count; i++) {
			if (taken[i] || !wanted(&tests[i], o) ||
			    (o->filter_count > 0 &&
				!matches(&tests[i], o->filters[f], o)))
				continue;
			taken[i] = true;
			chosen[n++] = &tests[i];
		}
	}
	return n;
}

static size_t
number(const char *option, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end == value || *end || n < 1 || n > THREADS_MAX)
		usage(option, value);
	return (size_t)n;
}

/* An option that takes a value. */
static void
set_value(struct options *o, const char *name, const char *value)
{
	if (strcmp(name, "--skip") == 0)
		o->skips[o->skip_count++] = value;
	else if (strcmp(name, "--test-threads") == 0)
		o->threads = number(name, value);
	else if (strcmp(name, "--retries") == 0)
		o->retries = number(name, value);
	else if (strcmp(name, "--repeat") == 0)
		o->repeat = number(name, value);
	else if (strcmp(name, "--format") == 0 && strcmp(value, "json") == 0)
		o->json = true;
	else if (strcmp(name, "--format") != 0 || strcmp(value, "pretty") != 0)
		usage("unknown option or value:", value);
}

static void
set_flag(struct options *o, const char *name)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = { { "--exact", &o->exact }, { "--list", &o->list },
		{ "--ignored", &o->ignored },
		{ "--include-ignored", &o->include_ignored },
		{ "--test", &o->test }, { "--bench", &o->bench },
		{ "--no-capture", &o->no_capture },
		{ "--nocapture", &o->no_capture },
		{ "--show-output", &o->show_output } };

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (strcmp(name, flags[i].name) == 0) {
			*flags[i].flag = true;
			return;
		}
	}
	usage("unknown option:", name);
}

static bool
takes_value(const char *option, size_t n)
{
	static const char *const names[] = { "--skip", "--format",
		"--test-threads", "--retries", "--repeat" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == n && memcmp(option, names[i], n) == 0)
			return true;
	return false;
}

/* One argument; used tells whether the next one belonged to it. */
static void
parse_one(struct options *o, char *arg, char *following, bool *used)
{
	char *value = strchr(arg, '=');
	size_t n = value ? (size_t)(value - arg) : strlen(arg);

	*used = false;
	if (arg[0] != '-' || arg[1] == '\0') {
		o->filters[o->filter_count++] = arg;
	} else if (!takes_value(arg, n)) {
		set_flag(o, arg);
	} else if (value) {
		*value = '\0';
		set_value(o, arg, value + 1);
	} else if (following) {
		set_value(o, arg, following);
		*used = true;
	} else {
		usage("a value is missing after", arg);
	}
}

static void
add_word(struct options *o, const char *word)
{
	char **words;

	words = realloc(o->words, (o->word_count + 1) * sizeof(*words));
	if (!words || !(words[o->word_count] = strdup(word)))
		usage("no memory for", word);
	o->words = words;
	o->word_count++;
}

/* The arguments in a file, one a line. */
static void
add_file(struct options *o, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!f)
		usage("cannot read", path);
	while ((n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		add_word(o, line);
	}
	free(line);
	fclose(f);
}

struct options
parse(int argc, char **argv)
{
	struct options o = { .threads = 1, .repeat = 1 };
	bool used;

	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '@')
			add_file(&o, argv[i] + 1);
		else
			add_word(&o, argv[i]);
	}
	o.filters = calloc(o.word_count + 1, sizeof(*o.filters));
	o.skips = calloc(o.word_count + 1, sizeof(*o.skips));
	if (!o.filters || !o.skips)
		usage("no memory for", "arguments");
	for (size_t i = 0; i < o.word_count; i++) {
		parse_one(&o, o.words[i],
		    i + 1 < o.word_count ? o.words[i + 1] : NULL, &used);
		i += used;
	}
	if (o.ignored && o.include_ignored)
		usage("not with --ignored:", "--include-ignored");
	if (o.test && o.bench)
		usage("not with --test:", "--bench");
	return o;
}

void
options_free(struct options *o)
{
	for (size_t i = 0; i < o->word_count; i++)
		free(o->words[i]);
	free(o->words);
	free(o->filters);
	free(o->skips);
}
