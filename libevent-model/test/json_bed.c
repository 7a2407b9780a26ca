/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "json_bed.h"

enum { ROOM = 1 << 24 };

static void
check(const char *format, struct em_str input, struct em_str events,
    const char *complaint, const char *what)
{
	static const size_t chunks[] = { 0, 1, 2, 7, 31, 4096 };
	struct bed_read how;
	struct buf got;

	buf_init(&got, ROOM);
	for (size_t i = 0; i < ARRAY_LEN(chunks); i++) {
		buf_reset(&got);
		bed_read(NULL, NULL, input, chunks[i], &got, &how);
		bed_same(buf_str(&got), events, what);
		ck_assert_str_eq(how.format, format);
		if (complaint != NULL)
			bed_same(em_str(how.warnings > 0 ? how.warning
							 : how.err.msg),
			    em_str(complaint), what);
	}
	buf_free(&got);
}

void
bed_case(const char *format, const struct bed_case *c)
{
	check(format, em_str(c->input), em_str(c->events),
	    c->complaint != NULL ? c->complaint : "", c->name);
}

struct files {
	const char *format, *suffix;
};

static void
check_file(const char *path, void *arg)
{
	const struct files *f = arg;
	struct buf input, events;
	char name[1024];

	snprintf(name, sizeof(name), "%.*s%s",
	    (int)(strlen(path) - strlen(".events.jsonl")), path, f->suffix);
	if (access(name, R_OK) != 0)
		return;
	buf_init(&input, ROOM);
	buf_init(&events, ROOM);
	bed_load(path, &events);
	bed_load(name, &input);
	check(f->format, buf_str(&input), buf_str(&events), NULL, name);
	buf_free(&input);
	buf_free(&events);
}

void
bed_files(const char *format, const char *dir, const char *suffix)
{
	struct files f = { format, suffix };

	bed_each(dir, ".events.jsonl", check_file, &f);
}

void
bed_written(const char *format, const char *const *options, const char *native,
    const char *text, const char *lost)
{
	struct buf got, dropped;

	buf_init(&got, ROOM);
	buf_init(&dropped, ROOM);
	bed_write(format, options, em_str(native), &got, &dropped);
	bed_same(buf_str(&got), em_str(text), format);
	bed_same(buf_str(&dropped), em_str(lost), "what was lost");
	buf_free(&got);
	buf_free(&dropped);
}
