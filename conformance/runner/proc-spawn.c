/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* F_SETPIPE_SZ; prctl() */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "proc-spawn.h"

enum { PIPE_BYTES = 4096, EVENTS_FD = 3 };
enum { SWEEPS = 1000 };

/* A pipe whose ends are close-on-exec, and out of the way of 0 to 3. */
static bool
make_pipe(int p[2], bool big)
{
	int low[2];

	if (pipe(low) != 0)
		return false;
	for (int i = 0; i < 2; i++) {
		p[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 10);
		close(low[i]);
	}
	if (p[0] < 0 || p[1] < 0)
		return false;
#ifdef F_SETPIPE_SZ
	if (!big)
		fcntl(p[1], F_SETPIPE_SZ, PIPE_BYTES);
#endif
	return true;
}

static void
close_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* The standard environment and what the spec adds. */
static char **
environment(const struct proc_spec *spec)
{
	static const char *const kept[] = { "PATH", "ASAN_OPTIONS",
		"UBSAN_OPTIONS", "LSAN_OPTIONS" };
	struct strings env = { 0 };
	char *home = xprintf("HOME=%s", spec->cwd);
	char *tmp = xprintf("TMPDIR=%s", spec->cwd);

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const char *value = getenv(kept[i]);
		char *s;

		if (value == NULL)
			continue;
		s = xprintf("%s=%s", kept[i], value);
		strings_add(&env, s);
		free(s);
	}
	strings_add(&env, "LANG=C.UTF-8");
	strings_add(&env, "TZ=UTC");
	strings_add(&env, home);
	strings_add(&env, tmp);
	if (spec->flags & PROC_EVENTS_FD)
		strings_add(&env, "TEST_EVENTS_FD=3");
	free(home);
	free(tmp);
	for (char *const *p = spec->env; p != NULL && *p != NULL; p++) {
		size_t name = strcspn(*p, "=") + 1;

		for (size_t i = 0; i < env.n; i++)
			if (strncmp(env.v[i], *p, name) == 0) {
				free(env.v[i]);
				env.v[i] = env.v[--env.n];
				env.v[env.n] = NULL;
				break;
			}
		strings_add(&env, *p);
	}
	return env.v;
}

