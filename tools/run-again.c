/* SPDX-License-Identifier: MIT */
/*
 * How a command is told to run some tests alone.  What trerun knows of its
 * runner makes the words; here those of the user that select tests are taken
 * out, for else they would run too.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

/* ---- which runner it is ---- */

static const struct {
	const char *program, *word; /* word: among those behind it; or NULL */
	const char *runner;
} programs[] = {
	{ "cargo", "nextest", "nextest" },
	{ "cargo", "test", "cargo-test" },
	{ "cargo", "t", "cargo-test" },
	{ "go", "test", "go" },
	{ "gotestsum", NULL, "go" },
	{ "pytest", NULL, "pytest" },
	{ "py.test", NULL, "pytest" },
	{ "ctest", NULL, "ctest" },
	{ "jest", NULL, "jest" },
	{ "vitest", NULL, "vitest" },
	{ "mocha", NULL, "mocha" },
	{ "playwright", NULL, "playwright" },
	{ "node", "--test", "node" },
	{ "rspec", NULL, "rspec" },
	{ "phpunit", NULL, "phpunit" },
	{ "mvn", NULL, "surefire" },
	{ "mvnw", NULL, "surefire" },
	{ "gradle", NULL, "gradle" },
	{ "gradlew", NULL, "gradle" },
	{ "dotnet", "test", "dotnet" },
	{ "bazel", "test", "bazel" },
	{ "bats", NULL, "bats" },
	{ "prove", NULL, "prove" },
	{ "meson", "test", "meson" },
	{ "dart", "test", "dart" },
	{ "flutter", "test", "dart" },
};

static bool
has_word(char *const *argv, const char *word)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, word) == 0)
			return true;
	return false;
}

const struct rerun_runner *
run_again_runner(char *const *argv)
{
	/* "npx jest", "python3 -m pytest", "env X=1 go test". */
	for (; *argv != NULL; argv++) {
		const char *slash = strrchr(*argv, '/');
		const char *base = slash != NULL ? slash + 1 : *argv;

		for (size_t i = 0; i < sizeof(programs) / sizeof(*programs);
		     i++)
			if (strcmp(base, programs[i].program) == 0 &&
			    (programs[i].word == NULL ||
				has_word(argv + 1, programs[i].word)))
				return rerun_runner_find(programs[i].runner);
	}
	return NULL;
}

const char *
run_again_hint(char *const *argv)
{
	static const struct {
		const char *runner, *words;
	} hints[] = {
		{ "cargo-test", "-- -Z unstable-options --format json" },
		{ "go", "-json" },
		{ "pytest", "--junitxml=/dev/stdout" },
		{ "jest", "--json" },
		{ "vitest", "--reporter=json" },
		{ "mocha", "--reporter=json" },
		{ "playwright", "--reporter=json" },
		{ "phpunit", "--log-junit /dev/stdout" },
		{ "dart", "--reporter=json" },
	};
	const struct rerun_runner *runner = run_again_runner(argv);

	for (size_t i = 0; runner != NULL && i < sizeof(hints) / sizeof(*hints);
	     i++)
		if (strcmp(hints[i].runner, runner->name) == 0)
			return hints[i].words;
	return NULL;
}

/* ---- what the user selected ---- */

