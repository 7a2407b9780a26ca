/* SPDX-License-Identifier: MIT */
/*
 * Reads every file that the corpus' MANIFEST.tsv lists, recognised by content,
 * and compares what the results fold concludes with the counts that
 * independent readers gave.  Prints TAP.
 *
 *   corpus CORPUSDIR EXCEPTIONS.tsv [SUBSTRING]
 *
 * Each file is read in a process of its own: a crash, a hang, more than 64 MiB
 * or anything on standard error is that file's failure alone.  An exception
 * is a path, a tab and the reason; one that is not needed any more fails.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event-model.h>

enum { TIME_MAX = 60, RSS_MAX_KIB = 64 * 1024, COLUMNS = 13 };

enum column {
	PATH,
	FORMAT,
	PRODUCER,
	TESTS = 5,
	PASSED,
	FAILED,
	ERRORED,
	SKIPPED,
	NOTES = 12
};

struct counts {
	long tests, passed, failed, errored, skipped, other;
	long unrun; /* that failed because they could not be run */
	long todo; /* skipped for that */
	long listed; /* cases of any kind, run or not */
};

struct verdict {
	struct counts counts;
	bool read; /* the reader came to an end of its own */
	bool clean; /* nothing malformed, cut or repaired */
	char format[32];
	char error[256];
};

static bool
is(struct em_str s, const char *text)
{
	return em_str_eq(s, em_str(text));
}

/* Repeats of a Go test are merged, the last one counts. */
static bool
repeated_later(struct em_results *rs, const struct em_case *c)
{
	struct em_case next = *c;

	next.iteration++;
	return em_results_find(rs, c->suite, &next) != NULL;
}

/* Which of the manifest's columns a case counts in (COUNTING.md). */
static void
count_case(struct em_results *rs, const char *format, const struct em_case *c,
    struct counts *n)
{
	struct em_str status = c->last->end->status;
	bool tap = strcmp(format, "tap") == 0;
	bool aside = is(status, "xfail") || is(status, "todo");
	bool other = aside && (tap || strcmp(format, "jest-json") == 0);

	other = other || (tap && is(status, "xpass"));
	other = other ||
	    (strcmp(format, "ctrf") == 0 &&
		(is(status, "ctrf.other") || is(status, "todo")));
	/* Top-level lines only; a subtest is its closing line. */
	if (tap && c->suite->title.p != NULL)
		return;
	if (strcmp(format, "go-json") == 0 && repeated_later(rs, c))
		return;
	n->listed++;
	if (!c->selected || c->outcome == EM_NONE)
		return;
	n->tests++;
	n->unrun += c->outcome == EM_FAIL && is(status, "exec-fail");
	n->todo += c->outcome == EM_SKIP && is(status, "todo");
	if (other && c->outcome != EM_FAIL)
		n->other++;
	else if (c->outcome == EM_PASS ||
	    (aside && strcmp(format, "subunit") == 0))
		n->passed++;
	else if (c->outcome == EM_SKIP)
		n->skipped++;
	else if (c->incomplete || is(status, "error") ||
	    is(status, "incomplete") ||
	    (strcmp(format, "trx") == 0 && status.p != NULL))
		n->errored++;
	else
		n->failed++;
}

static void
on_warning(void *arg, const struct em_error *e)
{
	bool *clean = arg;

	(void)e;
	*clean = false;
}

static void
read_file(const char *path, const char *format, struct verdict *v)
{
	bool clean = true;
	struct em_reader_opts opts = { .warn = on_warning, .arg = &clean };
	int fd = open(path, O_RDONLY);
	struct em_reader *r = em_reader_fd(&opts, fd, path);
	struct em_results *rs = em_results_new(0, (size_t)1 << 30);
	const struct em_event *ev;
	enum em_rc rc;

	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		em_results_event(rs, ev);
	v->read = true;
	v->clean = rc == EM_EOF && clean && !em_reader_stats(r)->truncated &&
	    em_reader_stats(r)->malformed == 0 &&
	    em_reader_stats(r)->noise == 0;
	if (rc == EM_ERR)
		snprintf(v->error, sizeof(v->error), "%.255s",
		    em_reader_error(r)->msg);
	if (em_reader_format(r) != NULL)
		snprintf(
		    v->format, sizeof(v->format), "%.31s", em_reader_format(r));
	for (const struct em_run *run = em_results_runs(rs); run != NULL;
	     run = run->next)
		for (const struct em_suite *s = run->suites; s != NULL;
		     s = s->next)
			for (const struct em_case *c = s->cases; c != NULL;
			     c = c->next)
				count_case(rs, format, c, &v->counts);
	em_results_free(rs);
	em_reader_close(r);
	close(fd);
}

