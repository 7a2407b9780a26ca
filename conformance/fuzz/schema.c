/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a schema, and as what it validates: it is read or refused at a
 * place, in the narrow language only if in the wide one, every view of it
 * answers, and compared with itself it has not changed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "changes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
hold(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "schema: %s\n", what);
	abort();
}

static struct schema *
read_schema(const struct json *text, enum schema_language language)
{
	struct schema_error e = { "", "" };
	struct schema *s = schema_read(text, language, &e);

	hold(s != NULL || e.text[0] != '\0', "refused without a word");
	return s;
}

/* The schema and all that it holds, by itself. */
static void
validate(const struct schema *s, const struct json *v)
{
	struct schema_why why;

	for (int view = SCHEMA_STRICT; view <= SCHEMA_CLOSED; view++) {
		why.text[0] = '\0';
		if (!schema_valid(s, v, (enum schema_view)view, &why))
			hold(why.text[0] != '\0', "invalid without a word");
	}
	for (size_t i = 0; v->kind >= JSON_ARRAY && i < v->count; i++)
		validate(s, v->item[i]);
}

static void
compare(const struct schema *s)
{
	struct changes changes = { NULL, 0, 0 };

	changes_between(&changes, s, s);
	hold(changes.count == 0, "it has changed by itself");
	changes_faults(&changes, s, s);
	changes_free(&changes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json *text = json_parse((const char *)data, size, NULL);
	struct schema *wide, *narrow;

	if (text == NULL)
		return 0;
	wide = read_schema(text, SCHEMA_GENERAL);
	narrow = read_schema(text, SCHEMA_PROFILE);
	hold(wide != NULL || narrow == NULL, "narrow and not wide");
	if (wide != NULL)
		validate(wide, text);
	if (narrow != NULL)
		compare(narrow);
	schema_free(wide);
	schema_free(narrow);
	json_free(text);
	return 0;
}
