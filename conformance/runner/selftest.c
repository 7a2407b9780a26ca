/* SPDX-License-Identifier: MIT */
/*
 * tconform selftest: the suite is held to what it is for.  The reference
 * passes everything; each mutant fails something; each MUST finds a mutant, or
 * a real program.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "pool.h"
#include "reference.h"
#include "tconform.h"

struct selftest {
	const struct suite *suite;
	struct mutant *v; /* the references first */
	size_t n, right; /* how many of them are references */
	size_t *kills; /* by case: how many it killed */
	const struct mutant **by; /* by case: one of them */
	unsigned jobs;
	bool all;
	bool failed;
	size_t passed, tried, killed;
};

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "all", no_argument, NULL, 'a' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform selftest [--all] [-j N]\n\n"
	     "Holds the suite to what it is for: its reference programs pass "
	     "every case,\neach of their mutants is found by a case, and each "
	     "MUST finds a mutant or a\nreal program.  Prints who finds "
	     "what.\n\n"
	     "      --all        try every mutant with every case\n"
	     "  -j, --jobs=N     so many at a time\n"
	     "      --suite=DIR  where the suite is\n"
	     "  -h, --help       this");
}

/* ---- who there is ---- */

static struct mutant *
add(struct selftest *t)
{
	t->v = xrealloc(t->v, (t->n + 1) * sizeof(*t->v));
	return &t->v[t->n++];
}

static bool
add_mutants(struct selftest *t, const struct reference *ref, struct buf *why)
{
	struct buf list = { 0 };
	char *save = NULL;
	bool ok = reference_list(ref, &list, why);

	for (char *line = ok ? strtok_r(list.p, "\n", &save) : NULL;
	     ok && line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *rule = strchr(line, '\t');
		char *what = rule != NULL ? strchr(rule + 1, '\t') : NULL;
		struct mutant *m;

		if (what == NULL) {
			buf_printf(why, "no mutant is \"%s\"", line);
			ok = false;
			break;
		}
		*rule++ = '\0';
		*what++ = '\0';
		m = add(t);
		ok = reference_open(m, t->suite, ref, line, why);
		m->rule = xstrdup(rule);
		m->what = xstrdup(what);
	}
	buf_free(&list);
	return ok;
}

static unsigned
tool_role(unsigned roles)
{
	static const unsigned liked[] = { ROLE_FILTER, ROLE_CONVERTER,
		ROLE_READER };
	size_t i = 0;

	while (i < 2 && (roles & liked[i]) == 0)
		i++;
	return liked[i];
}

/* Real programs that cases name, "tool:jq -c .". */
static bool
add_tools(struct selftest *t, const struct conf_case *c, struct buf *why)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->kills.n; i++) {
		const char *name = c->kills.v[i];
		bool known = false;

		if (strncmp(name, "tool:", 5) != 0)
			continue;
		for (size_t k = 0; k < t->n; k++)
			known |= t->v[k].name != NULL &&
			    strcmp(t->v[k].name, name) == 0;
		if (known)
			continue;
		ok = reference_tool(
		    add(t), t->suite, tool_role(c->roles), name + 5, why);
	}
	return ok;
}

static bool
gather(struct selftest *t, struct buf *why)
{
	bool ok = true;

	for (size_t i = 0; ok && i < reference_n; i++)
		ok =
		    reference_open(add(t), t->suite, &references[i], NULL, why);
	t->right = t->n;
	for (size_t i = 0; ok && i < reference_n; i++)
		ok = add_mutants(t, &references[i], why);
	for (size_t i = 0; ok && i < t->suite->case_n; i++)
		ok = add_tools(t, &t->suite->cases[i], why);
	/* They do not move any more. */
	for (size_t i = 0; i < t->n; i++)
		t->v[i].run.sut = &t->v[i].sut;
	return ok;
}

/* ---- trying them ---- */

struct trials {
	struct selftest *t;
	struct task *v;
	size_t n;
};

static void
try(struct trials *l, const struct mutant *m, const struct conf_case *c)
{
	if (c->level == LEVEL_INFO || (c->roles & m->run.role) == 0 ||
	    m->absent)
		return;
	l->v = xrealloc(l->v, (l->n + 1) * sizeof(*l->v));
	l->v[l->n++] = (struct task){ &m->run, c };
}

static struct mutant *
mutant_of(struct selftest *t, const struct run *run)
{
	size_t i = 0;

	while (&t->v[i].run != run)
		i++;
	return &t->v[i];
}

static void
judged(void *arg, const struct task *task, struct verdict *v)
{
	struct selftest *t = arg;
	struct mutant *m = mutant_of(t, task->run);
	size_t at = (size_t)(task->c - t->suite->cases);

	t->tried++;
	if (v->code == V_ERROR) {
		printf("ERROR %s: %s\n", task->c->id, v->reason);
		t->failed = true;
	} else if (m->name == NULL) {
		if (v->code == V_PASS || v->code == V_WEAK ||
		    v->code == V_SKIP) {
			t->passed++;
			return;
		}
		printf("%s %s, of the reference %s: %s\n",
		    verdict_name(v->code), task->c->id, m->sut.name, v->reason);
		t->failed = true;
	} else if (v->code == V_FAIL || v->code == V_CRASH ||
	    v->code == V_TIMEOUT || v->code == V_LEAK) {
		t->killed++;
		m->kills++;
		if (m->first == NULL)
			m->first = xstrdup(task->c->id);
		t->kills[at]++;
		t->by[at] = m;
	}
}

