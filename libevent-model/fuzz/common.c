/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "common.h"
#include "json.h"
#include "xml.h"

static void
show(const char *title, struct em_str s)
{
	if (s.p == NULL)
		return;
	fprintf(stderr, "%s (%zu bytes):\n", title, s.n);
	fwrite(s.p, 1, s.n < 20000 ? s.n : 20000, stderr);
	fputc('\n', stderr);
}

void
fuzz_check(bool ok, const char *what, struct em_str seen, struct em_str wanted)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz: %s\n", what);
	show("seen", seen);
	show("wanted", wanted);
	abort();
}

void
fuzz_write(struct em_writer *w, const struct em_event *ev)
{
	struct em_event plain = *ev;

	plain.raw = (struct em_str){ NULL, 0 };
	em_writer_event(w, &plain);
}

struct em_reader *
fuzz_reader(const char *format, struct em_str bytes)
{
	struct em_reader_opts opts = {
		.format = format,
		.limits = { .line_max = FUZZ_MEMORY,
		    .memory_max = FUZZ_MEMORY,
		    .depth_max = 200 },
	};

	return em_reader_mem(&opts, bytes, "fuzz");
}

bool
fuzz_is_json(struct em_str s)
{
	struct em_error e = { 0 };
	struct arena a;
	bool ok;

	arena_init(&a, FUZZ_MEMORY);
	ok = json_parse(&a, s, 1000, &e) != NULL;
	arena_free(&a);
	return ok;
}

static void
on_start(void *arg, const struct xml_node *n)
{
	(void)arg;
	(void)n;
}

static void
on_end(void *arg, struct em_str name, struct em_str text)
{
	(void)arg;
	(void)name;
	(void)text;
}

bool
fuzz_is_xml(struct em_str s)
{
	static const struct xml_handler handler = { on_start, on_end, NULL };
	static const struct em_limits limits = { FUZZ_MEMORY, FUZZ_MEMORY,
		1000 };
	struct em_error e = { 0 };
	struct xml *x = xml_new(&handler, NULL, &limits);
	bool ok = xml_feed(x, s, &e) == EM_OK && xml_finish(x, &e) == EM_EOF &&
	    xml_done(x) && xml_replaced(x) == 0 && xml_noise(x) == 0;

	xml_free(x);
	return ok;
}
