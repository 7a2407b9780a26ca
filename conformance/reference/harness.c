/* SPDX-License-Identifier: MIT */
/*
 * The reference harness: the one in C that is there to be copied, or, with
 * --mutant, that one behind somebody who spoils what it writes.
 */
#include <errno.h>
#include <event-model.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "misbehave.h"

enum { EVENTS_FD = 3, TORN_AT = 4096, ENDED_BY_PANIC = 101 };

struct spoiler {
	const struct misbehaviour *m;
	int from, to;
	struct buf in, held;
	bool owes_lf, stop;
	bool drafted; /* what comes is the draft already */
};

static volatile sig_atomic_t child;
static volatile sig_atomic_t deaf;

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "harness: %s: %s\n", what, strerror(errno));
	exit(2);
}

static char *
right_one(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		die("/proc/self/exe");
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	return xprintf("%s/harness-check", self);
}

/* ---- what it is told ---- */

static int
by_alphabet(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The words behind the last option. */
static void
sort_filters(char **args, size_t n)
{
	size_t first = n;

	while (first > 0 && args[first - 1][0] != '-')
		first--;
	/* It may take a value. */
	if (first > 0 && strchr(args[first - 1], '=') == NULL)
		first++;
	if (first < n)
		qsort(args + first, n - first, sizeof(*args), by_alphabet);
}

/* argv[0] is the program, argv[1] the scenario. */
static void
spoil_arguments(const struct misbehaviour *m, char **argv)
{
	size_t n = 2, to = 2;

	if (argv[1] == NULL)
		return;
	for (; argv[n] != NULL; n++) {
		if (m->deed == MIS_UNARG &&
		    strncmp(argv[n], m->what, strlen(m->what)) == 0)
			continue;
		if (m->deed == MIS_SET_ARG && strcmp(argv[n], m->what) == 0)
			argv[n] = (char *)m->with;
		argv[to++] = argv[n];
	}
	argv[to] = NULL;
	if (m->deed == MIS_SORT_ARGS)
		sort_filters(argv + 2, to - 2);
}

static _Noreturn void
run_right_one(char **argv)
{
	execv(argv[0], argv);
	die(argv[0]);
}

/* ---- what it writes ---- */

static bool
write_all(int fd, struct slice s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s.p += n;
		s.n -= (size_t)n;
	}
	return true;
}

static void
put(struct spoiler *s, struct slice bytes)
{
	if (!write_all(s->to, bytes) && s->m->deed != MIS_STUBBORN)
		exit(1);
}

static void
put_line(struct spoiler *s, struct slice line)
{
	struct buf out = { 0 };

	misbehave_line(s->m, line, &out);
	if (s->m->deed == MIS_DRAFT && !s->drafted) {
		buf_add(&s->held, line.p, line.n);
		buf_putc(&s->held, '\n');
	} else if (s->m->deed == MIS_HOLD) {
		buf_add(&s->held, out.p, out.n);
	} else if (s->m->deed == MIS_TEAR && out.n > TORN_AT) {
		put(s, (struct slice){ out.p, TORN_AT });
		put(s, slice_of("\n"));
		put(s, (struct slice){ out.p + TORN_AT, out.n - TORN_AT });
	} else if (s->m->deed == MIS_UNENDED && out.n > 0) {
		if (s->owes_lf)
			put(s, slice_of("\n"));
		put(s, (struct slice){ out.p, out.n - 1 });
		s->owes_lf = true;
	} else if (s->m->deed == MIS_CUT && misbehave_at(s->m, line)) {
		put(s, (struct slice){ out.p, out.n / 2 });
		s->stop = true;
	} else {
		put(s, buf_slice(&out));
		s->stop = s->m->deed == MIS_STOP && misbehave_at(s->m, line);
	}
	buf_free(&out);
}

static void
put_lines(struct spoiler *s, struct slice lines)
{
	const char *lf;

	while ((lf = memchr(lines.p, '\n', lines.n)) != NULL) {
		size_t n = (size_t)(lf - lines.p);

		put_line(s, (struct slice){ lines.p, n });
		lines.p += n + 1;
		lines.n -= n + 1;
	}
}

/* All that was held, as libtest2 would write it. */
static void
put_draft(struct spoiler *s)
{
	struct em_writer_opts opts = { .format = "libtest2" };
	struct em_reader *r = em_reader_mem(
	    NULL, (struct em_str){ s->held.p, s->held.n }, "events");
	struct em_out *out = em_out_mem();
	struct em_writer *w = em_writer_open(&opts, out, NULL);
	const struct em_event *ev;
	struct em_str m;

	while (r && w && em_reader_next(r, &ev) == EM_OK)
		em_writer_event(w, ev);
	em_writer_finish(w);
	m = em_out_memory(out);
	s->drafted = true;
	put_lines(s, (struct slice){ m.p, m.n });
	em_writer_close(w);
	em_out_close(out, NULL);
	em_reader_close(r);
}

