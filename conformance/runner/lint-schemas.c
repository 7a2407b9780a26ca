/* SPDX-License-Identifier: MIT */
/* The published schemas, found by their names in a directory. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "lint-inside.h"

enum { MINORS_MAX = 100 };

struct loaded {
	struct json *text;
	struct schema *schema;
};

struct lint_schemas {
	struct loaded reader;
	struct loaded writer[MINORS_MAX];
	size_t writers;
};

static bool
load(const char *path, struct loaded *to, char *why, size_t size)
{
	struct json_error json;
	struct schema_error schema;
	struct buf b = { 0 };

	if (!read_file(path, &b)) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		buf_free(&b);
		return false;
	}
	to->text = json_parse(buf_slice(&b).p, b.n, &json);
	buf_free(&b);
	if (to->text == NULL) {
		snprintf(why, size, "%s: %s at byte %zu", path, json.text,
		    json.offset);
		return false;
	}
	to->schema = schema_read(to->text, SCHEMA_PROFILE, &schema);
	if (to->schema == NULL)
		snprintf(why, size, "%s: %s: %s", path, schema.at, schema.text);
	return to->schema != NULL;
}

static bool
exists(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f != NULL)
		fclose(f);
	return f != NULL;
}

struct lint_schemas *
lint_schemas_open(const char *directory, char *why, size_t size)
{
	struct lint_schemas *s = calloc(1, sizeof(*s));
	char path[4096];
	bool ok;

	snprintf(why, size, "out of memory");
	if (s == NULL)
		return NULL;
	snprintf(path, sizeof(path), "%s/reader-1.schema.json", directory);
	ok = load(path, &s->reader, why, size);
	while (ok && s->writers < MINORS_MAX) {
		snprintf(path, sizeof(path), "%s/writer-1.%zu.schema.json",
		    directory, s->writers);
		if (s->writers != 0 && !exists(path))
			break;
		ok = load(path, &s->writer[s->writers], why, size);
		s->writers++;
	}
	if (!ok) {
		lint_schemas_free(s);
		return NULL;
	}
	return s;
}

void
lint_schemas_free(struct lint_schemas *s)
{
	size_t i;

	if (s == NULL)
		return;
	schema_free(s->reader.schema);
	json_free(s->reader.text);
	for (i = 0; i < s->writers; i++) {
		schema_free(s->writer[i].schema);
		json_free(s->writer[i].text);
	}
	free(s);
}

const struct schema *
lint_reader_schema(const struct lint_schemas *s)
{
	return s->reader.schema;
}

const struct schema *
lint_writer_schema(const struct lint_schemas *s, unsigned minor)
{
	return minor < s->writers ? s->writer[minor].schema : NULL;
}

size_t
lint_minors(const struct lint_schemas *s)
{
	return s->writers;
}

const struct json *
lint_definition(const struct schema *s, struct slice kind)
{
	const struct json *defs = json_member(schema_root(s), "$defs");
	const struct json *d = json_named(defs, kind);
	const struct json *event =
	    json_member(json_member(d, "properties"), "event");

	return json_member(event, "const") != NULL ? d : NULL;
}
