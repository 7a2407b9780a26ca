/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <string.h>

#include "core.h"

static void
set_message(struct em_error *e, enum em_code code, uint64_t line,
    const char *fmt, va_list ap)
{
	e->code = code;
	e->line = line;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
}

enum em_rc
err_set(
    struct em_error *e, enum em_code code, uint64_t line, const char *fmt, ...)
{
	va_list ap;

	if (e == NULL || e->code != EM_E_NONE)
		return EM_ERR;
	va_start(ap, fmt);
	set_message(e, code, line, fmt, ap);
	va_end(ap);
	return EM_ERR;
}

enum em_rc
err_sys(struct em_error *e, int sys, uint64_t line, const char *fmt, ...)
{
	char text[128];
	va_list ap;
	size_t n;

	if (e == NULL || e->code != EM_E_NONE)
		return EM_ERR;
	va_start(ap, fmt);
	set_message(e, EM_E_IO, line, fmt, ap);
	va_end(ap);
	e->sys = sys;
	if (strerror_r(sys, text, sizeof(text)) != 0)
		snprintf(text, sizeof(text), "error %d", sys);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", text);
	return EM_ERR;
}

const char *
err_quote(char buf[80], struct em_str s)
{
	size_t n = 0, i = 0;

	for (; i < s.n && n < 68; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7f) {
			snprintf(buf + n, 5, "\\x%02x", c);
			n += 4;
		} else {
			buf[n++] = (char)c;
		}
	}
	/* Not in the middle of a character. */
	if (i < s.n) {
		while (n > 0 && ((unsigned char)buf[n - 1] & 0xc0) == 0x80)
			n--;
		if (n > 0 && (unsigned char)buf[n - 1] >= 0xc0)
			n--;
		memcpy(buf + n, "...", 3);
		n += 3;
	}
	buf[n] = '\0';
	return buf;
}
