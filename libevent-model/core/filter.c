/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "filter.h"
#include "regex.h"

/* Far more than any expression written by hand or by a tool needs. */
static const size_t memory_max = (size_t)256 << 20;

struct em_filter *
filter_new(void)
{
	struct em_filter *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	arena_init(&f->arena, memory_max);
	f->joined = calloc(1, sizeof(*f->joined));
	if (f->joined == NULL) {
		free(f);
		return NULL;
	}
	buf_init(f->joined, SIZE_MAX / 4);
	return f;
}

struct em_filter *
em_filter_compile(const char *expr, struct em_error *err, size_t *column)
{
	struct em_filter *f = filter_new();
	struct em_error e = { 0 };
	size_t at = 0;

	if (f == NULL) {
		err_set(&e, EM_E_MEMORY, 0, "out of memory");
	} else {
		f->root = filter_parse(f, expr, &e, &at);
		if (f->root != NULL)
			return f;
	}
	if (err != NULL)
		*err = e;
	if (column != NULL)
		*column = at;
	em_filter_free(f);
	return NULL;
}

unsigned
em_filter_needs(const struct em_filter *f)
{
	return f->needs;
}

bool
em_filter_case(const struct em_filter *f, const struct em_case *c)
{
	return filter_eval(f, c, PHASE_ENDED) == FILTER_YES;
}

void
em_filter_free(struct em_filter *f)
{
	if (f == NULL)
		return;
	for (struct filter_node *n = f->nodes; n != NULL; n = n->all) {
		regex_free(n->key.regex);
		regex_free(n->match.regex);
		filter_list_free(n->list);
	}
	buf_free(f->joined);
	free(f->joined);
	arena_free(&f->arena);
	free(f);
}
