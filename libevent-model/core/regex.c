/* SPDX-License-Identifier: MIT */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fnmatch.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "regex.h"

enum { MATCH_LIMIT = 1000000, DEPTH_LIMIT = 10000, HEAP_LIMIT_KIB = 16384 };

struct regex {
	char *glob; /* NULL: a regular expression */
	pcre2_code *code;
	pcre2_match_context *context;
	pcre2_match_data *data;
};

struct regex *
regex_new(struct em_str pattern, struct em_error *e)
{
	struct regex *re = calloc(1, sizeof(*re));
	unsigned char text[200];
	PCRE2_SIZE at;
	int code;

	if (re == NULL) {
		err_set(e, EM_E_MEMORY, 0, "out of memory");
		return NULL;
	}
	re->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
	    PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF, &code, &at, NULL);
	if (re->code == NULL) {
		pcre2_get_error_message(code, text, sizeof(text));
		err_set(e, EM_E_USAGE, at + 1, "%s", (const char *)text);
		free(re);
		return NULL;
	}
	/* Without JIT matching is slower and just as right. */
	(void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
	re->context = pcre2_match_context_create(NULL);
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	if (re->context == NULL || re->data == NULL) {
		err_set(e, EM_E_MEMORY, 0, "out of memory");
		regex_free(re);
		return NULL;
	}
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_depth_limit(re->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_LIMIT_KIB);
	return re;
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
	if (pattern.n > 0 && memchr(pattern.p, '\0', pattern.n) != NULL) {
		regex_free(re);
		err_set(e, EM_E_USAGE, 0, "a glob cannot hold a NUL");
		return NULL;
	}
	if (pattern.n > 0)
		memcpy(re->glob, pattern.p, pattern.n);
	re->glob[pattern.n] = '\0';
	return re;
}

static bool
glob_match(const struct regex *re, struct em_str s)
{
	char small[512], *text = small;
	bool match;

	/* A name with NUL matches no glob, which cannot hold one. */
	if (s.n > 0 && memchr(s.p, '\0', s.n) != NULL)
		return strcmp(re->glob, "*") == 0;
	if (s.n >= sizeof(small) && (text = malloc(s.n + 1)) == NULL)
		return false;
	if (s.n > 0)
		memcpy(text, s.p, s.n);
	text[s.n] = '\0';
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
		pcre2_match_data_free(re->data);
		pcre2_match_context_free(re->context);
		pcre2_code_free(re->code);
	}
	free(re->glob);
	free(re);
}
