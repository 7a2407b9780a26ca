/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* nftw() */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pool.h"

/* One case that is being judged, or has been and waits for its turn. */
struct job {
	pid_t pid;
	int fd; /* its verdict comes here */
	struct buf said;
	bool over;
};

static volatile sig_atomic_t asked_to_go;

static void
on_signal(int sig)
{
	asked_to_go = sig;
}

/* ---- a verdict as bytes ---- */

static void
put_buf(struct buf *b, struct slice s)
{
	buf_add(b, (const char *)&s.n, sizeof(s.n));
	buf_add(b, s.p != NULL ? s.p : "", s.n);
}

static void
pack(struct buf *b, const struct verdict *v)
{
	long head[4] = { v->code, v->ending, (long)v->ns, v->rss_kib };

	buf_add(b, (const char *)head, sizeof(head));
	put_buf(b, slice_of(v->reason != NULL ? v->reason : ""));
	put_buf(b, buf_slice(&v->input));
	put_buf(b, buf_slice(&v->expected));
	put_buf(b, buf_slice(&v->actual));
	put_buf(b, buf_slice(&v->err));
}

static bool
take(struct slice *s, void *to, size_t n)
{
	if (s->n < n)
		return false;
	memcpy(to, s->p, n);
	s->p += n;
	s->n -= n;
	return true;
}

static bool
take_buf(struct slice *s, struct buf *b)
{
	size_t n;

	if (!take(s, &n, sizeof(n)) || s->n < n)
		return false;
	buf_add(b, s->p, n);
	s->p += n;
	s->n -= n;
	return true;
}

static bool
unpack(struct slice s, struct verdict *v)
{
	struct buf reason = { 0 };
	long head[4];

	if (!take(&s, head, sizeof(head)) || !take_buf(&s, &reason) ||
	    !take_buf(&s, &v->input) || !take_buf(&s, &v->expected) ||
	    !take_buf(&s, &v->actual) || !take_buf(&s, &v->err)) {
		buf_free(&reason);
		return false;
	}
	v->code = (enum verdict_code)head[0];
	v->ending = (enum ending)head[1];
	v->ns = (uint64_t)head[2];
	v->rss_kib = head[3];
	if (reason.n > 0)
		v->reason = xstrdup(reason.p);
	buf_free(&reason);
	return true;
}

/* ---- the process of a case ---- */

static int
remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
	(void)st;
	(void)at;
	if (what == FTW_DNR)
		chmod(path, 0700);
	remove(path);
	return 0;
}

static void
remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
write_all(int fd, struct slice s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			s.p += n;
			s.n -= (size_t)n;
		}
	}
}

static _Noreturn void
judge_here(
    const struct pool *pool, const struct task *t, const char *tmp, int fd)
{
	struct run run = *t->run;
	struct verdict v = { .code = V_PASS };
	struct buf b = { 0 };

	run.tmp = tmp;
	proc_guard();
	pool->judge(&run, t->c, &v);
	pack(&b, &v);
	write_all(fd, buf_slice(&b));
	_exit(0);
}

static bool
start(const struct pool *pool, struct job *j, const struct task *t,
    const char *base, size_t i)
{
	char *tmp = xprintf("%s/%zu", base, i);
	int p[2];
	bool ok = mkdir(tmp, 0700) == 0 && pipe(p) == 0;

	if (ok) {
		fcntl(p[0], F_SETFD, FD_CLOEXEC);
		fcntl(p[1], F_SETFD, FD_CLOEXEC);
		fflush(NULL);
		j->pid = fork();
		if (j->pid == 0)
			judge_here(pool, t, tmp, p[1]);
		close(p[1]);
		j->fd = p[0];
		ok = j->pid > 0;
	}
	free(tmp);
	return ok;
}

/* ---- all of them ---- */

struct crew {
	const struct pool *pool;
	const struct task *tasks;
	struct job *jobs;
	size_t n, started, finished, told;
	const char *base;
};

static void
collect(struct crew *w, size_t i)
{
	struct job *j = &w->jobs[i];
	char *tmp = xprintf("%s/%zu", w->base, i);
	int st;

	close(j->fd);
	while (waitpid(j->pid, &st, 0) < 0 && errno == EINTR)
		;
	remove_tree(tmp);
	free(tmp);
	j->over = true;
	w->finished++;
}

static void
tell(struct crew *w)
{
	while (w->told < w->n && w->jobs[w->told].over) {
		struct job *j = &w->jobs[w->told];
		struct verdict v = { .code = V_PASS };

		if (!unpack(buf_slice(&j->said), &v)) {
			verdict_free(&v);
			verdict_say(&v, V_ERROR,
			    "the runner ended while it judged this");
		}
		w->pool->done(w->pool->arg, &w->tasks[w->told], &v);
		verdict_free(&v);
		buf_free(&j->said);
		w->told++;
	}
}

static void
listen_to_jobs(struct crew *w, unsigned jobs)
{
	struct pollfd *f = xalloc(jobs * sizeof(*f));
	size_t *which = xalloc(jobs * sizeof(*which));
	nfds_t n = 0;
	char piece[65536];

	for (size_t i = w->told; i < w->started && n < jobs; i++)
		if (!w->jobs[i].over) {
			f[n] = (struct pollfd){ w->jobs[i].fd, POLLIN, 0 };
			which[n++] = i;
		}
	if (poll(f, n, -1) > 0)
		for (nfds_t k = 0; k < n; k++) {
			ssize_t got;

			if (f[k].revents == 0)
				continue;
			got = read(f[k].fd, piece, sizeof(piece));
			if (got > 0)
				buf_add(&w->jobs[which[k]].said, piece,
				    (size_t)got);
			else if (got == 0 || errno != EINTR)
				collect(w, which[k]);
		}
	free(f);
	free(which);
}

static void
give_up(struct crew *w)
{
	for (size_t i = w->told; i < w->started; i++)
		if (!w->jobs[i].over) {
			kill(w->jobs[i].pid, SIGTERM);
			collect(w, i);
		}
}

bool
pool_run(
    const struct pool *pool, const struct task *tasks, size_t n, unsigned jobs)
{
	const char *dir = getenv("TMPDIR");
	char *base = xprintf("%s/tconform.XXXXXX", dir != NULL ? dir : "/tmp");
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction sa = { .sa_handler = on_signal };
	struct crew w = { .pool = pool, .tasks = tasks, .n = n };
	bool ok = mkdtemp(base) != NULL;

	if (!ok) {
		free(base);
		return false;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaction(ends[i], &sa, NULL);
	w.base = base;
	w.jobs = xalloc(n * sizeof(*w.jobs));
	while (ok && w.finished < n && !asked_to_go) {
		while (ok && w.started < n && w.started - w.finished < jobs) {
			ok = start(pool, &w.jobs[w.started], &tasks[w.started],
			    base, w.started);
			w.started += ok;
		}
		if (ok)
			listen_to_jobs(&w, jobs);
		tell(&w);
	}
	give_up(&w);
	for (size_t i = 0; i < n; i++)
		buf_free(&w.jobs[i].said);
	free(w.jobs);
	remove_tree(base);
	free(base);
	if (asked_to_go) {
		sa.sa_handler = SIG_DFL;
		sigaction(asked_to_go, &sa, NULL);
		raise(asked_to_go);
	}
	return ok;
}