static void
set_signals(const struct proc_spec *spec)
{
	struct sigaction by_default = { .sa_handler = SIG_DFL };
	struct sigaction ignored = { .sa_handler = SIG_IGN };
	sigset_t none;

	for (int s = 1; s < 32; s++)
		if (s != SIGKILL && s != SIGSTOP)
			sigaction(s, &by_default, NULL);
	if (spec->flags & PROC_SIGPIPE_IGNORED)
		sigaction(SIGPIPE, &ignored, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
set_limits(const struct proc_spec *spec)
{
	struct rlimit core = { 0, 0 };
	struct rlimit cpu;

	setrlimit(RLIMIT_CORE, &core);
	cpu.rlim_cur = spec->time_ms / 1000 + 2;
	cpu.rlim_max = cpu.rlim_cur + 1;
	setrlimit(RLIMIT_CPU, &cpu);
}

/* In the child: 0 to 2 (and 3) as the spec wants them. */
static bool
set_descriptors(
    const struct proc_spec *spec, int in, int out, int events, int err)
{
	int full = -1;

	if (spec->flags & PROC_STDOUT_FULL) {
		full = open("/dev/full", O_WRONLY | O_CLOEXEC);
		if (full < 0)
			return false;
		out = full;
	}
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		return false;
	if (events >= 0 && dup2(events, EVENTS_FD) < 0)
		return false;
	if (spec->flags & PROC_STDIN_CLOSED)
		close(0);
	if (spec->flags & PROC_STDOUT_CLOSED)
		close(1);
	return true;
}

static _Noreturn void
become(const struct proc_spec *spec, char **env, int in, int out, int events,
    int err, int failure)
{
	int e;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	umask(022);
	set_signals(spec);
	if (chdir(spec->cwd) == 0 &&
	    set_descriptors(spec, in, out, events, err)) {
		set_limits(spec);
		execvpe(spec->argv[0], spec->argv, env);
	}
	e = errno;
	if (write(failure, &e, sizeof(e)) < 0)
		_exit(126);
	_exit(127);
}

enum { IN, OUT, EVENTS, ERR, FAILURE, PIPES };

static pid_t
launch(const struct proc_spec *spec, int p[PIPES][2])
{
	bool own = (spec->flags & PROC_EVENTS_FD) != 0;
	char **env = environment(spec);
	pid_t pid = fork();
	int e = 0;

	if (pid == 0)
		become(spec, env, p[IN][0], p[OUT][1], own ? p[EVENTS][1] : -1,
		    p[ERR][1], p[FAILURE][1]);
	for (char **s = env; *s != NULL; s++)
		free(*s);
	free(env);
	if (pid < 0)
		return -1;
	setpgid(pid, pid);
	close(p[FAILURE][1]);
	p[FAILURE][1] = -1;
	while (read(p[FAILURE][0], &e, sizeof(e)) < 0 && errno == EINTR)
		;
	if (e == 0)
		return pid;
	waitpid(pid, NULL, 0);
	errno = e;
	return -1;
}

static void
never_block(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

pid_t
proc_spawn(const struct proc_spec *spec, struct proc_ends *ends)
{
	int p[PIPES][2] = { { -1, -1 }, { -1, -1 }, { -1, -1 }, { -1, -1 },
		{ -1, -1 } };
	bool big = (spec->flags & PROC_BIG_PIPES) != 0;
	bool own = (spec->flags & PROC_EVENTS_FD) != 0;
	bool ok = true;
	pid_t pid = -1;
	int e;

	for (int i = 0; i < PIPES && ok; i++)
		ok = make_pipe(p[i], big);
	if (ok && (spec->flags & PROC_STDIN_NONBLOCK))
		never_block(p[IN][0]);
	if (ok)
		pid = launch(spec, p);
	e = errno;
	if (pid < 0) {
		close_all(&p[0][0], 2 * PIPES);
		errno = e;
		return -1;
	}
	close(p[IN][0]);
	close(p[OUT][1]);
	close(p[EVENTS][1]);
	close(p[ERR][1]);
	close(p[FAILURE][0]);
	if (!own)
		close(p[EVENTS][0]);
	*ends = (struct proc_ends){ .in = p[IN][1],
		.out = own ? p[EVENTS][0] : p[OUT][0],
		.other = own ? p[OUT][0] : -1,
		.err = p[ERR][0] };
	never_block(ends->in);
	never_block(ends->out);
	never_block(ends->err);
	if (own)
		never_block(ends->other);
	return pid;
}

bool
proc_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Kills the children that the system knows of by name of their parent, us. */
static unsigned
kill_children(void)
{
	char path[64];
	FILE *f;
	unsigned n = 0;
	long pid;

	snprintf(
	    path, sizeof(path), "/proc/self/task/%ld/children", (long)getpid());
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fscanf(f, "%ld", &pid) == 1) {
		kill((pid_t)pid, SIGKILL);
		n++;
	}
	fclose(f);
	return n;
}

unsigned
proc_sweep(pid_t group)
{
	struct timespec pause = { 0, 1000000 };
	unsigned n = 0;

	for (int i = 0; i < SWEEPS && proc_children(); i++) {
		int st;

		kill(-group, SIGKILL);
		kill_children();
		while (waitpid(-1, &st, WNOHANG) > 0)
			n++;
		nanosleep(&pause, NULL);
	}
	return n;
}

long
proc_peak_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	fclose(f);
	return kib;
}

void
proc_init(void)
{
	DIR *d;
	struct dirent *e;

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(3);
	d = opendir("/proc/self/fd");
	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		long fd = strtol(e->d_name, NULL, 10);

		if (fd > 2)
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	}
	closedir(d);
}