static bool
run_trials(struct trials *l)
{
	struct pool pool = { .judge = judge_case, .done = judged, .arg = l->t };
	bool ok = pool_run(&pool, l->v, l->n, l->t->jobs);

	if (!ok)
		fprintf(stderr, "tconform selftest: %s\n", strerror(errno));
	free(l->v);
	*l = (struct trials){ .t = l->t };
	return ok;
}

static void
try_named(struct trials *l, const struct conf_case *c)
{
	struct selftest *t = l->t;

	for (size_t i = 0; i < c->kills.n; i++)
		for (size_t k = t->right; k < t->n; k++) {
			if (strcmp(t->v[k].name, c->kills.v[i]) != 0)
				continue;
			try(l, &t->v[k], c);
			/* A real program that is not here is believed. */
			if (t->v[k].absent)
				t->kills[c - t->suite->cases]++;
		}
}

static bool
try_all(struct selftest *t)
{
	struct trials l = { .t = t };

	/* The reference passes everything. */
	for (size_t k = 0; k < t->right; k++)
		for (size_t i = 0; i < t->suite->case_n; i++)
			try(&l, &t->v[k], &t->suite->cases[i]);
	if (!run_trials(&l))
		return false;
	/* Each case finds whom it says it does. */
	for (size_t i = 0; i < t->suite->case_n; i++)
		for (size_t k = t->right; k < t->n; k++)
			if (t->all)
				try(&l, &t->v[k], &t->suite->cases[i]);
	for (size_t i = 0; !t->all && i < t->suite->case_n; i++)
		try_named(&l, &t->suite->cases[i]);
	if (!run_trials(&l))
		return false;
	/* Who found nobody tries everybody. */
	for (size_t i = 0; i < t->suite->case_n; i++)
		for (size_t k = t->right; t->kills[i] == 0 && k < t->n; k++)
			if (t->suite->cases[i].level == LEVEL_MUST)
				try(&l, &t->v[k], &t->suite->cases[i]);
	if (!run_trials(&l))
		return false;
	/* And whom nobody found is tried by everybody. */
	for (size_t k = t->right; k < t->n; k++)
		for (size_t i = 0; t->v[k].kills == 0 && i < t->suite->case_n;
		     i++)
			try(&l, &t->v[k], &t->suite->cases[i]);
	return run_trials(&l);
}

/* ---- what came of it ---- */

static unsigned
judged_roles(void)
{
	unsigned roles = 0;

	for (size_t i = 0; i < reference_n; i++)
		roles |= references[i].role;
	return roles;
}

static void
print_matrix(struct selftest *t)
{
	for (size_t k = t->right; k < t->n; k++) {
		const struct mutant *m = &t->v[k];

		printf("%-9s %-24s %-7s %3zu  %s\n", role_name(m->run.role),
		    m->name, m->rule != NULL ? m->rule : "-", m->kills,
		    m->absent              ? "not installed"
			: m->first != NULL ? m->first
					   : "NOT FOUND");
		if (m->kills == 0 && !m->absent)
			t->failed = true;
	}
	for (size_t i = 0; i < t->suite->case_n; i++) {
		const struct conf_case *c = &t->suite->cases[i];

		if (c->level != LEVEL_MUST || (c->roles & judged_roles()) == 0)
			continue;
		if (t->kills[i] > 0) {
			if (c->kills.n == 0 && t->by[i] != NULL)
				printf("%s finds %s, and does not say so\n",
				    c->id, t->by[i]->name);
			continue;
		}
		printf("%s finds no mutant and no real program\n", c->id);
		t->failed = true;
	}
	printf("%zu passed by the reference, %zu mutants, %zu of %zu trials "
	       "found one\n",
	    t->passed, t->n - t->right, t->killed, t->tried - t->passed);
}

static int
selftest(struct selftest *t)
{
	struct buf why = { 0 };
	int status = EXIT_AT_FAULT;

	t->kills = xalloc(t->suite->case_n * sizeof(*t->kills));
	t->by = xalloc(t->suite->case_n * sizeof(*t->by));
	proc_guard();
	if (!gather(t, &why)) {
		fprintf(stderr, "tconform selftest: %s\n", buf_str(&why));
	} else if (try_all(t)) {
		print_matrix(t);
		status = t->failed ? EXIT_UNEXPECTED : EXIT_AS_EXPECTED;
	}
	for (size_t i = 0; i < t->n; i++)
		reference_close(&t->v[i]);
	free(t->v);
	free(t->kills);
	free(t->by);
	buf_free(&why);
	return status;
}

int
cmd_selftest(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct selftest t = { .jobs = cpus > 0 ? (unsigned)cpus : 1 };
	const char *dir = NULL;
	struct suite *s;
	int o;

	while ((o = getopt_long(argc, argv, "j:h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			dir = optarg;
			break;
		case 'j':
			t.jobs = (unsigned)strtoul(optarg, NULL, 10);
			if (t.jobs == 0 || t.jobs > 1024)
				return usage("selftest",
				    "no number of jobs \"%s\"", optarg);
			break;
		case 'a':
			t.all = true;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (optind < argc)
		return usage(
		    "selftest", "no operand is taken: \"%s\"", argv[optind]);
	s = open_suite("selftest", dir);
	if (s == NULL)
		return EXIT_AT_FAULT;
	t.suite = s;
	o = selftest(&t);
	suite_free(s);
	return o;
}
