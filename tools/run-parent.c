/* SPDX-License-Identifier: MIT */
/* Reruns from the store: what a run left to do. */
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* The words of a command, as a program is given them. */
static char **
words_of(struct em_strs command)
{
	char **v = calloc(command.n + 1, sizeof(*v));

	for (size_t i = 0; v != NULL && i < command.n; i++) {
		v[i] = strndup(command.v[i].p, command.v[i].n);
		if (v[i] == NULL) {
			while (i > 0)
				free(v[--i]);
			free(v);
			return NULL;
		}
	}
	return v;
}

static int
open_root(struct run_parent *p, struct cli *c)
{
	struct store_run root;
	int st;

	if (store_id_eq(&p->run.root, &p->run.id)) {
		p->start = store_start(p->store, &p->run);
	} else {
		st = store_find(p->store, p->root, &root);
		/* It may have been pruned; its child says what it ran. */
		p->start = store_start(p->store, st == ST_OK ? &root : &p->run);
		if (st == ST_OK)
			store_run_free(&root);
	}
	if (p->start == NULL)
		return ST_IO;
	p->words = words_of(p->start->command);
	if (p->words != NULL)
		return ST_OK;
	cli_say(c, "out of memory");
	return ST_IO;
}

int
run_parent_open(
    struct run_parent *p, struct store *s, struct cli *c, const char *what)
{
	int st;

	p->store = s;
	p->cli = c;
	st = store_find(s, what, &p->run);
	if (st != ST_OK)
		return st;
	store_id_text(&p->run.id, p->id);
	store_id_text(&p->run.root, p->root);
	st = store_sets(s, &p->run, &p->sets);
	return st == ST_OK ? open_root(p, c) : st;
}

static bool
is_named(const struct rerun_test *t, const char *name)
{
	size_t n = strlen(name);

	if (em_str_eq(t->name, em_str(name)))
		return true;
	return t->suite.n + 1 + t->name.n == n &&
	    memcmp(name, t->suite.p, t->suite.n) == 0 &&
	    name[t->suite.n] == '/' &&
	    memcmp(name + t->suite.n + 1, t->name.p, t->name.n) == 0;
}

bool
run_parent_named(const struct rerun_test *t, const char *const *names)
{
	if (names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (is_named(t, *names))
			return true;
	return false;
}

bool
run_parent_tests(const struct run_parent *p, struct cli *c,
    const char *const *names, struct run_tests *tests)
{
	for (size_t i = 0; i < p->sets.n; i++) {
		const struct rerun_test *t = &p->sets.v[i];

		if (t->set == SET_OUTSTANDING && run_parent_named(t, names) &&
		    !run_tests_copy(tests, t)) {
			cli_say(c, "out of memory");
			return false;
		}
	}
	return true;
}

static const struct store_run *
run_with(const struct store_runs *runs, const struct store_id *id)
{
	for (size_t i = 0; i < runs->n; i++)
		if (store_id_eq(&runs->v[i].id, id))
			return &runs->v[i];
	return NULL;
}

/* What its set does not tell: tests that were skipped all along. */
bool
run_parent_chain(struct run_parent *p)
{
	const struct store_run *run = &p->run;
	const struct em_event *ev;
	struct store_stream *in;
	struct store_runs runs;
	bool ok = rerun_state_init(&p->before) &&
	    store_list(p->store, &runs) == ST_OK;

	if (!ok)
		return false;
	/* Some may have been pruned. */
	while (ok && (run = run_with(&runs, &run->parent)) != NULL) {
		in = store_stream_open(p->store, run, NULL);
		while (ok && in != NULL && store_stream_next(in, &ev))
			ok = rerun_state_event(&p->before, p->cli, ev) == ST_OK;
		store_stream_close(in);
	}
	store_runs_free(&runs);
	return ok && rerun_state_end(&p->before, p->cli) == ST_OK;
}

void
run_parent_close(struct run_parent *p)
{
	if (p->store == NULL)
		return;
	for (size_t i = 0; p->words != NULL && p->words[i] != NULL; i++)
		free(p->words[i]);
	free(p->words);
	em_event_free(p->start);
	rerun_state_free(&p->sets);
	rerun_state_free(&p->before);
	store_run_free(&p->run);
}
