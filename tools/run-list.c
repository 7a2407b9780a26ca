/* SPDX-License-Identifier: MIT */
/*
 * What is new since a run: its runner is asked what tests there are, and those
 * that no run of the chain knows are due, too; what is outstanding and is not
 * there any more is not run.
 *
 * A listing and a report need not call a test the same, so two are the same
 * when the runner is told the same to run them.
 */
#include <stdlib.h>
#include <string.h>

#include "rerun-format.h"
#include "run.h"

/* ---- how runners list, and what they print ---- */

/* Fills in what a line of text says of a test; false: nothing. */
typedef bool line_of(
    struct em_str suite, struct em_str line, struct em_event *ev);

/* "t/api.py::TestUser::test_name[a::b]" */
static bool
pytest_line(struct em_str suite, struct em_str line, struct em_event *ev)
{
	ptrdiff_t at = slice_find(line, "::"), bracket = slice_find(line, "[");
	size_t end = bracket >= 0 ? (size_t)bracket : line.n, last;

	(void)suite;
	if (at < 0 || !slice_ends(slice_head(line, (size_t)at), ".py"))
		return false;
	ev->suite = slice_head(line, (size_t)at);
	line = slice_from(line, (size_t)at + 2);
	end -= (size_t)at + 2;
	last = 0;
	while ((at = slice_find(
		    slice_head(slice_from(line, last), end - last), "::")) >= 0)
		last += (size_t)at + 2;
	if (last > 0)
		ev->class_name = slice_head(line, last - 2);
	ev->name = slice_from(line, last);
	return true;
}

static bool
go_line(struct em_str suite, struct em_str line, struct em_event *ev)
{
	if (suite.n == 0 ||
	    !(slice_starts(line, "Test") || slice_starts(line, "Fuzz") ||
		slice_starts(line, "Example")))
		return false;
	ev->suite = suite;
	ev->name = line;
	return true;
}

/* What is set aside is said, too, in words. */
static bool
prove_line(struct em_str suite, struct em_str line, struct em_event *ev)
{
	(void)suite;
	ev->name = line;
	return names_file(line);
}

/* "  Test  #1: name" */
static bool
ctest_line(struct em_str suite, struct em_str line, struct em_event *ev)
{
	ptrdiff_t at = slice_find(line, ": ");

	(void)suite;
	while (line.n > 0 && line.p[0] == ' ') {
		line = slice_from(line, 1);
		at--;
	}
	if (!slice_starts(line, "Test ") || at < 0)
		return false;
	ev->name = slice_from(line, (size_t)at + 2);
	return true;
}

enum place { BEHIND_PROGRAM, BEHIND_DASHES, AT_END };

static const struct lister {
	const char *runner;
	const char *words[2];
	enum place place;
	line_of *line; /* NULL: it prints what is known as a listing */
} listers[] = {
	{ "cargo-test", { "--list", NULL }, BEHIND_DASHES, NULL },
	{ "pytest", { "--collect-only", "--verbosity=-1" }, AT_END,
	    pytest_line },
	{ "go", { "-list", NULL }, BEHIND_PROGRAM, go_line },
	{ "prove", { "--dry", NULL }, BEHIND_PROGRAM, prove_line },
	{ "ctest", { "-N", NULL }, BEHIND_PROGRAM, ctest_line },
};

/* Only where the runner is called by its name: a script that does not pass on
 * its words would run all. */
static const struct lister *
lister_of(const struct run_plan *p, const struct run_command *cmd)
{
	const struct rerun_runner *runner = run_again_runner(cmd->first.v);

	if (cmd->deaf || runner == NULL || runner != run_plan_runner(p, cmd))
		return NULL;
	for (size_t i = 0; i < sizeof(listers) / sizeof(*listers); i++)
		if (strcmp(listers[i].runner, runner->name) == 0)
			return &listers[i];
	return NULL;
}

/* Where options go: behind the program, and the "test" of "go test". */
static size_t
options_from(const struct words *w)
{
	size_t at = run_again_program(w);

	return at < w->n && strcmp(w->v[at], "test") == 0 ? at + 1 : at;
}

/* What -run of go test selects, without subtests: -list does not heed it. */
static struct em_str
go_pattern(const struct words *w)
{
	struct em_str s = EM_STR(".");

	for (size_t i = 0; i + 1 < w->n; i++)
		if (strcmp(w->v[i], "-run") == 0)
			s = em_str(w->v[i + 1]);
		else if (strncmp(w->v[i], "-run=", 5) == 0)
			s = em_str(w->v[i] + 5);
	return slice_head(s, strcspn(s.p, "/"));
}

static void
add_words(struct commands *m, struct words *to, const struct run_command *cmd,
    const struct lister *l)
{
	struct em_str pattern;

	for (size_t i = 0; i < 2 && l->words[i] != NULL; i++)
		words_add(m, to, l->words[i], strlen(l->words[i]));
	if (l->line != go_line)
		return;
	pattern = go_pattern(&cmd->first);
	words_add(m, to, pattern.p, pattern.n);
}