static void
pump(struct spoiler *s)
{
	char piece[4096];
	ssize_t n;

	if (s->m->deed == MIS_START)
		put(s, slice_of(s->m->with));
	while (!s->stop) {
		char *lf;

		n = read(s->from, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(&s->in, piece, (size_t)n);
		while (!s->stop && s->in.n > 0 &&
		    (lf = memchr(s->in.p, '\n', s->in.n)) != NULL) {
			size_t length = (size_t)(lf - s->in.p);

			put_line(s, (struct slice){ s->in.p, length });
			buf_tail(&s->in, s->in.n - length - 1);
		}
	}
	put(s, buf_slice(&s->in));
	if (s->m->deed == MIS_DRAFT && s->held.n > 0)
		put_draft(s);
	else
		put(s, buf_slice(&s->held));
	buf_free(&s->in);
	buf_free(&s->held);
}

/* ---- the process ---- */

static void
on_signal(int number)
{
	if (deaf) {
		kill((pid_t)child, SIGKILL);
		signal(number, SIG_DFL);
		raise(number);
	}
	kill((pid_t)child, number);
}

static int
end(struct spoiler *s)
{
	int status;

	if (s->stop)
		kill((pid_t)child, SIGKILL);
	while (waitpid((pid_t)child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (s->m->deed == MIS_CUT && s->stop) {
		signal(SIGABRT, SIG_DFL);
		raise(SIGABRT);
	}
	if (s->stop)
		return ENDED_BY_PANIC;
	if (s->m->deed == MIS_STATUS)
		return (int)strtol(s->m->with, NULL, 10);
	if (s->m->deed == MIS_STUBBORN) {
		struct timespec more = { 1, 500000000 };

		nanosleep(&more, NULL);
		return 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Where the one behind writes, as it was told. */
static int
events_fd(void)
{
	const char *number = getenv("TEST_EVENTS_FD");

	return number != NULL && strcmp(number, "3") == 0 ? EVENTS_FD
							  : STDOUT_FILENO;
}

static int
spoil(const struct misbehaviour *m, char **argv)
{
	struct spoiler s = { .m = m, .to = events_fd() };
	struct sigaction sa = { .sa_handler = on_signal };
	int fds[2];

	if (pipe(fds) != 0)
		die("pipe");
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	deaf = m->deed == MIS_DEAF;
	if (m->deed == MIS_STUBBORN)
		signal(SIGPIPE, SIG_IGN);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(fds[1], s.to);
		if (m->deed == MIS_MERGE)
			dup2(fds[1], STDOUT_FILENO);
		if (fds[1] != s.to)
			close(fds[1]);
		run_right_one(argv);
	}
	close(fds[1]);
	s.from = fds[0];
	pump(&s);
	return end(&s);
}

/* A process that stays, and what it holds open does not matter. */
static void
linger(void)
{
	if (fork() == 0) {
		for (int fd = 0; fd < 10; fd++)
			close(fd);
		sleep(20);
		_exit(0);
	}
}

static int
misbehave(const char *name, char **argv)
{
	const struct misbehaviour *m = misbehaviours;

	while (m->name != NULL && strcmp(m->name, name) != 0)
		m++;
	if (m->name == NULL) {
		fprintf(stderr, "harness: no mutant \"%s\"\n", name);
		return 2;
	}
	spoil_arguments(m, argv);
	if (m->deed == MIS_UNSET)
		unsetenv(m->what);
	if (m->deed == MIS_LINGER)
		linger();
	if (m->deed >= MIS_UNSET || m->deed == MIS_LINGER)
		run_right_one(argv);
	return spoil(m, argv);
}

static char **
arguments(int argc, char **argv)
{
	char **all = xalloc((size_t)(argc + 3) * sizeof(*all));
	size_t n = 0;

	all[n++] = right_one();
	for (int i = 0; i < argc; i++)
		all[n++] = argv[i];
	return all;
}

int
main(int argc, char **argv)
{
	char capture[] = "--no-capture";
	char *program, **args;
	int status;

	if (argc == 2 && strcmp(argv[1], "--list-mutants") == 0) {
		for (const struct misbehaviour *m = misbehaviours;
		     m->name != NULL; m++)
			printf("%s\t%s\t%s\n", m->name, m->rule, m->text);
		return 0;
	}
	if (argc < 3 || strcmp(argv[1], "--mutant") != 0)
		run_right_one(arguments(argc - 1, argv + 1));
	args = arguments(argc - 3, argv + 3);
	program = args[0];
	if (strcmp(argv[2], "prints-between") == 0)
		args[argc - 2] = capture;
	status = misbehave(argv[2], args);
	free(program);
	free(args);
	return status;
}
