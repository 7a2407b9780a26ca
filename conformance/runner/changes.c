/* SPDX-License-Identifier: MIT */
/* The list of changes, and what each rule weighs. */
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "changes.h"
#include "grow.h"
#include "path.h"

static const struct {
	const char *rule;
	enum bump bump;
} rules[] = {
	{ "DOC_ONLY", BUMP_PATCH },
	{ "FIELD_ADDED_OPTIONAL", BUMP_MINOR },
	{ "EXT_PROMOTED", BUMP_MINOR },
	{ "EVENT_ADDED", BUMP_MINOR },
	{ "ENUM_VALUE_ADDED", BUMP_MINOR },
	{ "FIELD_DEPRECATED", BUMP_MINOR },
	{ "VERSION_WIDENED", BUMP_MINOR },
	{ "READER_LOOSENED", BUMP_MINOR },
	{ "VERSION_MOVED", BUMP_MAJOR },
	{ "FIELD_NO_NEW_REQUIRED", BUMP_MAJOR },
	{ "FIELD_SAME_REQUIRED", BUMP_MAJOR },
	{ "FIELD_NO_DELETE", BUMP_MAJOR },
	{ "FIELD_NO_DELETE_UNLESS_RESERVED", BUMP_MAJOR },
	{ "FIELD_SAME_NAME", BUMP_MAJOR },
	{ "FIELD_SAME_TYPE", BUMP_MAJOR },
	{ "FIELD_SAME_DEFAULT", BUMP_MAJOR },
	{ "FIELD_SAME_UNIT", BUMP_MAJOR },
	{ "FIELD_SAME_PATTERN", BUMP_MAJOR },
	{ "EVENT_NO_DELETE", BUMP_MAJOR },
	{ "ENUM_CLOSED_SAME", BUMP_MAJOR },
	{ "ENUM_VALUE_NO_DELETE", BUMP_MAJOR },
	{ "ENUM_SAME_OPENNESS", BUMP_MAJOR },
	{ "LIMIT_NOT_RAISED", BUMP_MAJOR },
	{ "LIMIT_NOT_LOWERED", BUMP_MAJOR },
	{ "READER_NOT_TIGHTENED", BUMP_MAJOR },
	{ "READER_OPEN", BUMP_ERROR },
	{ "WRITER_CLOSED", BUMP_ERROR },
	{ "EVENT_UNION_OPEN", BUMP_ERROR },
	{ "NAME_NO_REUSE", BUMP_ERROR },
	{ "NAME_NO_DOT", BUMP_ERROR },
	{ "RESERVED_NO_DELETE", BUMP_ERROR },
	{ "DELETED_NOT_RESERVED", BUMP_ERROR },
	{ "SINCE_PRESENT", BUMP_ERROR },
	{ "VERSION_TAKEN", BUMP_ERROR },
	{ "EXAMPLE_VALID", BUMP_ERROR },
	{ "REQUIRES_GATE", BUMP_ERROR },
};

static enum bump
bump_of(const char *rule)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (strcmp(rule, rules[i].rule) == 0)
			return rules[i].bump;
	return BUMP_ERROR;
}

void
changes_add(struct changes *c, const char *rule, unsigned wire,
    const struct path *at, const char *text, struct slice subject)
{
	struct change *more =
	    grow(c->change, c->count, &c->size, sizeof(*more));
	int n = (int)(subject.n < 80 ? subject.n : 80);

	if (more == NULL)
		out_of_memory();
	c->change = more;
	more = &c->change[c->count++];
	*more = (struct change){
		.rule = rule, .bump = bump_of(rule), .wire = wire
	};
	path_put(at, more->at, sizeof(more->at));
	if (subject.p != NULL)
		snprintf(more->text, sizeof(more->text), "%s '%.*s'", text, n,
		    subject.p);
	else
		snprintf(more->text, sizeof(more->text), "%s", text);
}

void
changes_free(struct changes *c)
{
	free(c->change);
	*c = (struct changes){ NULL, 0, 0 };
}

const char *
bump_name(enum bump b)
{
	static const char *const names[] = { "none", "patch", "minor", "major",
		"error" };

	return names[b];
}

bool
changes_is_reader(const struct schema *s)
{
	struct slice id = json_text(schema_root(s), "$id");
	static const char word[] = ":reader:";

	for (size_t i = 0; i + strlen(word) <= id.n; i++)
		if (memcmp(id.p + i, word, strlen(word)) == 0)
			return true;
	return false;
}

bool
changes_version(const struct schema *s, unsigned *major, unsigned *minor)
{
	struct slice v = json_text(schema_root(s), "x-version");
	unsigned *part = major;

	*major = *minor = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '.' && part == major && i != 0 && i + 1 < v.n)
			part = minor;
		else if (v.p[i] < '0' || v.p[i] > '9' || *part > 65535)
			return false;
		else
			*part = 10 * *part + (unsigned)(v.p[i] - '0');
	}
	return v.n != 0;
}
