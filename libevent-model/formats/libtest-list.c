/* SPDX-License-Identifier: MIT */
/* What libtest and its imitators print for --list: "name: test". */
#include <string.h>

#include "format.h"
#include "libtest.h"

/* Lines without a listed test that a probe looks at. */
enum { PROBE_LINES = 64 };

struct list {
	struct libtest_naming naming;
	struct em_str suite;
	int64_t total;
	bool begun, named; /* named: suite is that of the tests to come */
};

enum item { NO_ITEM, TEST, BENCHMARK, SUMMARY };

/* What a line is, and its name. */
static enum item
parse(struct em_str line, struct em_str *name)
{
	static const char test[] = ": test";
	static const char bench[] = ": benchmark";
	static const char both[] = " benchmarks";

	*name = line;
	if (str_ends(line, test) && line.n > strlen(test)) {
		name->n -= strlen(test);
		return TEST;
	}
	if (str_ends(line, bench) && line.n > strlen(bench)) {
		name->n -= strlen(bench);
		return BENCHMARK;
	}
	/* "14 tests, 2 benchmarks"; one of a kind has no s. */
	if (line.n > 0 && line.p[0] >= '0' && line.p[0] <= '9' &&
	    (str_find(line, " tests, ") > 0 || str_find(line, " test, ") > 0) &&
	    (str_ends(line, both) || str_ends(line, " benchmark")))
		return SUMMARY;
	return NO_ITEM;
}

static void
begin(struct em_reader *r, struct list *l)
{
	static const struct em_str none;

	if (l->begun)
		return;
	l->begun = true;
	rd_protocol(r, EM_STR("libtest"), none);
	rd_simple(r, EM_DISCOVER_START);
}

static enum em_rc
end(struct em_reader *r, struct list *l)
{
	struct em_event ev;

	em_event_init(&ev, EM_DISCOVER_COMPLETE);
	ev.total = l->total;
	rd_emit(r, &ev);
	return EM_EOF;
}

static void
listed(struct em_reader *r, struct list *l, struct em_str name, bool bench)
{
	struct em_event ev;

	if (!l->named)
		l->suite = libtest_next_suite(r, &l->naming);
	l->named = true;
	em_event_init(&ev, EM_DISCOVER_CASE);
	ev.suite = l->suite;
	ev.name = name;
	if (bench)
		ev.mode = EM_STR("bench");
	rd_emit(r, &ev);
	l->total++;
}

static enum em_rc
step(struct em_reader *r)
{
	struct list *l = r->state;
	struct em_str line, name;
	enum item item;
	bool lf;
	enum em_rc rc = in_line(r->in, &line, &lf);

	begin(r, l);
	if (rc == EM_EOF)
		return end(r, l);
	if (rc != EM_OK)
		return rc;
	if (str_ends(line, "\r"))
		line.n--;
	if (line.n == 0)
		return EM_OK;
	item = parse(line, &name);
	if (item == TEST || item == BENCHMARK) {
		listed(r, l, name, item == BENCHMARK);
	} else if (item == SUMMARY) {
		/* The next suite has a name of its own. */
		l->named = false;
	} else {
		if (libtest_announce(r, &l->naming, line))
			l->named = false;
		return rd_noise(r, line);
	}
	return EM_OK;
}

static void
aside(struct em_reader *r, struct em_str line)
{
	struct list *l = r->state;

	libtest_aside(r, &l->naming, line);
}

static int
probe(struct em_str head, bool eof)
{
	struct em_str line, name;
	int items = 0;

	for (int n = 0; n < PROBE_LINES + items && head.n > 0; n++) {
		if (!str_cut(&head, '\n', &line) && !eof)
			return PROBE_MORE;
		line = str_trim(line);
		if (line.n > 0 && (line.p[0] == '{' || line.p[0] == '<'))
			return 0;
		switch (parse(line, &name)) {
		case NO_ITEM:
			break;
		case SUMMARY:
			return 8 * (int)strlen("0 tests, 0 benchmarks");
		default:
			items++;
			break;
		}
	}
	if (head.n == 0 && !eof)
		return PROBE_MORE;
	return items > 0 ? 8 * (int)strlen(": test") : 0;
}

const struct em_format format_libtest_list = {
	.info = {
		.name = "libtest-list",
		.title = "Rust libtest --list",
		.flags = EM_FMT_READ | EM_FMT_STREAM_READ,
	},
	.probe = probe,
	.read = {
		.state_size = sizeof(struct list),
		.step = step,
		.aside = aside,
	},
};