/* Options of a runner that select; each list between and around spaces. */
static const struct selection {
	const char *runner;
	const char *flags; /* taken out */
	const char *pairs; /* taken out with the word behind */
	const char *values; /* stay with the word behind */
	bool files; /* words that name files or packages select too */
} selections[] = {
	{ "cargo-test",
	    " --lib --bins --examples --tests --benches --all-targets --doc ",
	    " --bin --example --test --bench ", " -p --package --exclude -F ",
	    false },
	{ "go", " ", " -run -test.run ",
	    " -C -o -p -tags -timeout -count -exec -mod -modfile -overlay "
	    "-ldflags -gcflags -asmflags -coverprofile -cpuprofile "
	    "-memprofile -outputdir -parallel -skip -vet -bench ",
	    true },
	{ "pytest", " --lf --last-failed --ff --failed-first ",
	    " -k --deselect ",
	    " -c --config-file --rootdir --confcutdir --basetemp --junitxml "
	    "--junit-xml --report-log --ignore --ignore-glob -m -n -o -p -W "
	    "--log-file --cov --cov-config ",
	    true },
	{ "bats", " ", " -f --filter --filter-status ",
	    " --report-formatter -F --formatter -o --output -j --jobs "
	    "--gather-test-outputs-in --filter-tags --setup-suite-file ",
	    true },
	{ "prove", " -r --recurse ", " ",
	    " -I -e --exec -j --jobs --formatter --source -a --archive "
	    "--harness --rc -P -M ",
	    true },
	{ "ctest", " --rerun-failed ", " -R --tests-regex -I ",
	    " --test-dir -j --parallel --output-junit -L -LE -E -C ", false },
	{ "meson", " ", " ", " -C --suite --wrapper --logbase ", false },
	{ "jest", " --onlyFailures -f ", " -t --testNamePattern ",
	    " -c --config --rootDir --outputFile --reporters ", true },
	{ "vitest", " ", " -t --testNamePattern ",
	    " -c --config -r --root --dir --outputFile --reporter ", true },
	{ "mocha", " ", " -g --grep -f --fgrep ",
	    " --config -r --require --reporter -R -O --reporter-option "
	    "--file --package ",
	    true },
	{ "node", " ", " --test-name-pattern ",
	    " -r --require --import --test-reporter "
	    "--test-reporter-destination ",
	    true },
	{ "playwright", " --last-failed ", " -g --grep --project ",
	    " -c --config --reporter --output ", true },
	{ "rspec", " --only-failures ", " -e --example --example-matches ",
	    " -r --require -I -f --format -o --out -O --options -t --tag "
	    "--default-path ",
	    true },
	{ "phpunit", " ", " --filter ",
	    " -c --configuration --bootstrap --log-junit ", true },
	{ "dart", " ", " -n --name -N --plain-name ",
	    " -r --reporter --file-reporter -p --platform ", true },
	{ "gtest", " ", " ", " ", false },
	{ "catch2", " ", " ", " -r --reporter -o --out ", true },
};

static const struct selection *
selection_of(const struct rerun_runner *runner)
{
	for (size_t i = 0; i < sizeof(selections) / sizeof(*selections); i++)
		if (strcmp(selections[i].runner, runner->name) == 0)
			return &selections[i];
	return NULL;
}

static bool
listed(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p++)
		if (n > 0 && p > list && p[-1] == ' ' && p[n] == ' ')
			return true;
	return false;
}

/* "--test=api" of "--test". */
static bool
listed_head(const char *list, const char *word)
{
	const char *eq = strchr(word, '=');
	char head[64];

	if (eq == NULL || *word != '-' || (size_t)(eq - word) >= sizeof(head))
		return false;
	snprintf(head, sizeof(head), "%.*s", (int)(eq - word), word);
	return listed(list, head);
}

static bool
names_tests(const char *word)
{
	size_t n = strlen(word);

	return *word != '-' &&
	    (access(word, F_OK) == 0 || strstr(word, "::") != NULL ||
		strncmp(word, "./", 2) == 0 ||
		(n >= 3 && strcmp(word + n - 3, "...") == 0));
}

bool
run_again_mark(const char *word)
{
	size_t n = strlen(word);

	return n >= 2 && word[0] == '{' && word[n - 1] == '}' &&
	    strpbrk(word, "\"':,\n") == NULL;
}

/* The words with "{}" where the tests go; what selected others is out. */
static void
take_out(struct commands *m, struct words *to, const struct run_command *cmd,
    const struct selection *s, size_t from, bool placed)
{
	const struct words *w = &cmd->words;
	bool cargo = s != NULL && strcmp(s->runner, "cargo-test") == 0;
	bool places = cargo && !placed; /* which is what its options are */

	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i];

		if (s == NULL || i < from) {
			words_add(m, to, word, strlen(word));
		} else if (strcmp(word, "--") == 0) {
			/* What makes cargo's words has this one too. */
			words_add(m, to, cargo ? "{}" : word, 2);
			s = NULL;
		} else if (places) {
			words_add(m, to, word, strlen(word));
		} else if (listed(s->pairs, word)) {
			i++;
		} else if (listed(s->values, word)) {
			words_add(m, to, word, strlen(word));
			if (i + 1 < w->n)
				words_add(
				    m, to, w->v[i + 1], strlen(w->v[i + 1]));
			i++;
		} else if (!listed(s->flags, word) &&
		    !listed_head(s->pairs, word) &&
		    !(s->files && placed && names_tests(word))) {
			words_add(m, to, word, strlen(word));
		}
	}
}

/* The same where the user has marked it.  keep: what is marked is files that
 * are needed still. */
