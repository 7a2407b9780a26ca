/* SPDX-License-Identifier: MIT */
/* What failed apart from its tests on the new side, and did not on the old:
 * suites that did not build, runs that broke.  Its tests are only missing. */
#include <stdlib.h>

#include "diff.h"
#include "sum.h"

/* A run that failed, and no case or suite of it did. */
static bool
run_broken(const struct em_run *r)
{
	if (!r->completed || r->counts.fail > 0 || r->not_run > 0 ||
	    r->stated_outcome == EM_PASS || r->stated_outcome == EM_SKIP)
		return false;
	for (const struct em_suite *s = r->suites; s != NULL; s = s->next)
		if (sum_suite_broken(s))
			return false;
	return true;
}

/* Whether a run of the side has the same trouble: a suite of that name, or
 * with NULL the run itself. */
static bool
has(const struct diff_side *side, const struct em_suite *like)
{
	for (size_t i = 0; i < side->n; i++)
		for (const struct em_run *r = em_results_runs(side->v[i]);
		     r != NULL; r = r->next) {
			if (like == NULL && run_broken(r))
				return true;
			for (const struct em_suite *s = r->suites;
			     like != NULL && s != NULL; s = s->next)
				if (sum_suite_broken(s) &&
				    em_str_eq(s->name, like->name))
					return true;
		}
	return false;
}

static bool
add(struct diff *d, const struct em_run *run, const struct em_suite *suite)
{
	void *p;

	for (size_t i = 0; i < d->trouble_count; i++) {
		const struct em_suite *s = d->troubles[i].suite;

		if (suite == NULL
			? s == NULL
			: s != NULL && em_str_eq(s->name, suite->name))
			return true;
	}
	p = realloc(d->troubles, (d->trouble_count + 1) * sizeof(*d->troubles));
	if (p == NULL)
		return false;
	d->troubles = p;
	d->troubles[d->trouble_count++] = (struct diff_trouble){ run, suite };
	return true;
}

bool
diff_suites(struct diff *d, const struct diff_side side[2])
{
	bool ok = true;

	d->cut = side[1].cut;
	for (size_t i = 0; i < side[1].n; i++)
		for (const struct em_run *r = em_results_runs(side[1].v[i]);
		     r != NULL && ok; r = r->next) {
			for (const struct em_suite *s = r->suites;
			     s != NULL && ok; s = s->next)
				if (sum_suite_broken(s) && !has(&side[0], s))
					ok = add(d, r, s);
			if (ok && run_broken(r) && !has(&side[0], NULL))
				ok = add(d, r, NULL);
		}
	return ok;
}

struct em_str
diff_trouble_name(const struct diff_trouble *t)
{
	return t->suite != NULL && t->suite->name.n > 0 ? t->suite->name
							: EM_STR("the run");
}

struct em_str
diff_trouble_reason(const struct diff_trouble *t)
{
	if (t->suite == NULL)
		return t->run->status;
	return t->suite->reason.n > 0 ? t->suite->reason : t->suite->status;
}