/* The words of the user, and those that make it list. */
static void
make_words(struct commands *m, struct words *to, const struct run_command *cmd,
    const struct lister *l)
{
	const struct words *w = &cmd->first;
	size_t program = options_from(w);
	bool done = false;

	for (size_t i = 0; i < w->n; i++) {
		const char *word = w->v[i];
		bool dashes = strcmp(word, "--") == 0;

		if (!done &&
		    ((l->place == BEHIND_PROGRAM && i == program) ||
			(l->place == AT_END && dashes))) {
			add_words(m, to, cmd, l);
			done = true;
		}
		words_add(m, to, word, strlen(word));
		if (!done && l->place == BEHIND_DASHES && dashes) {
			add_words(m, to, cmd, l);
			done = true;
		}
	}
	if (done)
		return;
	if (l->place == BEHIND_DASHES)
		words_add(m, to, "--", 2);
	add_words(m, to, cmd, l);
}

/* ---- one listing ---- */

struct listing {
	struct run_plan *plan;
	const struct run_command *cmd;
	const struct lister *lister;
	struct run_job job;
	struct commands memory;
	struct words words;
	struct rerun_state found;
	struct text suite; /* in the making */
	bool failed; /* out of memory */
};

static void
take(struct listing *l, const struct em_event *ev)
{
	struct em_str label = l->cmd->label;
	struct em_event own = *ev;

	own.raw = (struct em_str){ NULL, 0 };
	if (label.p != NULL) {
		l->suite.n = 0;
		text_add(&l->suite, label);
		if (ev->suite.n > 0)
			text_puts(&l->suite, "/");
		text_add(&l->suite, ev->suite);
		own.suite = text_str(&l->suite);
	}
	l->failed = l->failed || l->suite.failed ||
	    rerun_state_event(&l->found, l->plan->c, &own) != ST_OK;
}

static void
on_event(void *arg, const struct em_event *ev)
{
	struct listing *l = arg;
	struct em_event test;

	if (ev->kind == EM_DISCOVER_CASE && l->lister->line == NULL) {
		take(l, ev);
	} else if (ev->kind == EM_LOG && l->lister->line != NULL &&
	    em_str_eq(ev->stream, EM_STR("stdout"))) {
		em_event_init(&test, EM_DISCOVER_CASE);
		if (l->lister->line(ev->suite, ev->text, &test))
			take(l, &test);
	}
}

static void
on_end(void *arg, const struct run_end *end)
{
	(void)arg;
	(void)end;
}

static void
begin(struct listing *l)
{
	struct em_event ev;

	em_event_init(&ev, EM_DISCOVER_START);
	l->failed = !rerun_state_init(&l->found) ||
	    rerun_state_event(&l->found, l->plan->c, &ev) != ST_OK;
	commands_init(&l->memory, l->plan->c, SIZE_MAX);
	make_words(&l->memory, &l->words, l->cmd, l->lister);
	l->failed |= l->memory.failed;
	l->job = (struct run_job){ .argv = l->words.v,
		.name = l->cmd->name,
		.event = on_event,
		.ended = on_end,
		.arg = l };
}

/* Asks; false: there is no answer, which is said. */
static bool
ask(struct listing *l)
{
	const struct run_end *e = &l->job.end;
	struct run_plan *p = l->plan;
	struct em_event ev;
	char text[128];

	begin(l);
	if (!l->failed)
		run_keep(&p->keeper, &l->job, 1);
	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	if (!l->failed &&
	    (rerun_state_event(&l->found, p->c, &ev) != ST_OK ||
		rerun_state_end(&l->found, p->c) != ST_OK))
		l->failed = true;
	if (l->failed) {
		cli_say(p->c, "out of memory");
		return false;
	}
	if (e->started && e->exit_code == 0 && !e->timed_out)
		return true;
	run_end_text(e, text, sizeof(text));
	if (!e->cancelled)
		cli_note(p->c,
		    "what is new is not known: \"%s\" %s when it was to list "
		    "its tests",
		    l->cmd->name, text);
	return false;
}

static void
listing_free(struct listing *l)
{
	rerun_state_free(&l->found);
	words_free(&l->words);
	commands_free(&l->memory);
	text_free(&l->suite);
}

/* ---- which tests are the same ---- */

/* What the runner is told to run the test, hashed; false: it is none of the
 * command's. */
