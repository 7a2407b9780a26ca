/* SPDX-License-Identifier: MIT */
/* tconform run */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "lint.h"
#include "pool.h"
#include "report.h"
#include "tconform.h"
#include "xfail.h"

enum { OUTPUTS = 16 };

struct output {
	const struct report *report;
	const char *path;
	FILE *f;
};

struct options {
	const char *suite, *conf, *version, *xfail;
	unsigned role, jobs;
	struct strings keep, leave;
	const struct profile *profile; /* NULL: all but those apart */
	struct output outputs[OUTPUTS];
	size_t output_n;
	double scale;
	uint64_t seed;
	bool strict;
	char **command;
};

static const struct option long_options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "role", required_argument, NULL, 'r' },
	{ "profile", required_argument, NULL, 'p' },
	{ "keep", required_argument, NULL, 'k' },
	{ "leave", required_argument, NULL, 'x' },
	{ "xfail", required_argument, NULL, 'X' },
	{ "jobs", required_argument, NULL, 'j' },
	{ "sut", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "protocol", required_argument, NULL, 'V' },
	{ "timing-scale", required_argument, NULL, 'T' },
	{ "seed", required_argument, NULL, 's' },
	{ "strict", no_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform run -r ROLE [OPTION]... -- COMMAND [ARG]...\n\n"
	     "Holds a program to the suite, in a role: reader, filter, "
	     "converter, harness,\nschema.\n\n"
	     "  -r, --role=ROLE       what the program is\n"
	     "  -p, --profile=NAME    cases of that profile alone\n"
	     "  -k, --keep=GLOB       cases whose id matches alone\n"
	     "  -x, --leave=GLOB      cases whose id does not match\n"
	     "  -V, --protocol=M.N    the version that it claims (1.0)\n"
	     "  -j, --jobs=N          so many cases at a time\n"
	     "  -m, --sut=FILE        its sut.conf\n"
	     "  -X, --xfail=FILE      list of expected failures\n"
	     "  -o, --output=FMT[:FILE]\n"
	     "                        report: text tap junit jsonl json html "
	     "badge\n"
	     "      --strict          SHOULD counts as MUST\n"
	     "      --timing-scale=F  time limits times F\n"
	     "      --seed=N          of what is random\n"
	     "      --suite=DIR       where the suite is\n"
	     "  -h, --help            this");
}

static bool
number(const char *s, unsigned long max, unsigned long *n)
{
	char *end;

	errno = 0;
	*n = strtoul(s, &end, 10);
	return *s >= '0' && *s <= '9' && *end == '\0' && errno == 0 &&
	    *n <= max;
}

static bool
add_output(struct options *o, const char *arg)
{
	const char *colon = strchr(arg, ':');
	char *name =
	    xstrndup(arg, colon != NULL ? (size_t)(colon - arg) : strlen(arg));
	struct output *out = &o->outputs[o->output_n];
	bool ok = o->output_n < OUTPUTS;

	if (ok) {
		out->report = report_find(name);
		out->path = colon != NULL ? colon + 1 : NULL;
		ok = out->report != NULL;
		o->output_n += ok;
	}
	free(name);
	return ok;
}

static bool
names_scenario(char *const *words)
{
	for (; *words != NULL; words++)
		if (strstr(*words, "{scenario}") != NULL)
			return true;
	return false;
}

/* One option, 0 when it is taken; else the exit status. */
static int
take(struct options *o, int option, const char *arg)
{
	unsigned major, minor;
	unsigned long n;
	char *end;

	switch (option) {
	case 'S':
		o->suite = arg;
		break;
	case 'r':
		o->role = role_find(slice_of(arg));
		if (o->role == 0)
			return usage("run", "no role \"%s\"", arg);
		break;
	case 'p':
		o->profile = profile_find(arg);
		if (o->profile == NULL)
			return usage("run", "no profile \"%s\"", arg);
		break;
	case 'k':
		strings_add(&o->keep, arg);
		break;
	case 'x':
		strings_add(&o->leave, arg);
		break;
	case 'j':
		if (!number(arg, 1024, &n) || n == 0)
			return usage("run", "no number of jobs \"%s\"", arg);
		o->jobs = (unsigned)n;
		break;
	case 'm':
		o->conf = arg;
		break;
	case 'o':
		if (!add_output(o, arg))
			return usage(
			    "run", "no report \"%s\": %s", arg, report_names);
		break;
	case 'X':
		o->xfail = arg;
		break;
	case 'V':
		if (!lint_version(slice_of(arg), &major, &minor))
			return usage("run", "no version \"%s\"", arg);
		o->version = arg;
		break;
	case 'T':
		o->scale = strtod(arg, &end);
		if (*end != '\0' || !(o->scale > 0) || o->scale > 1000)
			return usage("run", "no factor \"%s\"", arg);
		break;
	case 's':
		if (!number(arg, ~0ul, &n))
			return usage("run", "no seed \"%s\"", arg);
		o->seed = n;
		break;
	case 't':
		o->strict = true;
		break;
	default:
		return EXIT_BAD_USAGE;
	}
	return 0;
}