static bool
take_marked(struct commands *m, struct words *to, const struct run_command *cmd,
    bool cargo, bool keep)
{
	bool any = false;

	for (size_t i = 0; i < cmd->words.n; i++) {
		const char *word = cmd->words.v[i];

		if (any && cargo && strcmp(word, "--") == 0)
			cargo = false; /* it comes with the tests */
		else if (!run_again_mark(word))
			words_add(m, to, word, strlen(word));
		else {
			if (keep && word[2] != '\0')
				words_add(m, to, word + 1, strlen(word) - 2);
			if (!any)
				words_add(m, to, "{}", 2);
		}
		any = any || run_again_mark(word);
	}
	if (!any)
		words_free(to);
	return any;
}

size_t
run_again_program(const struct words *words)
{
	for (size_t i = 0; i < words->n; i++)
		if (run_again_runner(words->v + i) == NULL)
			return i;
	return words->n;
}

/* The commands for tests that all say where they are, or all do not. */
static bool
make_part(struct commands *cmds, struct cli *c,
    const struct rerun_runner *runner, const struct run_command *command,
    struct rerun_list l, bool placed)
{
	const struct selection *s = selection_of(runner);
	struct words base = { .n = 0 };
	struct rerun_job job = {
		.cli = c, .runner = runner, .bytes_max = (size_t)128 * 1024
	};
	size_t from = run_again_program(&command->words);
	bool ok;

	commands_init(cmds, c, 0);
	if (!take_marked(cmds, &base, command,
		strcmp(runner->name, "cargo-test") == 0,
		s != NULL && s->files && !placed))
		take_out(cmds, &base, command, s, from > 0 ? from : 1, placed);
	ok = !cmds->failed && base.n > 0;
	job.command = base.v;
	if (ok)
		ok = rerun_make(&job, cmds, NULL, l);
	else
		cli_say(c, "out of memory");
	words_free(&base);
	return ok;
}

static bool
is_placed(const struct rerun_runner *runner, const struct rerun_test *t)
{
	return runner->place != NULL && runner->place(t).n > 0;
}

bool
run_again_make(struct commands *cmds, struct cli *c,
    const struct rerun_runner *runner, const struct run_command *command,
    struct rerun_list l)
{
	const struct rerun_test **v = calloc(l.n + 1, sizeof(*v));
	struct commands part;
	bool ok = v != NULL;

	commands_init(cmds, c, 0);
	if (!ok)
		cli_say(c, "out of memory");
	for (int placed = 1; ok && placed >= 0; placed--) {
		struct rerun_list some = { v, 0 };

		for (size_t i = 0; i < l.n; i++)
			if (is_placed(runner, l.v[i]) == placed)
				v[some.n++] = l.v[i];
		if (some.n == 0)
			continue;
		ok = make_part(&part, c, runner, command, some, placed);
		commands_take(cmds, &part);
		commands_free(&part);
	}
	free(v);
	return ok && !cmds->failed;
}

/* ---- tests ---- */

bool
run_tests_copy(struct run_tests *t, const struct rerun_test *test)
{
	if (t->n == t->size) {
		size_t size = t->size == 0 ? 16 : t->size * 2;
		struct rerun_test *v = realloc(t->v, size * sizeof(*v));

		if (v == NULL)
			return false;
		t->v = v;
		t->size = size;
	}
	t->v[t->n++] = *test;
	return true;
}

bool
run_tests_add(struct run_tests *t, const struct em_case *c)
{
	const struct rerun_test test = rerun_test_of(c);

	return run_tests_copy(t, &test);
}

bool
run_tests_strip(struct em_str *suite, struct em_str label)
{
	if (label.p == NULL)
		return true;
	if (suite->n < label.n || memcmp(suite->p, label.p, label.n) != 0)
		return false;
	if (suite->n == label.n) {
		*suite = (struct em_str){ NULL, 0 };
		return true;
	}
	if (suite->p[label.n] != '/')
		return false;
	suite->p += label.n + 1;
	suite->n -= label.n + 1;
	return true;
}

bool
run_tests_of(
    const struct run_tests *t, struct em_str label, struct rerun_list *l)
{
	*l = (struct rerun_list){ calloc(t->n + 1, sizeof(*l->v)), 0 };
	if (l->v == NULL)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		struct rerun_test *test = &t->v[i];

		if (run_tests_strip(&test->suite, label))
			l->v[l->n++] = test;
	}
	return true;
}

void
run_tests_free(struct run_tests *t)
{
	free(t->v);
	*t = (struct run_tests){ .n = 0 };
}
