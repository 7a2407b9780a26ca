/* SPDX-License-Identifier: MIT */
/*
 * Profiles: what a testee may say of itself.  One is earned when every MUST of
 * it came to PASS or WEAK; lists of expected failures do not help.
 */
#include <stdlib.h>
#include <strings.h>

#include "report.h"

struct profile {
	const char *name;
	unsigned roles;
	/* Groups of cases, and rules that the case is about; a case is in
	 * when one of them says so.  Lists end with NULL. */
	const char *const *groups, *const *rules;
	/* Its cases are left out unless it is asked for. */
	bool apart;
};

static const char *const core[] = { "enc", "hdr", "evo", "lif", "val", NULL };
static const char *const filter_core[] = { "enc", "hdr", "evo", "lif", "val",
	"beh", NULL };
static const char *const converter_core[] = { "enc", "hdr", "evo", "lif", "val",
	"beh", "chain", NULL };
static const char *const schema_core[] = { "schema", NULL };
static const char *const evolution[] = { "evo", "hdr", "chain", NULL };
static const char *const streaming[] = { "BEH-1", "BEH-3", "BEH-4", NULL };
static const char *const robust[] = { "ENC-12", "ENC-13", "ENC-14", "BEH-2",
	"BEH-5", "BEH-7", "BEH-8", "BEH-9", "BEH-12", NULL };
static const char *const none[] = { NULL };

static const struct profile profiles[] = {
	{ "Reader Core", ROLE_READER, core, none, false },
	{ "Filter Core", ROLE_FILTER, filter_core, none, false },
	{ "Converter Core", ROLE_CONVERTER, converter_core, none, false },
	/* Cases of harnesses name their profile themselves. */
	{ "Harness Core", ROLE_HARNESS, none, none, false },
	{ "Harness CLI", ROLE_HARNESS, none, none, true },
	{ "libtest2 draft", ROLE_HARNESS, none, none, true },
	{ "Schema", ROLE_SCHEMA, schema_core, none, false },
	{ "Streaming", ROLE_FILTER | ROLE_CONVERTER, none, streaming, false },
	{ "Robust", ROLE_READER | ROLE_FILTER | ROLE_CONVERTER, none, robust,
	    false },
	{ "Evolution", ROLE_READER | ROLE_FILTER | ROLE_CONVERTER, evolution,
	    none, false },
};

enum { PROFILES = sizeof(profiles) / sizeof(*profiles) };

static bool
in_group(const char *id, const char *const *groups)
{
	for (; *groups != NULL; groups++) {
		size_t n = strlen(*groups);

		if (strncmp(id, *groups, n) == 0 && id[n] == '/')
			return true;
	}
	return false;
}

static bool
belongs(const struct profile *p, const struct conf_case *c)
{
	if (slice_is(json_text(c->doc, "profile"), p->name) ||
	    in_group(c->id, p->groups))
		return true;
	for (const char *const *r = p->rules; *r != NULL; r++)
		if (strcmp(*r, c->rules.v[0]) == 0)
			return true;
	return false;
}

/* A version may follow the name: "Harness Core 1.0". */
const struct profile *
profile_find(const char *name)
{
	for (size_t i = 0; i < PROFILES; i++) {
		size_t n = strlen(profiles[i].name);

		if (strncasecmp(name, profiles[i].name, n) == 0 &&
		    (name[n] == '\0' || strcmp(name + n, " 1.0") == 0))
			return &profiles[i];
	}
	return NULL;
}

bool
profile_wants(const struct profile *p, const struct conf_case *c)
{
	if (p != NULL)
		return belongs(p, c);
	for (size_t i = 0; i < PROFILES; i++)
		if (profiles[i].apart && belongs(&profiles[i], c))
			return false;
	return true;
}

static bool
earned(const struct outcome *o)
{
	return o->v.code == V_PASS || o->v.code == V_WEAK;
}

/* A case that was skipped for want of an optional feature is named, not
 * counted. */
static void
note_lacking(struct tally *t, const struct outcome *o)
{
	for (size_t i = 0; i < o->c->features.n; i++) {
		const char *f = o->c->features.v[i];

		if (!strings_have(&t->run->sut->features, f) &&
		    !strings_have(&t->lacking, f))
			strings_add(&t->lacking, f);
	}
	if (o->c->roles & ROLE_HARNESS)
		strings_add(&t->lacking, strchr(o->c->id, '/') + 1);
}

static void
award(struct tally *t, const struct profile *p)
{
	size_t musts = 0, missed = 0, shoulds_missed = 0;
	char *s;

	for (size_t i = 0; i < t->n; i++) {
		const struct outcome *o = &t->v[i];

		if (!belongs(p, o->c) || o->c->level == LEVEL_INFO)
			continue;
		if (o->v.code == V_SKIP &&
		    (o->c->features.n > 0 || (o->c->roles & ROLE_HARNESS))) {
			note_lacking(t, o);
		} else if (o->c->level == LEVEL_SHOULD) {
			shoulds_missed += !earned(o);
		} else if (earned(o)) {
			musts++;
		} else {
			missed++;
			s = xprintf("%s: %s %s", p->name,
			    verdict_name(o->v.code), o->c->id);
			strings_add(&t->missed, s);
			free(s);
		}
	}
	if (missed > 0 || musts == 0)
		return;
	s = xprintf("%s%s", p->name, shoulds_missed == 0 ? " Strict" : "");
	strings_add(&t->awards, s);
	free(s);
}

void
tally_award(struct tally *t)
{
	if (!t->whole)
		return;
	for (size_t i = 0; i < PROFILES; i++)
		if ((profiles[i].roles & t->run->role) &&
		    (t->profile == NULL || t->profile == &profiles[i]))
			award(t, &profiles[i]);
}
