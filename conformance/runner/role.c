/* SPDX-License-Identifier: MIT */
/* A case given to the role that judges it. */
#include <stdlib.h>

#include "run.h"

enum { TRIES = 3 };

static const char *
missing_feature(const struct run *run, const struct conf_case *c)
{
	for (size_t i = 0; i < c->features.n; i++)
		if (!strings_have(&run->sut->features, c->features.v[i]))
			return c->features.v[i];
	return NULL;
}

static void
judge_once(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	switch (run->role) {
	case ROLE_READER:
		role_reader(run, c, v);
		break;
	case ROLE_FILTER:
		role_filter(run, c, v);
		break;
	case ROLE_CONVERTER:
		role_converter(run, c, v);
		break;
	case ROLE_HARNESS:
		role_harness(run, c, v);
		break;
	case ROLE_SCHEMA:
		role_schema(run, c, v);
		break;
	}
}

void
judge_case(const struct run *run, const struct conf_case *c, struct verdict *v)
{
	const char *feature = missing_feature(run, c);
	const char *reason = sut_value(&run->sut->skips, c->id);

	if (reason != NULL) {
		verdict_say(v, V_SKIP, "%s", reason);
		return;
	}
	if (feature != NULL) {
		verdict_say(
		    v, V_SKIP, "feature \"%s\" is not declared", feature);
		return;
	}
	for (int i = 0; i < TRIES; i++) {
		verdict_free(v);
		judge_once(run, c, v);
		if (!case_timing(c) ||
		    (v->code != V_FAIL && v->code != V_TIMEOUT))
			break;
	}
	if (c->level == LEVEL_INFO &&
	    (v->code == V_FAIL || v->code == V_WEAK || v->code == V_PASS))
		v->code = V_INFO;
}
