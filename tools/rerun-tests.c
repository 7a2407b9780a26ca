/* SPDX-License-Identifier: MIT */
/* The tests that a chain of runs is about: there may be millions. */
#include <stdlib.h>
#include <string.h>

#include "rerun.h"

struct rerun_text {
	struct rerun_text *next;
	size_t used;
	char bytes[64 * 1024];
};

bool
rerun_state_init(struct rerun_state *s)
{
	*s = (struct rerun_state){ .n = 0 };
	s->index = em_map_new();
	s->shared = em_map_new();
	s->broken = em_map_new();
	return s->index != NULL && s->shared != NULL && s->broken != NULL;
}

void
rerun_state_free(struct rerun_state *s)
{
	struct rerun_text *next;

	for (struct rerun_text *t = s->texts; t != NULL; t = next) {
		next = t->next;
		free(t);
	}
	em_map_free(s->index);
	em_map_free(s->shared);
	em_map_free(s->suites);
	em_map_free(s->broken);
	em_results_free(s->results);
	free(s->v);
	/* So that freeing it twice does no harm. */
	*s = (struct rerun_state){ .n = 0 };
}

/* A copy that lives as long as the state; false when out of memory. */
static bool
keep(struct rerun_state *s, struct em_str *str)
{
	struct rerun_text *t = s->texts;
	char *p;

	if (str->p == NULL)
		return true;
	if (t == NULL || sizeof(t->bytes) - t->used < str->n) {
		size_t more =
		    str->n > sizeof(t->bytes) ? str->n - sizeof(t->bytes) : 0;

		t = malloc(sizeof(*t) + more);
		if (t == NULL)
			return false;
		t->used = 0;
		t->next = s->texts;
		s->texts = t;
	}
	p = t->bytes + t->used;
	if (str->n > 0)
		memcpy(p, str->p, str->n);
	/* A text of more than its share fills it. */
	t->used = str->n > sizeof(t->bytes) - t->used ? sizeof(t->bytes)
						      : t->used + str->n;
	str->p = p;
	return true;
}

/* The same of a string that many tests have: one copy for all. */
static bool
share(struct rerun_state *s, struct em_str *str)
{
	uint64_t *at;

	if (str->p == NULL)
		return true;
	at = em_map_at(s->shared, em_key(str, 1));
	if (at == NULL || (*at == 0 && !keep(s, str)))
		return false;
	if (*at == 0)
		*at = (uint64_t)(uintptr_t)str->p;
	str->p = (const char *)(uintptr_t)*at;
	return true;
}

struct em_str
rerun_property(const struct em_case *c, struct em_str key)
{
	const struct em_pairs *p = &c->details->properties;

	for (size_t i = 0; i < p->n; i++)
		if (em_str_eq(p->v[i].key, key))
			return p->v[i].value;
	return (struct em_str){ NULL, 0 };
}

struct rerun_test
rerun_test_of(const struct em_case *c)
{
	return (struct rerun_test){ .suite = c->suite->name,
		.class_name = c->class_name,
		.name = c->name,
		.variant = c->details->variant,
		.file = c->details->location.file,
		.line = c->details->location.line,
		.duration_ns = EM_UNSET };
}

/* A new test, entered under at; NULL when out of memory. */
static struct rerun_test *
add_test(struct rerun_state *s, const struct em_case *c, uint64_t *at)
{
	struct rerun_test *t;

	if (s->n == s->size) {
		size_t size = s->size == 0 ? 256 : s->size * 2;

		t = realloc(s->v, size * sizeof(*t));
		if (t == NULL)
			return NULL;
		s->v = t;
		s->size = size;
	}
	t = &s->v[s->n];
	*t = rerun_test_of(c);
	t->extra = rerun_property(c, EM_STR(RERUN_EXTRA));
	if (!share(s, &t->suite) || !share(s, &t->class_name) ||
	    !keep(s, &t->name) || !share(s, &t->variant) ||
	    !share(s, &t->file) || !keep(s, &t->extra))
		return NULL;
	*at = ++s->n;
	return t;
}

struct rerun_test *
rerun_state_test(struct rerun_state *s, const struct em_case *c)
{
	const struct em_str id[] = { c->suite->name, c->class_name, c->name,
		c->details->variant };
	uint64_t *at = em_map_at(s->index, em_key(id, 4));
	struct rerun_test *t;

	if (at == NULL)
		return NULL;
	if (*at == 0)
		return add_test(s, c, at);
	/* The newest report knows best where a test is. */
	t = &s->v[*at - 1];
	if (c->details->location.file.p != NULL) {
		t->file = c->details->location.file;
		t->line = c->details->location.line;
		if (!share(s, &t->file))
			return NULL;
	}
	return t;
}

static int
compare(const void *x, const void *y)
{
	float a = *(const float *)x, b = *(const float *)y;

	return (a > b) - (a < b);
}

void
rerun_test_time(struct rerun_test *t, int64_t ns)
{
	float sorted[RERUN_TIMES];
	size_t n;

	if (ns == EM_UNSET)
		return;
	t->times[t->time_count++ % RERUN_TIMES] = (float)ns;
	n = t->time_count < RERUN_TIMES ? t->time_count : RERUN_TIMES;
	if (n == 1) {
		t->duration_ns = ns;
		return;
	}
	memcpy(sorted, t->times, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), compare);
	t->duration_ns = (int64_t)sorted[(n * 85 + 99) / 100 - 1];
}
