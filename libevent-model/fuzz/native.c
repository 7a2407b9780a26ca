/* SPDX-License-Identifier: MIT */
/*
 * Lines of the protocol: what the scanner takes, the writer writes so that the
 * scanner takes the same from it; and the scanner and yajl agree on what is
 * JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "json.h"
#include "scan.h"

enum { SLACK = 64, DEPTH = 100 };

/* The line where the scanner may read behind it. */
static char *
padded(struct em_str line)
{
	char *p = malloc(line.n + SLACK);

	if (p == NULL)
		abort();
	if (line.n > 0)
		memcpy(p, line.p, line.n);
	/* Bytes that would mislead a scanner that looked at them. */
	memset(p + line.n, '"', SLACK);
	return p;
}

/* The event of a line written from its members; nothing when it is none. */
static struct em_out *
rewrite(struct em_str line)
{
	struct em_out *out = em_out_mem();
	struct em_writer *w = em_writer_open(NULL, out, NULL);
	char *p = padded(line);
	struct arena a;
	struct scan scan = { .arena = &a, .depth_max = DEPTH };
	struct em_event ev;

	arena_init(&a, FUZZ_MEMORY);
	if (scan_line(&scan, (struct em_str){ p, line.n }, &ev))
		fuzz_write(w, &ev);
	em_writer_close(w);
	arena_free(&a);
	free(p);
	return out;
}

static void
check_value(struct em_str line)
{
	char *p = padded(line);
	const char *error;
	size_t at;
	bool ours =
	    scan_value((struct em_str){ p, line.n }, DEPTH, &error, &at);
	struct em_error e = { 0 };
	struct arena a;
	bool theirs;

	arena_init(&a, FUZZ_MEMORY);
	/* What json.c takes may hold any byte. */
	theirs = json_parse(&a, line, DEPTH, &e) != NULL &&
	    str_utf8_valid(line) == line.n;
	arena_free(&a);
	free(p);
	fuzz_check(ours == theirs,
	    ours ? "the scanner takes what yajl refuses"
		 : "the scanner refuses what yajl takes",
	    line, em_str(ours ? e.msg : error));
}

static void
check_line(struct em_str line)
{
	struct em_out *once = rewrite(line), *twice;
	struct em_str written = em_out_memory(once), again;

	if (written.n > 0) {
		fuzz_check(written.p[written.n - 1] == '\n' &&
			memchr(written.p, '\n', written.n) ==
			    written.p + written.n - 1,
		    "an event is not one line", written, line);
		written.n--;
		fuzz_check(fuzz_is_json(written),
		    "what was written is not JSON", written, line);
		twice = rewrite(written);
		again = em_out_memory(twice);
		if (again.n > 0)
			again.n--;
		fuzz_check(em_str_eq(written, again),
		    "written again, the event is another", again, written);
		em_out_discard(twice);
	}
	em_out_discard(once);
	check_value(line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct em_str rest = { (const char *)data, size }, line;
	bool more;

	do {
		more = str_cut(&rest, '\n', &line);
		check_line(line);
	} while (more);
	return 0;
}
