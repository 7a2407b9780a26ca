/* SPDX-License-Identifier: MIT */
#include "failing.h"

void
failing_attempt(struct failing *f, const struct em_event *ev, bool failed)
{
	int64_t iteration = ev->iteration == EM_UNSET ? 1 : ev->iteration;
	uint64_t attempt = ev->attempt == EM_UNSET ? 1 : (uint64_t)ev->attempt;
	const struct em_str id[] = { ev->run, ev->suite, ev->class_name,
		ev->name, ev->variant };
	struct table_key key =
	    table_key(id, ARRAY_LEN(id), (uint64_t)iteration);
	uint64_t *last =
	    failed ? table_at(&f->last, key) : table_get(&f->last, key);

	/* A failure among the completions of one attempt is never lost, and
	 * neither is that of a later attempt. */
	if (last == NULL || attempt < *last >> 1 ||
	    (!failed && attempt == *last >> 1))
		return;
	f->count -= *last & 1;
	f->count += failed;
	*last = attempt << 1 | failed;
}

bool
failing_any(const struct failing *f)
{
	return f->count > 0 || f->last.failed;
}

void
failing_free(struct failing *f)
{
	table_free(&f->last);
	f->count = 0;
}
