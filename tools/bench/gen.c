/* SPDX-License-Identifier: MIT */
/*
 * Makes a stream of the protocol for measuring: gen [-c CASES] [-b BYTES]
 * [-s SEED] [-u SUITE-SIZE] [-g].  The same arguments give the same bytes.
 *
 * Shaped like what harnesses print: lines of 180 bytes on average, nearly all
 * between 80 and 250; 2 % of the cases fail, with half a kilobyte to four of
 * output full of escapes; 5 % of the lines are output; 15 % carry members that
 * no reader knows; names are 50 bytes, one in 200 not ASCII; four cases are
 * open at a time.  -g makes the run as go test -json prints it.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LANES = 4, NAME_SIZE = 200 };

struct gen {
	uint64_t seed, bytes, cases, pass, fail, skip;
	uint64_t max_cases, max_bytes, suite_size;
	int64_t clock_ns;
	bool go;
	struct lane {
		bool busy;
		char name[NAME_SIZE];
		int64_t began;
		unsigned fate; /* 0..99: below 2 fails, below 5 is skipped */
	} lane[LANES];
	char suite[64];
};

static uint64_t
rnd(struct gen *g)
{
	/* splitmix64 */
	uint64_t z = g->seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(struct gen *g, unsigned n)
{
	return (unsigned)(rnd(g) % n);
}

__attribute__((format(printf, 2, 3))) static void
out(struct gen *g, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintf(fmt, ap);
	va_end(ap);
	if (n < 0)
		exit(6);
	g->bytes += (uint64_t)n;
}

static void
make_name(struct gen *g, char name[NAME_SIZE])
{
	static const char *const mods[] = { "parser", "lexer", "codegen",
		"resolver", "typeck", "borrow", "layout", "net", "http",
		"storage", "index", "query" };
	static const char *const verbs[] = { "accepts", "rejects", "keeps",
		"round_trips", "recovers_from", "reports", "ignores" };
	static const char *const nouns[] = { "empty_input", "long_lines",
		"unicode_names", "nested_blocks", "a_cut_stream", "two_writers",
		"stale_entries" };
	const char *accent = below(g, 200) == 0 ? "_\xc3\xa9t\xc3\xa9" : "";

	snprintf(name, NAME_SIZE, "%s::%s::tests::%s_%s%s_%06" PRIu64,
	    mods[below(g, 12)], mods[below(g, 12)], verbs[below(g, 7)],
	    nouns[below(g, 7)], accent, g->cases);
}

static void
extras(struct gen *g)
{
	static const char *const unknown[] = {
		",\"vendor.thread\":17",
		",\"vendor.group\":{\"name\":\"io\",\"slot\":[1,2,3]}",
		",\"vendor.ratio\":0.25e-3",
		",\"vendor.labels\":[\"slow\",\"flaky\"]",
		",\"vendor.note\":\"kept as it is\"",
		",\"vendor.ok\":true",
	};

	if (below(g, 100) < 15)
		out(g, "%s", unknown[below(g, 6)]);
}

static void
head(struct gen *g, const char *event, const struct lane *l)
{
	g->clock_ns += 1000 + below(g, 400000);
	out(g, "{\"event\":\"%s\",\"suite\":\"%s\",\"name\":\"%s\"", event,
	    g->suite, l->name);
}

static void
tail(struct gen *g)
{
	out(g, ",\"elapsed_ns\":%" PRId64, g->clock_ns);
	extras(g);
	out(g, "}\n");
}

static void
body(struct gen *g, unsigned size)
{
	/* Lines as tests print them: an escape every 40 bytes or so. */
	static const char *const bits[] = {
		"assertion failed: the left side is not the right side\\n",
		"\\u001b[31merror\\u001b[0m: mismatched values in the reply\\n",
		"   expected \\\"one\\\" in the table of the open "
		"connections\\n",
		"             at src/storage/index/query.rs:120:9\\n",
		"  12: core::ops::function::FnOnce::call_once\\n",
		"\\tstack backtrace of thread 17, which has panicked\\n",
		"value 42 was left over after all writers had closed\\n",
	};

	while (size > 0) {
		const char *b = bits[below(g, 7)];
		unsigned n = (unsigned)strlen(b);

		out(g, "%s", b);
		size -= n < size ? n : size;
	}
}

static void
begin(struct gen *g, struct lane *l)
{
	make_name(g, l->name);
	g->cases++;
	l->busy = true;
	l->fate = below(g, 100);
	head(g, "case_start", l);
	l->began = g->clock_ns;
	out(g, ",\"worker\":\"%d\"", (int)(l - g->lane));
	tail(g);
	if (below(g, 100) < 12) {
		head(g, "case_output", l);
		out(g, ",\"stream\":\"stdout\",\"text\":\"");
		body(g, 20 + below(g, 80));
		out(g, "\"");
		tail(g);
	}
}

static void
end(struct gen *g, struct lane *l)
{
	const char *outcome = l->fate < 2 ? "fail"
	    : l->fate < 5                 ? "skip"
					  : "pass";

	if (l->fate < 2) {
		head(g, "case_output", l);
		out(g, ",\"stream\":\"stderr\",\"text\":\"");
		body(g, 512 + below(g, 3500));
		out(g, "\"");
		tail(g);
		head(g, "case_message", l);
		out(g,
		    ",\"kind\":\"error\",\"message\":\"assertion `left == "
		    "right` failed\",\"location\":{\"file\":\"src/lib.rs\","
		    "\"line\":%u,\"column\":9}",
		    below(g, 2000) + 1);
		tail(g);
		g->fail++;
	} else if (l->fate < 5) {
		g->skip++;
	} else {
		g->pass++;
	}
	head(g, "case_complete", l);
	out(g, ",\"outcome\":\"%s\",\"duration_ns\":%" PRId64, outcome,
	    g->clock_ns - l->began);
	tail(g);
	l->busy = false;
}

static void
go_case(struct gen *g)
{
	struct lane *l = &g->lane[0];
	const char *how;

	make_name(g, l->name);
	for (char *p = l->name; *p != '\0'; p++)
		if (*p == ':')
			*p = '_';
	g->cases++;
	l->fate = below(g, 100);
	how = l->fate < 2 ? "fail" : l->fate < 5 ? "skip" : "pass";
	for (int i = 0; i < 2; i++) {
		out(g,
		    "{\"Time\":\"2026-01-02T03:04:05.%09" PRIu64
		    "Z\",\"Action\":\"%s\",\"Package\":\"%s\",\"Test\":"
		    "\"Test%s\"",
		    g->cases % 1000000000, i == 0 ? "run" : how, g->suite,
		    l->name);
		if (i == 1) {
			out(g, ",\"Elapsed\":0.%02u}\n", below(g, 100));
			break;
		}
		out(g, "}\n");
		out(g,
		    "{\"Time\":\"2026-01-02T03:04:05Z\",\"Action\":\"output\","
		    "\"Package\":\"%s\",\"Test\":\"Test%s\",\"Output\":\"=== "
		    "RUN   Test%s\\n\"}\n",
		    g->suite, l->name, l->name);
	}
}

static void
go_package(struct gen *g, const char *action)
{
	out(g,
	    "{\"Time\":\"2026-01-02T03:04:05Z\",\"Action\":\"%s\","
	    "\"Package\":\"%s\"%s}\n",
	    action, g->suite, strcmp(action, "start") ? ",\"Elapsed\":1" : "");
}

static bool
more(const struct gen *g)
{
	return g->cases < g->max_cases && g->bytes < g->max_bytes;
}

static void
one_suite(struct gen *g, unsigned number)
{
	uint64_t last = g->cases + g->suite_size;

	snprintf(g->suite, sizeof(g->suite), "crate-%u::bin", number);
	if (g->go) {
		snprintf(g->suite, sizeof(g->suite), "example.com/mod/pkg%u",
		    number);
		go_package(g, "start");
		while (more(g) && g->cases < last)
			go_case(g);
		go_package(g, "fail");
		return;
	}
	out(g, "{\"event\":\"suite_start\",\"suite\":\"%s\"}\n", g->suite);
	while (more(g) && g->cases < last) {
		struct lane *l = &g->lane[below(g, LANES)];

		if (l->busy)
			end(g, l);
		else
			begin(g, l);
	}
	for (int i = 0; i < LANES; i++)
		if (g->lane[i].busy)
			end(g, &g->lane[i]);
	out(g, "{\"event\":\"suite_complete\",\"suite\":\"%s\"}\n", g->suite);
}

int
main(int argc, char **argv)
{
	static char buf[1 << 16];
	struct gen g = { .seed = 1,
		.max_cases = UINT64_MAX,
		.max_bytes = UINT64_MAX,
		.suite_size = 1000 };
	int key;

	while ((key = getopt(argc, argv, "c:b:s:u:g")) != -1)
		switch (key) {
		case 'c':
			g.max_cases = strtoull(optarg, NULL, 10);
			break;
		case 'b':
			g.max_bytes = strtoull(optarg, NULL, 10);
			break;
		case 's':
			g.seed = strtoull(optarg, NULL, 10);
			break;
		case 'u':
			g.suite_size = strtoull(optarg, NULL, 10);
			break;
		case 'g':
			g.go = true;
			break;
		default:
			return 2;
		}
	if (g.max_cases == UINT64_MAX && g.max_bytes == UINT64_MAX)
		g.max_cases = 1000;
	setvbuf(stdout, buf, _IOFBF, sizeof(buf));
	if (!g.go)
		out(&g,
		    "{\"event\":\"protocol\",\"version\":\"1.0\",\"producer\":"
		    "{\"name\":\"gen\"}}\n{\"event\":\"run_start\"}\n");
	for (unsigned i = 0; more(&g); i++)
		one_suite(&g, i);
	if (!g.go)
		out(&g,
		    "{\"event\":\"run_complete\",\"outcome\":\"%s\",\"counts\":"
		    "{\"pass\":%" PRIu64 ",\"fail\":%" PRIu64
		    ",\"skip\":%" PRIu64 "}}\n",
		    g.fail > 0 ? "fail" : "pass", g.pass, g.fail, g.skip);
	return fflush(stdout) == 0 ? 0 : 6;
}
