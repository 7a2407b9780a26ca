/* SPDX-License-Identifier: MIT */
/* The outcomes of TRX. */
#include "trx.h"

/* The first that means something is the one written for it. */
static const struct trx_outcome outcomes[] = {
	{ "Passed", EM_PASS, NULL },
	{ "Warning", EM_PASS, NULL },
	{ "Completed", EM_PASS, NULL },
	{ "PassedButRunAborted", EM_PASS, NULL },
	{ "Failed", EM_FAIL, NULL },
	{ "Error", EM_FAIL, "error" },
	{ "Timeout", EM_FAIL, "timeout" },
	{ "Aborted", EM_FAIL, "abort" },
	{ "Disconnected", EM_FAIL, "abort" },
	{ "InProgress", EM_FAIL, "incomplete" },
	{ "NotRunnable", EM_FAIL, "exec-fail" },
	{ "NotExecuted", EM_SKIP, NULL },
	{ "Inconclusive", EM_SKIP, "precondition" },
	{ "Pending", EM_SKIP, "todo" },
};

const struct trx_outcome *
trx_find_outcome(struct em_str name)
{
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++)
		if (str_eq(name, outcomes[i].name))
			return &outcomes[i];
	return NULL;
}

const struct trx_outcome *
trx_outcome_for(enum em_outcome outcome, struct em_str status)
{
	const struct trx_outcome *plain = NULL;

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		const struct trx_outcome *o = &outcomes[i];

		if (o->outcome != outcome)
			continue;
		if (o->status == NULL ? status.p == NULL
				      : str_eq(status, o->status))
			return o;
		if (plain == NULL && o->status == NULL)
			plain = o;
	}
	return plain;
}
