/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fnmatch.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

/*
 * Time is bounded by the match limit, memory by the others: the JIT's stack,
 * which is 32 KiB of the machine's unless it gets one and is then too small
 * for (a|b)* over 2 KiB, and the heap without JIT.
 */
enum {
	MATCH_LIMIT = 1000000,
	HEAP_LIMIT_KIB = 16 * 1024,
	STACK_MIN = 32 * 1024,
	STACK_MAX = 16 * 1024 * 1024
};

struct regex {
	char *glob; /* NULL: a regular expression */
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack; /* NULL: no JIT */
};

struct regex *
regex_new(struct em_str pattern, struct em_error *e)
{
	struct regex *re = calloc(1, sizeof(*re));
	unsigned char text[200];
	PCRE2_SIZE at;
	PCRE2_SPTR p = (PCRE2_SPTR)(pattern.p != NULL ? pattern.p : "");
	int code;

	if (re == NULL) {
		err_set(e, EM_E_MEMORY, 0, "out of memory");
		return NULL;
	}
	/* $ is the end and not before a last LF, as in other tools. */
	re->code = pcre2_compile(p, pattern.n,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF |
		PCRE2_DOLLAR_ENDONLY,
	    &code, &at, NULL);
	if (re->code == NULL) {
		pcre2_get_error_message(code, text, sizeof(text));
		err_set(e, EM_E_USAGE, at + 1, "%s", (const char *)text);
		free(re);
		return NULL;
	}
	re->context = pcre2_match_context_create(NULL);
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	if (re->context == NULL || re->data == NULL) {
		err_set(e, EM_E_MEMORY, 0, "out of memory");
		regex_free(re);
		return NULL;
	}
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
	/* Without JIT matching is slower and just as right. */
	if (pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0)
		re->stack = pcre2_jit_stack_create(STACK_MIN, STACK_MAX, NULL);
	if (re->stack != NULL)
		pcre2_jit_stack_assign(re->context, NULL, re->stack);
	return re;
}

/* fnmatch() wants C strings.  In both of them a NUL becomes a byte that text
 * does not have. */
static void
c_string(char *p, struct em_str s)
{
	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[i] != '\0' ? s.p[i] : '\xff';
	p[s.n] = '\0';
}

struct regex *
regex_glob(struct em_str pattern, struct em_error *e)
{
	struct regex *re = calloc(1, sizeof(*re));

	if (re != NULL)
		re->glob = malloc(pattern.n + 1);
	if (re == NULL || re->glob == NULL) {
		free(re);
		err_set(e, EM_E_MEMORY, 0, "out of memory");
		return NULL;
	}
	c_string(re->glob, pattern);
	return re;
}

static bool
glob_match(const struct regex *re, struct em_str s)
{
	char small[512], *text = small;
	bool match;

	if (s.n >= sizeof(small) && (text = malloc(s.n + 1)) == NULL)
		return false;
	c_string(text, s);
	match = fnmatch(re->glob, text, 0) == 0;
	if (text != small)
		free(text);
	return match;
}

bool
regex_find(const struct regex *re, struct em_str s, size_t *begin, size_t *end)
{
	const PCRE2_SIZE *v;

	if (pcre2_match(re->code, (PCRE2_SPTR)(s.p != NULL ? s.p : ""), s.n, 0,
		0, re->data, re->context) < 0)
		return false;
	v = pcre2_get_ovector_pointer(re->data);
	*begin = v[0];
	*end = v[1];
	return true;
}

bool
regex_match(const struct regex *re, struct em_str s)
{
	size_t begin, end;

	return re->glob != NULL ? glob_match(re, s)
				: regex_find(re, s, &begin, &end);
}

struct em_str
regex_replace(const struct regex *re, struct arena *a, struct em_str s,
    struct em_str with)
{
	PCRE2_SIZE size = s.n * 2 + with.n + 64;
	const uint32_t how = PCRE2_SUBSTITUTE_GLOBAL |
	    PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNSET_EMPTY |
	    PCRE2_SUBSTITUTE_UNKNOWN_UNSET;

	if (s.p == NULL)
		return s;
	for (int tries = 0; tries < 2; tries++) {
		char *p = arena_bytes(a, size);
		PCRE2_SIZE n = size;
		int rc;

		if (p == NULL)
			return s;
		rc = pcre2_substitute(re->code, (PCRE2_SPTR)s.p, s.n, 0, how,
		    re->data, re->context,
		    (PCRE2_SPTR)(with.p != NULL ? with.p : ""), with.n,
		    (PCRE2_UCHAR *)p, &n);
		if (rc > 0)
			return (struct em_str){ p, n };
		if (rc != PCRE2_ERROR_NOMEMORY)
			return s;
		size = n;
	}
	return s;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	if (re->glob == NULL) {
		pcre2_jit_stack_free(re->stack);
		pcre2_match_data_free(re->data);
		pcre2_match_context_free(re->context);
		pcre2_code_free(re->code);
	}
	free(re->glob);
	free(re);
}
