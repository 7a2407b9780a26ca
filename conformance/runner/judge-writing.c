/* SPDX-License-Identifier: MIT */
/* What a testee wrote, held against the rules for writers. */
#include <stdlib.h>

#include "judge-output.h"
#include "lint.h"

/* The published schemas lie beside the suite. */
static struct lint_schemas *
open_schemas(const struct run *run, struct verdict *v)
{
	char *dir = xprintf("%s/../schemas", run->suite->dir);
	char why[256];
	struct lint_schemas *s = lint_schemas_open(dir, why, sizeof(why));

	if (s == NULL)
		verdict_say(v, V_ERROR, "%s", why);
	free(dir);
	return s;
}

bool
judge_writing(const struct run *run, struct slice from, struct slice got,
    struct verdict *v)
{
	struct lint_schemas *schemas;
	struct lint_options options = { .role = LINT_WRITER };
	struct lint_report report;
	bool clean = true;

	/* What was passed on as it came is as good as it was. */
	if (slice_same(from, got))
		return true;
	schemas = open_schemas(run, v);
	if (schemas == NULL)
		return false;
	options.schemas = schemas;
	if (from.p != NULL) {
		lint_stream(from.p, from.n, &options, &report);
		clean = lint_count(&report, LINT_MUST) == 0;
		lint_report_free(&report);
	}
	if (clean) {
		lint_stream(got.p, got.n, &options, &report);
		for (size_t i = 0; i < report.count; i++)
			if (report.violation[i].level == LINT_MUST) {
				verdict_say(v, V_FAIL,
				    "output, line %zu breaks %s: %s",
				    report.violation[i].line,
				    report.violation[i].rule,
				    report.violation[i].text);
				clean = false;
				break;
			}
		lint_report_free(&report);
	} else {
		clean = true;
	}
	lint_schemas_free(schemas);
	return clean;
}
