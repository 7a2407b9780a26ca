/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdlib.h>

#include "verdict.h"

static const struct {
	const char *name;
	char letter;
	int weight; /* what outweighs what */
} codes[V_CODES] = {
	[V_PASS] = { "PASS", 'P', 0 },
	[V_WEAK] = { "WEAK", 'W', 1 },
	[V_FAIL] = { "FAIL", 'F', 3 },
	[V_CRASH] = { "CRASH", 'C', 6 },
	[V_TIMEOUT] = { "TIMEOUT", 'T', 5 },
	[V_LEAK] = { "LEAK", 'L', 4 },
	[V_SKIP] = { "SKIP", 'S', 2 },
	[V_XFAIL] = { "XFAIL", 'x', 3 },
	[V_XPASS] = { "XPASS", 'X', 3 },
	[V_STALE] = { "STALE", '!', 3 },
	[V_INFO] = { "INFO", 'i', 0 },
	[V_ERROR] = { "ERROR", 'E', 7 },
};

int
verdict_say(struct verdict *v, enum verdict_code code, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (v->reason != NULL && codes[code].weight <= codes[v->code].weight)
		return 0;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	free(v->reason);
	v->reason = xstrdup(text);
	v->code = code;
	return 0;
}

void
verdict_free(struct verdict *v)
{
	free(v->reason);
	buf_free(&v->input);
	buf_free(&v->expected);
	buf_free(&v->actual);
	buf_free(&v->err);
	*v = (struct verdict){ 0 };
}

const char *
verdict_name(enum verdict_code c)
{
	return codes[c].name;
}

char
verdict_letter(enum verdict_code c)
{
	return codes[c].letter;
}

const char *
ending_name(enum ending e)
{
	static const char *const names[] = { "-", "clean", "signal", "late",
		"killed" };

	return names[e];
}
