/* SPDX-License-Identifier: MIT */
/* What single scenarios ask for beside patterns: time, letters, bytes. */
#include <stdlib.h>

#include "harness.h"

enum { MS = 1000 * 1000 };

/* ---- apart_ms: start and completion arrive that far apart ---- */

/* When the first event of a kind had come, 0 if it never did. */
static uint64_t
arrival(const struct sitting *s, const char *kind)
{
	const char *base = s->events.p;

	for (size_t i = 0; i < s->line_n; i++) {
		size_t end = (size_t)(s->lines[i].p - base) + s->lines[i].n;

		if (!slice_is(json_text(s->event[i], "event"), kind))
			continue;
		for (size_t k = 0; k < s->r.chunk_n; k++)
			if (s->r.chunks[k].end >= end)
				return s->r.chunks[k].ns;
	}
	return 0;
}

static bool
check_apart(struct sitting *s)
{
	unsigned wanted = sitting_number(s, "apart_ms");
	uint64_t start = arrival(s, "case_start");
	uint64_t complete = arrival(s, "case_complete");
	uint64_t apart = complete > start ? (complete - start) / MS : 0;

	if (apart >= wanted)
		return true;
	verdict_say(s->v, V_FAIL,
	    "%s: case_start and case_complete came within %u ms of each other",
	    s->name, (unsigned)apart);
	return false;
}

/* ---- what belongs to a case, put together ---- */

static void
add_text(struct buf *b, const struct json *e, const char *member)
{
	struct slice text = json_text(e, member);

	if (text.p != NULL)
		buf_add(b, text.p, text.n);
}

static int
base64_value(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *p = c != '\0' ? strchr(digits, c) : NULL;

	return p != NULL ? (int)(p - digits) : -1;
}

static void
add_base64(struct buf *b, struct slice text)
{
	unsigned bits = 0;
	int n = 0;

	for (size_t i = 0; i < text.n; i++) {
		int value = base64_value(text.p[i]);

		if (value < 0)
			continue;
		bits = bits << 6 | (unsigned)value;
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_putc(b, (char)(bits >> n & 0xff));
		}
	}
}

/* Output and messages of the cases whose name contains the word. */
static struct buf
told(const struct sitting *s, const char *word, bool output_alone)
{
	struct buf b = { 0 };

	buf_add(&b, "", 0);
	for (size_t i = 0; i < s->line_n; i++) {
		const struct json *e = s->event[i];
		struct slice name = json_text(e, "name");

		if (name.p == NULL || strstr(name.p, word) == NULL)
			continue;
		if (slice_is(json_text(e, "event"), "case_output")) {
			add_text(&b, e, "text");
			add_base64(&b, json_text(e, "text_b64"));
		} else if (!output_alone &&
		    slice_is(json_text(e, "event"), "case_message")) {
			add_text(&b, e, "message");
			add_text(&b, e, "detail");
		}
	}
	return b;
}

/* ---- letters: load00 has that many a, load01 that many b, ... ---- */

static bool
check_letters(struct sitting *s)
{
	size_t wanted = sitting_number(s, "letters");

	for (int i = 0; i < 16; i++) {
		char name[16];
		struct buf b;
		size_t n = 0, longest = 0;

		snprintf(name, sizeof(name), "load%02d", i);
		b = told(s, name, false);
		for (size_t k = 0; k < b.n; k++) {
			n = b.p[k] == 'a' + i ? n + 1 : 0;
			longest = n > longest ? n : longest;
		}
		buf_free(&b);
		if (longest >= wanted)
			continue;
		verdict_say(s->v, V_FAIL,
		    "%s: %zu letters '%c' in a row with %s, not %zu", s->name,
		    longest, 'a' + i, name, wanted);
		return false;
	}
	return true;
}

/* ---- printed: those bytes are on standard output or in case_output ---- */

static bool
holds(struct slice s, struct slice part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (memcmp(s.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

static struct buf
from_hex(struct slice hex)
{
	struct buf b = { 0 };

	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		char digits[3] = { hex.p[i], hex.p[i + 1], '\0' };

		buf_putc(&b, (char)strtoul(digits, NULL, 16));
	}
	return b;
}

static bool
check_printed(struct sitting *s)
{
	const struct json *hex = sitting_says(s, "printed");
	struct buf wanted, in_events = told(s, "", true);
	bool ok;

	wanted = from_hex(hex->text);
	ok = holds(buf_slice(&s->r.other), buf_slice(&wanted)) ||
	    holds(buf_slice(&in_events), buf_slice(&wanted));
	buf_free(&wanted);
	buf_free(&in_events);
	if (!ok)
		verdict_say(s->v, V_FAIL,
		    "%s: what the test printed is neither on standard output "
		    "nor in case_output",
		    s->name);
	return ok;
}

/* ---- fd: the events are there and not on standard output ---- */

static bool
check_fd(struct sitting *s)
{
	if (!holds(buf_slice(&s->r.other), slice_of("\"event\":\"protocol\"")))
		return true;
	verdict_say(s->v, V_FAIL,
	    "%s: events on standard output, though TEST_EVENTS_FD is set",
	    s->name);
	return false;
}

bool
harness_extras(struct sitting *s)
{
	return (sitting_says(s, "apart_ms") == NULL || check_apart(s)) &&
	    (sitting_says(s, "letters") == NULL || check_letters(s)) &&
	    (sitting_says(s, "printed") == NULL || check_printed(s)) &&
	    (!sitting_is(s, "fd") || check_fd(s));
}
