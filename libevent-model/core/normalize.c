/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "regex.h"

enum { RULES_MAX = 64 };

struct rule {
	struct regex *regex;
	struct em_str with;
};

struct em_normalize {
	struct rule rules[RULES_MAX];
	size_t own, n; /* those added come first */
	struct arena memory; /* of the replacements */
	struct arena text[2]; /* of the last two results */
	unsigned turn;
};

/* What differs between two runs of the same failure, most special first. */
static const struct {
	const char *pattern, *with;
} built_in[] = {
	{ "\\b\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(:\\d\\d([.,]\\d+)?)?"
	  "( ?(Z|UTC|[+-]\\d\\d:?\\d\\d))?",
	    "<time>" },
	{ "\\b\\d\\d:\\d\\d:\\d\\d([.,]\\d+)?\\b", "<time>" },
	{ "\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-"
	  "[0-9a-fA-F]{12}\\b",
	    "<uuid>" },
	{ "\\b0[xX][0-9a-fA-F]+\\b", "<address>" },
	{ "(?<![\\w/])(/private)?(/tmp|/var/tmp|/var/folders|/dev/shm)"
	  "(/[^\\s:,;'\")\\]}>]*)?(:\\d+){0,2}",
	    "<tmp>" },
	{ "[A-Za-z]:\\\\[^\\s]*\\\\Temp\\\\[^\\s:,;'\")\\]}>]*", "<tmp>" },
	{ "\\b\\d+([.,]\\d+)? ?"
	  "(ns|us|\\x{b5}s|ms|s|secs?|seconds?|milliseconds?|min|minutes?)\\b",
	    "<duration>" },
	{ "(?<=[\\w)])\\((\\d{3,})\\)", "(<id>)" },
	{ "\\b(pid|tid|thread|process)([ =:#]+)\\d+\\b", "$1$2<id>" },
	{ "(\\.\\w{1,8}):\\d+(:\\d+)?\\b", "$1:<line>" },
	{ "\\b(line|Line|row|column|col)([ =:]+)\\d+\\b", "$1$2<line>" },
};

static bool
add_rule(struct em_normalize *n, struct em_str pattern, struct em_str with,
    struct em_error *err)
{
	struct rule *r = &n->rules[n->n];

	if (n->n == RULES_MAX) {
		err_set(err, EM_E_LIMIT, 0, "more than %d rules",
		    RULES_MAX - (int)ARRAY_LEN(built_in));
		return false;
	}
	r->regex = regex_new(pattern, err);
	r->with = arena_dup(&n->memory, with);
	if (r->regex == NULL)
		return false;
	n->n++;
	return true;
}

struct em_normalize *
em_normalize_new(void)
{
	struct em_normalize *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	arena_init(&n->memory, 1 << 20);
	arena_init(&n->text[0], SIZE_MAX / 4);
	arena_init(&n->text[1], SIZE_MAX / 4);
	for (size_t i = 0; i < ARRAY_LEN(built_in); i++)
		if (!add_rule(n, em_str(built_in[i].pattern),
			em_str(built_in[i].with), NULL)) {
			em_normalize_free(n);
			return NULL;
		}
	return n;
}

/* Up to the next delimiter that no backslash precedes; the backslash before
 * one is dropped. */
static bool
cut_part(struct em_normalize *n, struct em_str *s, char delimiter,
    struct em_str *part)
{
	char *p = arena_bytes(&n->memory, s->n);
	size_t k = 0;

	for (size_t i = 0; p != NULL && i < s->n; i++) {
		if (s->p[i] == delimiter) {
			*part = (struct em_str){ p, k };
			*s = str_from(*s, i + 1);
			return true;
		}
		if (s->p[i] == '\\' && i + 1 < s->n) {
			if (s->p[i + 1] != delimiter)
				p[k++] = s->p[i];
			i++;
		}
		p[k++] = s->p[i];
	}
	return false;
}

enum em_rc
em_normalize_add(struct em_normalize *n, const char *rule, struct em_error *err)
{
	struct em_str s = em_str(rule), pattern, with;
	struct rule added;
	char delimiter;

	if (s.n < 4 || s.p[0] != 's')
		return err_set(err, EM_E_USAGE, 0, "the form is s/REGEX/TEXT/");
	delimiter = s.p[1];
	s = str_from(s, 2);
	if (!cut_part(n, &s, delimiter, &pattern) ||
	    !cut_part(n, &s, delimiter, &with) || s.n > 0)
		return err_set(err, EM_E_USAGE, 0, "the form is s/REGEX/TEXT/");
	if (!add_rule(n, pattern, with, err))
		return EM_ERR;
	/* Before the built-in ones, behind those added earlier. */
	added = n->rules[n->n - 1];
	memmove(&n->rules[n->own + 1], &n->rules[n->own],
	    (n->n - 1 - n->own) * sizeof(added));
	n->rules[n->own++] = added;
	return EM_OK;
}

struct em_str
em_normalize_text(struct em_normalize *n, struct em_str s)
{
	struct arena *a = &n->text[n->turn++ & 1];

	arena_reset(a);
	for (size_t i = 0; i < n->n; i++)
		s = regex_replace(n->rules[i].regex, a, s, n->rules[i].with);
	return s;
}

void
em_normalize_free(struct em_normalize *n)
{
	if (n == NULL)
		return;
	for (size_t i = 0; i < n->n; i++)
		regex_free(n->rules[i].regex);
	arena_free(&n->memory);
	arena_free(&n->text[0]);
	arena_free(&n->text[1]);
	free(n);
}
