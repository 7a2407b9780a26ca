/* SPDX-License-Identifier: MIT */
/* The stream, the processes of tests, and the run. */
#include "check.h"

#include <ctype.h>
#include <errno.h>
#include <event-model.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUT, ERR, REPORT, PIPES };
enum { SUITES_MAX = 16 };

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

static volatile sig_atomic_t stopped;
static struct em_out *out;
static struct em_writer *writer;
static int64_t began;
static struct em_counts counts;
static struct run runs[THREADS_MAX];
static const char *open_suites[SUITES_MAX];
static size_t open_suite_count;

/* ---- the stream ---- */

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
		fcntl(fds[REPORT][1], F_SETFD, FD_CLOEXEC);
		if (r->test->ignored && !o->ignored && !o->include_ignored)
			skip_test(r->test, fds[REPORT][1]);
		run_test(r->test, r->attempt, fds[REPORT][1]);
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
	struct pollfd fds[THREADS_MAX * PIPES];
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
	for (size_t i = 0; i < THREADS_MAX; i++) {
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

/* Whether path is suite itself, or below it; NULL is all. */
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
	const struct test *own[TESTS_MAX];
	bool told[TESTS_MAX] = { false };
	size_t n = 0;

	if (suite) {
		struct em_event ev = event(EM_SUITE_START, NULL);

		ev.suite = em_str(suite);
		if (open_suite_count > 0)
			ev.parent = em_str(open_suites[open_suite_count - 1]);
		emit(ev);
		if (open_suite_count == SUITES_MAX)
			usage("nested too deeply:", suite);
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

/* ---- the whole ---- */

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

int
run_all(int argc, char **argv)
{
	struct options o = parse(argc, argv);
	const struct test *chosen[TESTS_MAX];
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
	for (size_t i = 0; i < THREADS_MAX * PIPES; i++)
		free(runs[i / PIPES].got[i % PIPES].p);
	options_free(&o);
	return status;
}