/* Reads in a child; false with a reason when it did not end well. */
static bool
read_apart(
    const char *path, const char *format, struct verdict *v, char why[256])
{
	struct rusage ru;
	int fd[2], st;
	ssize_t n;
	pid_t pid;

	*v = (struct verdict){ .read = false };
	if (pipe(fd) != 0 || (pid = fork()) < 0) {
		snprintf(why, 256, "cannot start a process");
		return false;
	}
	if (pid == 0) {
		alarm(TIME_MAX);
		read_file(path, format, v);
		_exit(
		    write(fd[1], v, sizeof(*v)) == (ssize_t)sizeof(*v) ? 0 : 1);
	}
	close(fd[1]);
	n = read(fd[0], v, sizeof(*v));
	close(fd[0]);
	wait4(pid, &st, 0, &ru);
	if (WIFSIGNALED(st)) {
		snprintf(why, 256, "died by signal %d", WTERMSIG(st));
		return false;
	}
	if (n != (ssize_t)sizeof(*v) || WEXITSTATUS(st) != 0) {
		snprintf(why, 256, "exited with %d", WEXITSTATUS(st));
		return false;
	}
	if (getenv("CORPUS_ANY_SIZE") == NULL && ru.ru_maxrss > RSS_MAX_KIB) {
		snprintf(why, 256, "needed %ld KiB", ru.ru_maxrss);
		return false;
	}
	return true;
}

static bool
differs(const char *want, long got)
{
	return strcmp(want, "-") != 0 && strtol(want, NULL, 10) != got;
}

/* The number behind "key=" in the notes of a row, 0 when it is not there. */
static long
noted(char *col[COLUMNS], const char *key)
{
	const char *at = col[NOTES] != NULL ? strstr(col[NOTES], key) : NULL;

	return at != NULL ? strtol(at + strlen(key), NULL, 10) : 0;
}

/*
 * The manifest's readers take a JUnit case without a child for passed; the
 * notes say how many of those a reader would call otherwise that knows the
 * attribute status, as this one does.
 */
static void
settle_status(char *col[COLUMNS], struct counts *n)
{
	long by_status = noted(col, "no-child-but-status-attr=");
	long more = n->skipped - strtol(col[SKIPPED], NULL, 10);

	if (more > 0 && more <= by_status) {
		n->skipped -= more;
		n->passed += more;
	}
}

/*
 * The manifest's readers take the first attempt of a rerun for its result;
 * here the last decides, so a failure may be an error and the reverse.
 */
static void
settle_reruns(char *col[COLUMNS], struct counts *n)
{
	long reruns = noted(col, "rerunFailure=") + noted(col, "rerunError=");
	long more = n->failed - strtol(col[FAILED], NULL, 10);

	if (more >= -reruns && more <= reruns) {
		n->failed -= more;
		n->errored += more;
	}
}

/*
 * CTest's "notrun" is skipped for the manifest, and failed here, as for ctest,
 * where the test could not be run.
 */
static void
settle_notrun(char *col[COLUMNS], struct counts *n)
{
	long more = strtol(col[SKIPPED], NULL, 10) - n->skipped +
	    noted(col, "no-child-but-status-attr=");

	if (strstr(col[PRODUCER], "ctest") == NULL &&
	    strcmp(col[FORMAT], "ctest") != 0)
		return;
	if (more > 0 && more <= n->unrun) {
		n->skipped += more;
		n->failed -= more;
	}
}

/*
 * A failure is one for the manifest whatever stands beside it; node's tests
 * that are to do have one and are skipped here, as for node.
 */
static void
settle_todo(char *col[COLUMNS], struct counts *n)
{
	long more = strtol(col[FAILED], NULL, 10) - n->failed;

	if (strcmp(col[PRODUCER], "node-test") == 0 && more > 0 &&
	    more <= n->todo) {
		n->failed += more;
		n->skipped -= more;
	}
}

/*
 * Where jest could not run a file, an entry of the status "error" stands for
 * it: a failed suite here, and no test by jest's own total.
 */
static bool
jest_says_so(char *col[COLUMNS], const struct counts *n)
{
	return strcmp(col[FORMAT], "jest-json") == 0 &&
	    noted(col, "declared-tests=") == n->tests &&
	    n->tests + noted(col, "other=") == strtol(col[TESTS], NULL, 10);
}

