/* SPDX-License-Identifier: MIT */
/* What an input states about itself, held against what it shows. */
#include "merge.h"

bool
merge_input_note(struct merge_input *in, const struct em_event *ev)
{
	if (in->results == NULL)
		in->results = em_results_new(EM_KEEP_COUNTS, 0);
	return in->results != NULL &&
	    em_results_event(in->results, ev) == EM_OK;
}

/* A run that states it failed, and no case or suite of it says why. */
static bool
fails_unexplained(const struct em_run *r)
{
	if (r->stated_outcome != EM_FAIL && r->stated_outcome != EM_INVALID)
		return false;
	for (const struct em_suite *s = r->suites; s != NULL; s = s->next)
		if (s->outcome == EM_FAIL)
			return false;
	return r->counts.fail == 0;
}

bool
merge_input_failed(struct merge_input *in, const struct cli *c)
{
	const struct em_run *r =
	    in->results != NULL ? em_results_runs(in->results) : NULL;
	bool failed = false;

	for (; r != NULL; r = r->next) {
		failed = failed || r->mismatch || fails_unexplained(r);
		if (r->mismatch)
			cli_say(c,
			    "%s: what the run states about itself disagrees "
			    "with what it shows",
			    in->name);
	}
	em_results_free(in->results);
	in->results = NULL;
	return failed;
}
