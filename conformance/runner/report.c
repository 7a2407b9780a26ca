/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "report.h"

static const struct report *const reports[] = { &report_text, &report_tap,
	&report_junit, &report_jsonl, &report_json, &report_html,
	&report_badge };

const char report_names[] = "text tap junit jsonl json html badge";

const struct report *
report_find(const char *name)
{
	for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
		if (strcmp(reports[i]->name, name) == 0)
			return reports[i];
	return NULL;
}

bool
outcome_unexpected(const struct tally *t, const struct outcome *o)
{
	switch (o->v.code) {
	case V_FAIL:
		return o->c->level == LEVEL_MUST || t->strict;
	case V_CRASH:
	case V_TIMEOUT:
	case V_LEAK:
	case V_XPASS:
	case V_STALE:
	case V_ERROR:
		return true;
	default:
		return false;
	}
}

/* As a shell would need it. */
static void
put_quoted(struct buf *b, const char *s)
{
	if (s[0] != '\0' &&
	    s[strspn(s,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_./=:,@%+-")] == '\0') {
		buf_puts(b, s);
		return;
	}
	buf_putc(b, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, *s);
	buf_putc(b, '\'');
}

char *
outcome_repro(const struct tally *t, const struct outcome *o)
{
	struct buf b = { 0 };

	buf_printf(&b, "tconform run -r %s -k %s --", role_name(t->run->role),
	    o->c->id);
	for (char *const *p = t->command; *p != NULL; p++) {
		buf_putc(&b, ' ');
		put_quoted(&b, *p);
	}
	return b.p;
}