/* True when what was read is what the row says. */
static bool
judge(char *col[COLUMNS], struct verdict *v, char why[256])
{
	static char dash[] = "-";
	struct counts *n = &v->counts;

	if (strcmp(col[TESTS], "malformed") == 0) {
		if (v->clean)
			snprintf(why, 256, "malformed, but read as clean %s",
			    v->format);
		return !v->clean;
	}
	if (strcmp(col[TESTS], "-") == 0)
		return true;
	if (v->error[0] != '\0') {
		snprintf(why, 256, "%.200s", v->error);
		return false;
	}
	/* A listing has tests and no results. */
	if (strcmp(col[PASSED], "-") == 0 && !differs(col[TESTS], n->listed))
		return true;
	settle_notrun(col, n);
	settle_status(col, n);
	settle_reruns(col, n);
	settle_todo(col, n);
	if (jest_says_so(col, n))
		col[TESTS] = dash;
	if (!differs(col[TESTS], n->tests) &&
	    !differs(col[PASSED], n->passed) &&
	    !differs(col[FAILED], n->failed) &&
	    !differs(col[ERRORED], n->errored) &&
	    !differs(col[SKIPPED], n->skipped))
		return true;
	snprintf(why, 256,
	    "as %s: tests %ld passed %ld failed %ld errored %ld skipped %ld "
	    "other %ld, want %s %s %s %s %s",
	    v->format, n->tests, n->passed, n->failed, n->errored, n->skipped,
	    n->other, col[TESTS], col[PASSED], col[FAILED], col[ERRORED],
	    col[SKIPPED]);
	return false;
}

/* The reason why the path is an exception, or NULL. */
static const char *
exception(const char *list, const char *path)
{
	static char reason[512];
	size_t n = strlen(path);
	char line[1024];
	FILE *f = fopen(list, "r");
	bool found = false;

	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, path, n) == 0 && line[n] == '\t') {
			line[strcspn(line, "\n")] = '\0';
			snprintf(
			    reason, sizeof(reason), "%.500s", line + n + 1);
			found = true;
		}
	if (f != NULL)
		fclose(f);
	return found ? reason : NULL;
}

static bool
test_row(const char *dir, const char *exceptions, char *col[COLUMNS],
    unsigned number)
{
	const char *reason = exception(exceptions, col[PATH]);
	char path[1024], why[256] = "";
	struct verdict v;
	bool sound, ok;

	snprintf(path, sizeof(path), "%s/%s", dir, col[PATH]);
	if (access(path, R_OK) != 0) {
		printf("ok %u - %s # SKIP the file is not there\n", number,
		    col[PATH]);
		return true;
	}
	sound = read_apart(path, col[FORMAT], &v, why);
	ok = sound && judge(col, &v, why);
	if (ok && reason != NULL) {
		printf("not ok %u - %s\n# not an exception any more\n", number,
		    col[PATH]);
		return false;
	}
	if (!ok && sound && reason != NULL) {
		printf(
		    "ok %u - %s # exception: %s\n", number, col[PATH], reason);
		return true;
	}
	printf("%sok %u - %s\n", ok ? "" : "not ", number, col[PATH]);
	if (!ok)
		printf("# %s: %s\n", col[FORMAT], why);
	return ok;
}

int
main(int argc, char **argv)
{
	char path[1024], line[4096], *col[COLUMNS], *p;
	unsigned number = 0;
	int failed = 0;
	FILE *f;

	if (argc < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 14\n");
	snprintf(path, sizeof(path), "%s/MANIFEST.tsv", argv[1]);
	f = fopen(path, "r");
	if (f == NULL) {
		printf("1..0 # SKIP the corpus is not there\n");
		return 0;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t n = 0;

		line[strcspn(line, "\n")] = '\0';
		memset(col, 0, sizeof(col));
		for (p = line; p != NULL && n < COLUMNS; n++) {
			col[n] = p;
			p = strchr(p, '\t');
			if (p != NULL)
				*p++ = '\0';
		}
		if (n <= SKIPPED || strcmp(col[PATH], "path") == 0 ||
		    (argc > 3 && strstr(line, argv[3]) == NULL &&
			strcmp(col[FORMAT], argv[3]) != 0))
			continue;
		fflush(stdout);
		failed += !test_row(argv[1], argv[2], col, ++number);
	}
	fclose(f);
	printf("1..%u\n", number);
	return failed > 0;
}