/* 0 to go on, 1 when help was given, else the exit status. */
static int
parse(struct options *o, int argc, char **argv)
{
	int c, status;

	while ((c = getopt_long(argc, argv, "+r:p:k:x:X:j:m:o:V:h",
		    long_options, NULL)) != -1) {
		if (c == 'h') {
			help();
			return 1;
		}
		status = take(o, c, optarg);
		if (status != 0)
			return status;
	}
	if (o->role == 0)
		return usage("run", "no role; say which with -r");
	if (optind == argc)
		return usage("run", "no command to test");
	if (o->role == ROLE_HARNESS && !names_scenario(argv + optind))
		return usage("run",
		    "the command of a harness has no '{scenario}' in it");
	o->command = argv + optind;
	return 0;
}

struct session {
	struct options o;
	struct tally tally;
	struct xfail *xfail;
	char today[11];
};

static void
done(void *arg, const struct task *task, struct verdict *v)
{
	struct session *s = arg;
	struct tally *t = &s->tally;
	struct outcome *o = &t->v[t->n++];

	*o = (struct outcome){ .c = task->c, .v = *v, .was = v->code };
	*v = (struct verdict){ .code = V_PASS };
	if (s->xfail != NULL)
		xfail_apply(s->xfail, o, s->today);
	t->count[o->v.code]++;
	for (size_t i = 0; i < s->o.output_n; i++)
		s->o.outputs[i].report->one(s->o.outputs[i].f, t, o);
}

/* Compares "1.9" and "1.10" by their parts. */
static int
compare_versions(const char *a, const char *b)
{
	char *ea, *eb;
	long c = strtol(a, &ea, 10) - strtol(b, &eb, 10);

	if (c == 0)
		c = strtol(ea + (*ea == '.'), NULL, 10) -
		    strtol(eb + (*eb == '.'), NULL, 10);
	return c < 0 ? -1 : c > 0;
}

static bool
wanted(const struct options *o, const struct conf_case *c)
{
	return (c->roles & o->role) != 0 && profile_wants(o->profile, c) &&
	    id_chosen(c->id, &o->keep, &o->leave) &&
	    compare_versions(c->since, o->version) <= 0 &&
	    (c->until == NULL || compare_versions(o->version, c->until) <= 0);
}

/* Those about time come last, and one by one. */
static bool
run_cases(struct session *s, const struct run *run)
{
	const struct suite *suite = run->suite;
	struct task *v = xalloc(suite->case_n * sizeof(*v));
	struct pool pool = { .judge = judge_case, .done = done, .arg = s };
	size_t n = 0, plain = 0;
	bool ok;

	for (int timing = 0; timing < 2; timing++) {
		for (size_t i = 0; i < suite->case_n; i++)
			if (wanted(&s->o, &suite->cases[i]) &&
			    case_timing(&suite->cases[i]) == (timing == 1))
				v[n++] = (struct task){ run, &suite->cases[i] };
		if (timing == 0)
			plain = n;
	}
	s->tally.planned = n;
	s->tally.v = xalloc(n * sizeof(*s->tally.v));
	for (size_t i = 0; i < s->o.output_n; i++)
		s->o.outputs[i].report->begin(s->o.outputs[i].f, &s->tally);
	ok = pool_run(&pool, v, plain, s->o.jobs) &&
	    pool_run(&pool, v + plain, n - plain, 1);
	free(v);
	return ok;
}

static bool
open_outputs(struct options *o)
{
	if (o->output_n == 0)
		o->outputs[o->output_n++].report = &report_text;
	for (size_t i = 0; i < o->output_n; i++) {
		struct output *out = &o->outputs[i];

		out->f = out->path == NULL ? stdout : fopen(out->path, "we");
		if (out->f == NULL) {
			fprintf(stderr, "tconform run: %s: %s\n", out->path,
			    strerror(errno));
			return false;
		}
	}
	return true;
}

