/* SPDX-License-Identifier: MIT */
/*
 * Tests on check(1) that speak test-events 1.0 and the usual command line,
 * written with libevent-model. Copy this file and replace what is below
 * "scenarios" by functions of your own, added in main():
 *
 *	add((struct test){ .name = "sum", .body = sum_of_two });
 *
 * A test uses the ck_assert of check, and check_that() to go on after a
 * failure, skip() and metric(). Each runs in a process of its own, of which
 * check judges; this one alone writes events.
 */
#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <event-model.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct test {
	const char *name;
	void (*body)(void);
	const char *suite; /* "a/b" is in "a" */
	const char *ignored; /* why it is switched off */
	bool bench;
	int number; /* for the body, see parameter() */
};

struct options {
	const char **filters, **skips;
	size_t filter_count, skip_count;
	bool exact, list, json, ignored, include_ignored, test, bench;
	bool no_capture, show_output;
	size_t threads, retries, repeat;
};

enum { OUT, ERR, REPORT, PIPES };

struct bytes {
	char *p;
	size_t n;
};

/* One attempt that is under way. */
struct run {
	const struct test *test;
	int64_t iteration, attempt;
	int64_t start;
	pid_t pid; /* 0: nothing runs here */
	int fd[PIPES]; /* -1: at its end */
	struct bytes got[PIPES];
};

static struct test tests[128];
static size_t test_count;
static const struct test *current; /* in the process of a test */
static int64_t current_attempt;
static int report = -1;
static volatile sig_atomic_t stopped;

static struct em_out *out;
static struct em_writer *writer;
static int64_t began;
static struct em_counts counts;
static struct run runs[64];
static const char *open_suites[16];
static size_t open_suite_count;

/* ---- for tests ---- */

static void
add(struct test t)
{
	if (test_count < sizeof(tests) / sizeof(*tests))
		tests[test_count++] = t;
}

/* Strings, each with its NUL, ended by NULL: what a test tells its parent. */
static void
tell(const char *first, ...)
{
	char record[4096];
	size_t n = 0;
	va_list args;

	va_start(args, first);
	for (const char *s = first; s; s = va_arg(args, const char *)) {
		size_t size = strnlen(s, sizeof(record) - 1 - n);

		memcpy(record + n, s, size);
		n += size;
		record[n] = '\0';
		n += n + 1 < sizeof(record);
	}
	va_end(args);
	if (write(report, record, n) != (ssize_t)n)
		_exit(1);
}

static void
tell_failure(const char *file, int line, const char *message)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", line);
	tell("m", file, number, message, NULL);
}

/* Goes on when it is not so. */
#define check_that(good, message)                                              \
	((good) ? (void)0 : tell_failure(__FILE__, __LINE__, message))

static void
skip(const char *reason)
{
	tell("s", reason, NULL);
	fflush(stdout);
	_exit(0);
}

static void
metric(const char *name, int64_t value, const char *unit)
{
	char number[32];

	snprintf(number, sizeof(number), "%lld", (long long)value);
	tell("v", name, number, unit, NULL);
}

/* ---- the stream ---- */