static bool
told_key(
    const struct listing *l, const struct rerun_test *test, struct em_key *k)
{
	const struct rerun_runner *runner = run_plan_runner(l->plan, l->cmd);
	struct rerun_test t = *test;
	const struct rerun_test *one = &t;
	struct commands cmds;
	struct text all = { .n = 0 };
	const char *slash;
	bool ok;

	if (!run_tests_strip(&t.suite, l->cmd->label))
		return false;
	/* Go lists no subtests. */
	slash = l->lister->line == go_line && t.name.n > 0
	    ? memchr(t.name.p, '/', t.name.n)
	    : NULL;
	if (slash != NULL)
		t.name.n = (size_t)(slash - t.name.p);
	commands_init(&cmds, NULL, (size_t)1024 * 1024);
	runner->format(&cmds, (struct rerun_list){ &one, 1 });
	for (size_t i = 0; cmds.n > 0 && i < cmds.v[0].n; i++)
		text_add(&all,
		    (struct em_str){
			cmds.v[0].v[i], strlen(cmds.v[0].v[i]) + 1 });
	ok = cmds.n > 0 && !cmds.failed && !all.failed;
	if (ok) {
		const struct em_str whole = text_str(&all);

		*k = em_key(&whole, 1);
	}
	text_free(&all);
	commands_free(&cmds);
	return ok;
}

/* Enters the tests of a state; false when out of memory. */
static bool
enter(const struct listing *l, const struct rerun_state *s, struct em_map *m)
{
	struct em_key k;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t *at =
		    told_key(l, &s->v[i], &k) ? em_map_at(m, k) : NULL;

		if (at != NULL)
			*at = 1;
	}
	return m != NULL;
}

/* ---- what follows from it ---- */

/* Those that are due and are there. */
static void
drop_gone(const struct listing *l, struct run_tests *due, struct em_map *there)
{
	size_t n = 0, gone;
	struct em_key k;

	for (size_t i = 0; i < due->n; i++)
		if (!told_key(l, &due->v[i], &k) ||
		    em_map_find(there, k) != NULL)
			due->v[n++] = due->v[i];
	gone = due->n - n;
	due->n = n;
	if (gone > 0)
		cli_note(l->plan->c,
		    "%zu outstanding test%s not there any more", gone,
		    gone == 1 ? " is" : "s are");
}

static bool
add_new(const struct listing *l, const char *const *names,
    struct run_tests *due, struct em_map *known)
{
	const struct rerun_state *s = &l->found;
	size_t n = 0;
	struct em_key k;

	for (size_t i = 0; i < s->n; i++) {
		uint64_t *at;

		if (!s->v[i].listed || !run_parent_named(&s->v[i], names) ||
		    !told_key(l, &s->v[i], &k))
			continue;
		at = em_map_at(known, k);
		if (at == NULL)
			return false;
		if (*at != 0)
			continue;
		*at = 1;
		n++;
		if (!run_tests_copy(due, &s->v[i]))
			return false;
	}
	if (n > 0)
		cli_note(
		    l->plan->c, "%zu test%s new", n, n == 1 ? " is" : "s are");
	return true;
}

static bool
knows_some(const struct listing *l, const struct em_map *known)
{
	struct em_key k;

	for (size_t i = 0; i < l->found.n; i++)
		if (told_key(l, &l->found.v[i], &k) &&
		    em_map_find(known, k) != NULL)
			return true;
	return false;
}

/* It died before any test did anything, so all are new. */
static bool
knows_nothing(const struct run_parent *p)
{
	return p->sets.n == 0 && p->before.n == 0 &&
	    (p->sets.failed || p->sets.cut);
}

/* False when out of memory. */
static bool
compare(const struct listing *l, const struct run_parent *parent,
    const char *const *names, struct run_tests *due)
{
	struct em_map *known = em_map_new(), *there = em_map_new();
	bool ok = known != NULL && there != NULL &&
	    enter(l, &parent->sets, known) &&
	    enter(l, &parent->before, known) && enter(l, &l->found, there);

	if (ok && (knows_some(l, known) || knows_nothing(parent))) {
		drop_gone(l, due, there);
		ok = add_new(l, names, due, known);
	} else if (ok && l->found.n > 0) {
		cli_note(l->plan->c,
		    "what is new is not known: \"%s\" lists no test that ran",
		    l->cmd->name);
	}
	em_map_free(known);
	em_map_free(there);
	if (!ok)
		cli_say(l->plan->c, "out of memory");
	return ok;
}

struct run_lists {
	struct listing *v;
	size_t n;
};

bool
run_list_new(struct run_plan *p, struct run_parent *parent,
    const char *const *names, struct run_tests *due, struct run_lists **lists)
{
	struct run_lists *all = calloc(1, sizeof(*all));
	bool ok = all != NULL && run_parent_chain(parent);

	*lists = all;
	if (ok)
		all->v = calloc(p->commands.n + 1, sizeof(*all->v));
	ok = ok && all->v != NULL;
	if (!ok)
		cli_say(p->c, "out of memory");
	for (size_t i = 0; ok && i < p->commands.n; i++) {
		struct run_command *cmd = &p->commands.v[i];
		struct listing *l = &all->v[all->n];

		*l = (struct listing){
			.plan = p, .cmd = cmd, .lister = lister_of(p, cmd)
		};
		if (l->lister == NULL)
			continue;
		all->n++;
		if (ask(l))
			ok = compare(l, parent, names, due);
		else
			ok = !l->failed;
	}
	return ok;
}

void
run_list_free(struct run_lists *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->n; i++)
		listing_free(&all->v[i]);
	free(all->v);
	free(all);
}