/* Standard output is for main() to look at. */
static bool
close_outputs(struct options *o)
{
	bool ok = true;

	for (size_t i = 0; i < o->output_n; i++) {
		struct output *out = &o->outputs[i];
		bool bad;

		if (out->f == NULL || out->f == stdout)
			continue;
		bad = fflush(out->f) != 0 || ferror(out->f);
		bad |= fclose(out->f) != 0;
		if (bad)
			fprintf(stderr, "tconform run: %s: %s\n", out->path,
			    strerror(errno));
		ok &= !bad;
	}
	return ok;
}

static uint64_t
clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static int
conclude(struct session *s)
{
	struct tally *t = &s->tally;
	int status = EXIT_AS_EXPECTED;

	tally_award(t);
	if (s->xfail != NULL && t->whole && t->profile == NULL)
		xfail_stale(s->xfail, &t->stale);
	t->count[V_STALE] = t->stale.n;
	for (size_t i = 0; i < s->o.output_n; i++)
		s->o.outputs[i].report->end(s->o.outputs[i].f, t);
	if (t->stale.n > 0)
		status = EXIT_UNEXPECTED;
	for (size_t i = 0; i < t->n; i++) {
		if (outcome_unexpected(t, &t->v[i]) && status == 0)
			status = EXIT_UNEXPECTED;
		if (t->v[i].v.code == V_ERROR)
			status = EXIT_AT_FAULT;
	}
	if (t->n == 0 && status == 0) {
		fputs("tconform run: no case was chosen\n", stderr);
		status = EXIT_UNEXPECTED;
	}
	return status;
}

static bool
load_xfail(struct session *s, const struct suite *suite, struct buf *why)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(s->today, sizeof(s->today), "%Y-%m-%d", &tm);
	if (s->o.xfail == NULL)
		return true;
	s->xfail = xfail_load(s->o.xfail, suite, why);
	return s->xfail != NULL;
}

static int
run_session(struct session *s, const struct suite *suite)
{
	struct sut sut = { .name = NULL };
	struct buf why = { 0 };
	struct run run = { .suite = suite,
		.sut = &sut,
		.role = s->o.role,
		.version = s->o.version,
		.timing_scale = s->o.scale,
		.seed = s->o.seed,
		.strict = s->o.strict };
	uint64_t began = clock_ns();
	int status = EXIT_AT_FAULT;

	s->tally.run = &run;
	s->tally.command = s->o.command;
	while (s->o.command[s->tally.command_n] != NULL)
		s->tally.command_n++;
	s->tally.strict = s->o.strict;
	s->tally.profile = s->o.profile;
	s->tally.whole = s->o.keep.n == 0 && s->o.leave.n == 0;
	if (!sut_load(&sut, s->o.command, s->o.conf, s->o.role, &why) ||
	    !load_xfail(s, suite, &why)) {
		fprintf(stderr, "tconform run: %s\n", buf_str(&why));
		status = EXIT_BAD_USAGE;
	} else if (!open_outputs(&s->o)) {
		status = EXIT_IO;
	} else {
		if (run_cases(s, &run)) {
			s->tally.ns = clock_ns() - began;
			status = conclude(s);
		} else {
			fprintf(stderr, "tconform run: %s\n", strerror(errno));
		}
		if (!close_outputs(&s->o))
			status = EXIT_IO;
	}
	for (size_t i = 0; i < s->tally.n; i++) {
		verdict_free(&s->tally.v[i].v);
		free(s->tally.v[i].known);
	}
	free(s->tally.v);
	strings_free(&s->tally.stale);
	strings_free(&s->tally.awards);
	strings_free(&s->tally.missed);
	strings_free(&s->tally.lacking);
	xfail_free(s->xfail);
	buf_free(&why);
	sut_free(&sut);
	return status;
}

int
cmd_run(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct session s = { .o = { .version = "1.0",
				 .scale = 1,
				 .seed = 1,
				 .jobs = cpus > 0 ? (unsigned)cpus : 1 } };
	struct suite *suite;
	int status = parse(&s.o, argc, argv);

	if (status == 0) {
		suite = open_suite("run", s.o.suite);
		status = suite != NULL ? run_session(&s, suite) : EXIT_AT_FAULT;
		suite_free(suite);
	} else if (status == 1) {
		status = 0;
	}
	strings_free(&s.o.keep);
	strings_free(&s.o.leave);
	return status;
}