static _Noreturn void
usage(const char *what, const char *value)
{
	fprintf(stderr, "tests: %s \"%s\"\n", what, value);
	exit(2);
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Whether the caller takes 1.0. */
static bool
takes_this_version(const char *most)
{
	char *end;
	long major;

	if (!isdigit((unsigned char)*most))
		return false;
	major = strtol(most, &end, 10);
	if (*end != '.' || !isdigit((unsigned char)end[1]))
		return false;
	strtol(end + 1, &end, 10);
	return *end == '\0' && major >= 1;
}

static void
open_stream(void)
{
	const char *number = getenv("TEST_EVENTS_FD");
	const char *most = getenv("TEST_EVENTS_MAX_VERSION");
	struct em_writer_opts opts = { .format = NULL };
	struct em_error e;
	char *end;
	long fd = STDOUT_FILENO;

	if (most && *most && !takes_this_version(most))
		usage("cannot write test-events as low as", most);
	if (number && *number) {
		fd = strtol(number, &end, 10);
		if (*end || fd < 0 || fd > 65535 || fcntl((int)fd, F_GETFD) < 0)
			usage("TEST_EVENTS_FD is no open descriptor:", number);
	}
	/* A copy that no test has; what tests print goes elsewhere. */
	out = em_out_fd(fcntl((int)fd, F_DUPFD_CLOEXEC, 10), "events");
	if (fd == STDOUT_FILENO)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	else if (fd > STDERR_FILENO)
		close((int)fd);
	unsetenv("TEST_EVENTS_FD");
	unsetenv("TEST_EVENTS_MAX_VERSION");
	writer = out ? em_writer_open(&opts, out, &e) : NULL;
	if (!writer)
		usage("cannot write events:", out ? e.msg : "out of memory");
	began = now();
}

/* An event about a test, or about none. */
static struct em_event
event(enum em_kind kind, const struct run *r)
{
	struct em_event ev;

	em_event_init(&ev, kind);
	ev.elapsed_ns = now() - began;
	if (r) {
		ev.suite = em_str(r->test->suite);
		ev.name = em_str(r->test->name);
		ev.iteration = r->iteration;
		ev.attempt = r->attempt > 1 ? r->attempt : EM_UNSET;
	}
	return ev;
}

/* Each line goes out at once, and a line that cannot ends the run. */
static void
emit(struct em_event ev)
{
	if (em_writer_event(writer, &ev) != EM_OK ||
	    em_out_flush(out) != EM_OK) {
		fprintf(stderr, "tests: %s\n", em_out_error(out)->msg);
		_exit(1);
	}
}

/* ---- the process of a test ---- */

START_TEST(judged)
{
	/* check has a file open, which is nothing for what tests start. */
	for (int fd = STDERR_FILENO + 1; fd < 16; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	current->body();
}
END_TEST

static _Noreturn void
run_child(const struct run *r)
{
	Suite *s = suite_create("tests");
	TCase *tc = tcase_create("tests");
	SRunner *sr;
	TestResult **results;

	current = r->test;
	current_attempt = r->attempt;
	tcase_set_timeout(tc, 0);
	tcase_add_test(tc, judged);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_set_fork_status(sr, CK_NOFORK);
	srunner_run_all(sr, CK_SILENT);
	results = srunner_results(sr);
	if (tr_rtype(results[0]) != CK_PASS)
		tell_failure(tr_lfile(results[0]), tr_lno(results[0]),
		    tr_msg(results[0]));
	tell("d", NULL);
	fflush(stdout);
	_exit(0);
}

static void
start(struct run *r, const struct options *o)
{
	struct em_event ev = event(EM_CASE_START, r);
	int fds[PIPES][2];

	if (r->test->bench)
		ev.mode = EM_STR("bench");
	emit(ev);
	r->start = now();
	for (int i = 0; i < PIPES; i++)
		if (pipe(fds[i]) != 0)
			usage("cannot make a pipe:", strerror(errno));
	r->pid = fork();
	if (r->pid < 0)
		usage("cannot fork:", strerror(errno));
	if (r->pid == 0) {
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		if (!o->no_capture) {
			dup2(fds[OUT][1], STDOUT_FILENO);
			dup2(fds[ERR][1], STDERR_FILENO);
		}
		for (int i = 0; i < PIPES; i++) {
			close(fds[i][0]);
			if (i != REPORT)
				close(fds[i][1]);
		}
		report = fds[REPORT][1];
		fcntl(report, F_SETFD, FD_CLOEXEC);
		if (r->test->ignored && !o->ignored && !o->include_ignored)
			skip(r->test->ignored);
		run_child(r);
	}
	for (int i = 0; i < PIPES; i++) {
		close(fds[i][1]);
		r->fd[i] = fds[i][0];
		fcntl(r->fd[i], F_SETFD, FD_CLOEXEC);
	}
}

/* ---- what it told, as events ---- */

static void
emit_output(const struct run *r, int which, const char *stream)
{
	struct em_event ev = event(EM_CASE_OUTPUT, r);

	ev.stream = em_str(stream);
	ev.text = (struct em_str){ r->got[which].p, r->got[which].n };
	if (ev.text.n > 0)
		emit(ev);
}

static void
emit_failure(const struct run *r, const char *file, int line, const char *text)
{
	struct em_event ev = event(EM_CASE_MESSAGE, r);

	ev.message_kind = EM_STR("error");
	ev.message = em_str(text);
	if (file) {
		ev.location.file = em_str(file);
		ev.location.line = line > 0 ? line : EM_UNSET;
	}
	emit(ev);
}

/* The next string of a report; "" at its end. */
static const char *
next(const char **at, const char *end)
{
	const char *s = *at;

	if (s >= end)
		return "";
	*at += strlen(s) + 1;
	return s;
}

/* Reads the report; ev gets outcome, status and reason. */
static void
judge(const struct run *r, int status, struct em_event *ev)
{
	const char *at = r->got[REPORT].p;
	const char *end = at ? at + r->got[REPORT].n : at;
	bool done = false;
	char why[64];

	ev->outcome = EM_PASS;
	while (at < end) {
		const char *what = next(&at, end);

		if (*what == 'm') {
			const char *file = next(&at, end);
			int line = (int)strtol(next(&at, end), NULL, 10);

			emit_failure(r, file, line, next(&at, end));
			ev->outcome = EM_FAIL;
		} else if (*what == 's') {
			ev->outcome = EM_SKIP;
			ev->reason = em_str(next(&at, end));
			if (ev->reason.n == 0)
				ev->reason.p = NULL;
			done = true;
		} else if (*what == 'v') {
			struct em_event m = event(EM_CASE_METRIC, r);

			m.metric = em_str(next(&at, end));
			m.value = em_str(next(&at, end));
			m.unit = em_str(next(&at, end));
			emit(m);
		} else if (*what == 'd') {
			done = true;
		}
	}
	if (done)
		return;
	if (WIFSIGNALED(status))
		snprintf(
		    why, sizeof(why), "ended by signal %d", WTERMSIG(status));
	else
		snprintf(why, sizeof(why), "ended with status %d",
		    WEXITSTATUS(status));
	emit_failure(r, NULL, 0, why);
	ev->outcome = EM_FAIL;
	ev->status = EM_STR("crash");
}

/* Completes what has ended; true when it is to be tried again. */
static bool
complete(struct run *r, const struct options *o)
{
	struct em_event ev = event(EM_CASE_COMPLETE, r);
	bool again;
	int status;

	waitpid(r->pid, &status, 0);
	r->pid = 0;
	emit_output(r, OUT, "stdout");
	emit_output(r, ERR, "stderr");
	judge(r, status, &ev);
	ev.elapsed_ns = now() - began;
	ev.duration_ns = now() - r->start;
	emit(ev);
	again = ev.outcome == EM_FAIL && r->attempt <= (int64_t)o->retries;
	if (!again) {
		counts.pass += ev.outcome == EM_PASS;
		counts.fail += ev.outcome == EM_FAIL;
		counts.skip += ev.outcome == EM_SKIP;
	}
	for (int i = 0; i < PIPES; i++)
		r->got[i].n = 0;
	return again;
}

static void
read_some(struct run *r, int which)
{
	struct bytes *b = &r->got[which];
	ssize_t n;

	b->p = realloc(b->p, b->n + 4096);
	n = b->p ? read(r->fd[which], b->p + b->n, 4096) : 0;
	if (n > 0)
		b->n += (size_t)n;
	else if (n == 0 || errno != EINTR)
		r->fd[which] = close(r->fd[which]) - 1;
}

/* Waits for what running tests write. */
static void
listen_to_tests(size_t threads)
{
	struct pollfd fds[64 * PIPES];
	nfds_t n = 0;

	for (size_t i = 0; i < threads * PIPES; i++) {
		const struct run *r = &runs[i / PIPES];

		fds[n++] = (struct pollfd){ .events = POLLIN,
			.fd = r->pid ? r->fd[i % PIPES] : -1 };
	}
	/* The limit of time is for a signal just before poll(). */
	if (poll(fds, n, 200) <= 0)
		return;
	for (size_t i = 0; i < threads * PIPES; i++)
		if (fds[i].fd >= 0 && fds[i].revents)
			read_some(&runs[i / PIPES], (int)(i % PIPES));
}

/* ---- the run ---- */

static int
finish(bool aborted)
{
	struct em_event ev = event(EM_RUN_COMPLETE, NULL);

	ev.outcome = aborted || counts.fail > 0 ? EM_FAIL : EM_PASS;
	if (aborted)
		ev.status = EM_STR("abort");
	ev.counts = counts;
	emit(ev);
	em_writer_close(writer);
	if (em_out_close(out, NULL) != EM_OK)
		return 1;
	return ev.outcome == EM_PASS ? 0 : 1;
}

static void
end_suite(void)
{
	struct em_event ev = event(EM_SUITE_COMPLETE, NULL);

	ev.suite = em_str(open_suites[--open_suite_count]);
	emit(ev);
}

static _Noreturn void
stop_run(void)
{
	struct em_event ev = event(EM_RUN_CANCEL, NULL);

	ev.reason = em_str(stopped == SIGTERM ? "SIGTERM" : "SIGINT");
	emit(ev);
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		if (!runs[i].pid)
			continue;
		kill(runs[i].pid, SIGKILL);
		waitpid(runs[i].pid, NULL, 0);
		ev = event(EM_CASE_COMPLETE, &runs[i]);
		ev.outcome = EM_FAIL;
		ev.status = EM_STR("abort");
		emit(ev);
		counts.fail++;
	}
	while (open_suite_count > 0)
		end_suite();
	exit(finish(true));
}

static bool
is_over(const struct run *r)
{
	return r->pid && r->fd[OUT] < 0 && r->fd[ERR] < 0 && r->fd[REPORT] < 0;
}

/* Runs those tests as often as asked, so many at a time. */
static void
run_tests(
    const struct test *const *those, size_t count, const struct options *o)
{
	size_t todo = count * o->repeat, started = 0, over = 0;

	while (over < todo) {
		for (size_t i = 0; i < o->threads && started < todo; i++) {
			struct run *r = &runs[i];

			if (r->pid)
				continue;
			r->test = those[started / o->repeat];
			r->iteration = o->repeat > 1
			    ? (int64_t)(started % o->repeat) + 1
			    : EM_UNSET;
			r->attempt = 1;
			started++;
			start(r, o);
		}
		listen_to_tests(o->threads);
		if (stopped)
			stop_run();
		for (size_t i = 0; i < o->threads; i++) {
			if (!is_over(&runs[i]))
				continue;
			if (complete(&runs[i], o)) {
				runs[i].attempt++;
				start(&runs[i], o);
			} else {
				over++;
			}
		}
	}
}

/* Whether path is suite itself (depth 0), or how far below it. */
static bool
is_in(const char *path, const char *suite)
{
	size_t n = suite ? strlen(suite) : 0;

	return !suite ||
	    (path && strncmp(path, suite, n) == 0 &&
		(path[n] == '\0' || path[n] == '/'));
}

static bool
same_suite(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/*
 * The tests of one suite, then the suites in it. A suite that holds no tests
 * of its own is not told of.
 */
static void
run_suite(const char *suite, const struct test *const *those, size_t count,
    const struct options *o)
{
	const struct test *own[sizeof(tests) / sizeof(*tests)];
	bool told[sizeof(tests) / sizeof(*tests)] = { false };
	size_t n = 0;

	if (suite) {
		struct em_event ev = event(EM_SUITE_START, NULL);

		ev.suite = em_str(suite);
		if (open_suite_count > 0)
			ev.parent = em_str(open_suites[open_suite_count - 1]);
		emit(ev);
		open_suites[open_suite_count++] = suite;
	}
	for (size_t i = 0; i < count; i++)
		if (same_suite(those[i]->suite, suite))
			own[n++] = those[i];
	run_tests(own, n, o);
	for (size_t i = 0; i < count; i++) {
		const char *inner = those[i]->suite;

		if (told[i] || !inner || same_suite(inner, suite) ||
		    !is_in(inner, suite))
			continue;
		for (size_t k = i; k < count; k++)
			told[k] |= is_in(those[k]->suite, inner);
		run_suite(inner, those, count, o);
	}
	if (suite)
		end_suite();
}

/* ---- the command line ---- */

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
static size_t
choose(const struct options *o, const struct test **chosen)
{
	bool taken[sizeof(tests) / sizeof(*tests)] = { false };
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

	if (end == value || *end || n < 1 || n > 64)
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

/* @FILE holds arguments, one a line; the rest of a list without them. */
static char **
expand(int argc, char **argv, size_t *count)
{
	size_t n = 0, cap = (size_t)argc + 1;
	char **all = malloc(cap * sizeof(*all));

	for (int i = 0; all && i < argc; i++) {
		char *line = NULL;
		size_t size = 0;
		ssize_t length;
		FILE *f;

		if (argv[i][0] != '@') {
			all[n++] = argv[i];
			continue;
		}
		f = fopen(argv[i] + 1, "r");
		if (!f)
			usage("cannot read", argv[i] + 1);
		while (all && (length = getline(&line, &size, f)) > 0) {
			if (line[length - 1] == '\n')
				line[length - 1] = '\0';
			all = realloc(all, ++cap * sizeof(*all));
			if (all)
				all[n++] = strdup(line);
		}
		free(line);
		fclose(f);
	}
	if (!all)
		usage("no memory for", "arguments");
	*count = n;
	return all;
}

static struct options
parse(int argc, char **argv)
{
	struct options o = { .threads = 1, .repeat = 1 };
	size_t count;
	char **args = expand(argc, argv, &count);
	bool used;

	o.filters = calloc(count + 1, sizeof(*o.filters));
	o.skips = calloc(count + 1, sizeof(*o.skips));
	if (!o.filters || !o.skips)
		usage("no memory for", "arguments");
	for (size_t i = 0; i < count; i++) {
		parse_one(
		    &o, args[i], i + 1 < count ? args[i + 1] : NULL, &used);
		i += used;
	}
	if (o.ignored && o.include_ignored)
		usage("not with --ignored:", "--include-ignored");
	if (o.test && o.bench)
		usage("not with --test:", "--bench");
	return o;
}

static void
discover(const struct options *o, const struct test *const *chosen, size_t n)
{
	struct em_event ev;
	struct run r = { .iteration = EM_UNSET };

	emit(event(EM_DISCOVER_START, NULL));
	for (size_t i = 0; i < test_count; i++) {
		bool selected = false;

		for (size_t k = 0; k < n; k++)
			selected |= chosen[k] == &tests[i];
		r.test = &tests[i];
		ev = event(EM_DISCOVER_CASE, &r);
		ev.selected = selected ? EM_ABSENT : EM_FALSE;
		if (tests[i].bench)
			ev.mode = EM_STR("bench");
		if (tests[i].ignored && !o->ignored && !o->include_ignored)
			ev.status = EM_STR("ignored");
		emit(ev);
	}
	ev = event(EM_DISCOVER_COMPLETE, NULL);
	ev.total = (int64_t)test_count;
	emit(ev);
}

static void
on_signal(int number)
{
	stopped = number;
}

static int
run_all(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	const struct test *chosen[sizeof(tests) / sizeof(*tests)];
	size_t n = choose(&o, chosen);
	struct em_event ev;
	struct sigaction sa = { .sa_handler = on_signal };
	int status = 0;

	if (!o.json)
		usage("all it can do is", "--format json");
	open_stream();
	ev = event(EM_PROTOCOL, NULL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	ev.producer_name = EM_STR("check.c");
	emit(ev);
	discover(&o, chosen, n);
	if (!o.list) {
		sigaction(SIGTERM, &sa, NULL);
		sigaction(SIGINT, &sa, NULL);
		counts = (struct em_counts){ 0, 0, 0 };
		ev = event(EM_RUN_START, NULL);
		ev.total = (int64_t)n;
		emit(ev);
		run_suite(NULL, chosen, n, &o);
		status = finish(false);
	}
	free(o.filters);
	free(o.skips);
	return status;
}

/* ---- scenarios: the test programs of the conformance suite ---- */

static void
passes(void)
{
}

static void
rest(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		continue;
}

static void
differs(void)
{
	ck_abort_msg("left != right");
}

static void
three_failures(void)
{
	check_that(false, "first");
	check_that(false, "second");
	check_that(false, "third");
}

static void
no_network(void)
{
	skip("no network");
}

static void
no_reason(void)
{
	skip("");
}

static void
wrong(void)
{
	ck_abort_msg("wrong answer");
}

static void
wrong_left(void)
{
	ck_abort_msg("left is wrong");
}

static void
parameter(void)
{
	if (current->number == 42)
		ck_abort_msg("no answer");
}

static void
too_early(void)
{
	check_that(current_attempt > 1, "too early");
}

static void
still_not(void)
{
	ck_abort_msg("still not");
}

static void
sum(void)
{
	int64_t start_ns = now();
	volatile uint64_t total = 1;

	for (int i = 0; i < 100000; i++)
		total = total * 3 + (uint64_t)i;
	metric("time", now() - start_ns, "ns/iter");
}

static void
short_rest(void)
{
	rest(200);
}

static void
lost(void)
{
	rest(200);
	ck_abort_msg("lost");
}

static void
slow(void)
{
	rest(1500);
}

static void
waits(void)
{
	rest(30000);
}

static void
load(void)
{
	for (int i = 0; i < 65536; i++)
		putchar('a' + current->number);
}

static void
noisy(void)
{
	printf("hello from the test\nno line end");
}

static void
liar(void)
{
	puts("{\"event\":\"run_complete\",\"outcome\":\"pass\"}");
	ck_abort_msg("caught");
}

static void
bytes_out(void)
{
	fwrite("\xff\xfe\0A\n", 1, 5, stdout);
}

static void
boom(void)
{
	raise(SIGSEGV);
}

static void
dies(void)
{
	abort();
}

static void
leaves(void)
{
	_exit(0);
}

static void
parent(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		printf("hello from the child\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void
starter(void)
{
	if (system("echo \"fd=[$TEST_EVENTS_FD] max=[$TEST_EVENTS_MAX_VERSION]"
		   "\"; echo stray >&3") < 0)
		ck_abort_msg("cannot start a process");
}

static void
loud(void)
{
	puts("loud and clear");
}

/* As many names as wanted, "param 0", "param 1", ... */
static void
add_many(const char *format, int count, void (*body)(void))
{
	static char names[128][32];

	for (int i = 0; i < count; i++) {
		snprintf(names[i], sizeof(names[i]), format, i);
		add((struct test){
		    .name = names[i], .body = body, .number = i });
	}
}

static void
add_long_name(void)
{
	static char name[1024] = "long_";

	memset(name + 5, 'n', 1000);
	add((struct test){ .name = name, .body = passes });
}

#define NAMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
add_passing(const char *const *names)
{
	for (; *names; names++)
		add((struct test){ .name = *names, .body = passes });
}

/* Scenarios of one test. */
static const struct {
	const char *scenario;
	struct test test;
	const char *argument;
} single[] = {
	{ "pass", { .name = "one", .body = passes }, NULL },
	{ "fail", { .name = "one", .body = differs }, NULL },
	{ "fail-multi", { .name = "one", .body = three_failures }, NULL },
	{ "skip-static",
	    { .name = "one", .body = wrong, .ignored = "not today" }, NULL },
	{ "skip-dynamic", { .name = "one", .body = no_network }, NULL },
	{ "skip-noreason", { .name = "one", .body = no_reason }, NULL },
	{ "retry-2", { .name = "flaky", .body = too_early }, "--retries=2" },
	{ "retry-exhaust", { .name = "never", .body = still_not },
	    "--retries=2" },
	{ "stress-3", { .name = "steady", .body = passes }, "--repeat=3" },
	{ "bench", { .name = "sum", .body = sum, .bench = true }, "--bench" },
	{ "bench-as-test", { .name = "sum", .body = passes, .bench = true },
	    NULL },
	{ "slow", { .name = "slow", .body = slow }, NULL },
	{ "stdout-noise", { .name = "noisy", .body = noisy }, NULL },
	{ "stdout-spoof", { .name = "liar", .body = liar }, NULL },
	{ "stdout-binary", { .name = "bytes", .body = bytes_out }, NULL },
	{ "abort", { .name = "dies", .body = dies }, NULL },
	{ "exit0", { .name = "leaves", .body = leaves }, NULL },
	{ "sigterm", { .name = "waits", .body = waits }, NULL },
	{ "start", { .name = "starter", .body = starter }, NULL },
	{ "fork", { .name = "parent", .body = parent }, NULL },
};

/* An argument of its own, or NULL; sets *known. */
static const char *
add_single(const char *scenario, bool *known)
{
	for (size_t i = 0; i < sizeof(single) / sizeof(*single); i++) {
		if (strcmp(scenario, single[i].scenario) == 0) {
			*known = true;
			add(single[i].test);
			return single[i].argument;
		}
	}
	return NULL;
}

static void
add_cli(void)
{
	add_passing(NAMES("alpha", "alphabet", "beta", "gamma"));
	add((struct test){ .name = "bad", .body = wrong });
	add((struct test){
	    .name = "delta", .body = passes, .ignored = "not today" });
	add((struct test){ .name = "loud", .body = loud });
	add((struct test){ .name = "sum", .body = sum, .bench = true });
}

static void
add_nested(void)
{
	add((struct test){
	    .name = "in_outer", .body = passes, .suite = "outer" });
	add((struct test){
	    .name = "in_middle", .body = passes, .suite = "outer/middle" });
	add((struct test){ .name = "in_inner",
	    .body = passes,
	    .suite = "outer/middle/inner" });
}

/* Scenarios of several tests. */
static const char *
add_several(const char *s, bool *known)
{
	const char *argument = NULL;

	*known = true;
	if (strcmp(s, "zero") == 0) {
		test_count = 0;
	} else if (strcmp(s, "one-of-each") == 0) {
		add((struct test){ .name = "good", .body = passes });
		add((struct test){ .name = "bad", .body = wrong });
		add((struct test){
		    .name = "idle", .body = passes, .ignored = "not today" });
	} else if (strcmp(s, "nested-3") == 0) {
		add_nested();
	} else if (strcmp(s, "same-name") == 0) {
		add((struct test){
		    .name = "same", .body = wrong_left, .suite = "left" });
		add((struct test){
		    .name = "same", .body = passes, .suite = "right" });
	} else if (strcmp(s, "param-100") == 0) {
		add_many("param %d", 100, parameter);
	} else if (strcmp(s, "list") == 0) {
		add_passing(NAMES("one", "two", "three"));
		argument = "--list";
	} else if (strncmp(s, "filter-", 7) == 0) {
		add_passing(NAMES("alpha", "beta", "gamma"));
		argument = strcmp(s, "filter-some") == 0 ? "beta" : "delta";
	} else if (strcmp(s, "parallel-4") == 0) {
		add((struct test){ .name = "north", .body = short_rest });
		add((struct test){ .name = "east", .body = short_rest });
		add((struct test){ .name = "south", .body = lost });
		add((struct test){ .name = "west", .body = short_rest });
		argument = "--test-threads=4";
	} else if (strcmp(s, "parallel-16x64k") == 0) {
		add_many("load%02d", 16, load);
		argument = "--test-threads=16";
	} else if (strcmp(s, "long-name") == 0) {
		add_long_name();
	} else if (strcmp(s, "panic") == 0) {
		add((struct test){ .name = "boom", .body = boom });
		add((struct test){ .name = "after", .body = passes });
	} else if (strcmp(s, "cli") == 0) {
		add_cli();
	} else {
		*known = false;
	}
	return argument;
}

int
main(int argc, char **argv)
{
	bool known = false;
	const char *argument;
	char *args[64];
	int n = 0;

	if (argc < 2)
		return run_all(0, NULL);
	argument = add_single(argv[1], &known);
	if (!known)
		argument = add_several(argv[1], &known);
	if (!known)
		return 77;
	if (argument)
		args[n++] = strdup(argument);
	for (int i = 2; i < argc && n < 63; i++)
		args[n++] = argv[i];
	return run_all(n, args);
}
