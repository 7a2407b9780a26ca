/* SPDX-License-Identifier: MIT */
/* Schemas in files, for the commands that take them. */
#include <errno.h>
#include <stdlib.h>

#include "tconform.h"

bool
schema_file_open(struct schema_file *f, const char *command, const char *path,
    enum schema_language language)
{
	struct schema_error why;
	struct json_error e;
	struct buf b = { 0 };

	*f = (struct schema_file){ NULL, NULL, false };
	if (!read_file(path, &b)) {
		fprintf(stderr, "tconform %s: %s: %s\n", command, path,
		    strerror(errno));
		f->unread = true;
		buf_free(&b);
		return false;
	}
	f->text = json_parse(buf_slice(&b).p, b.n, &e);
	buf_free(&b);
	if (f->text == NULL)
		fprintf(stderr, "tconform %s: %s: %s at byte %zu\n", command,
		    path, e.text, e.offset);
	else if ((f->schema = schema_read(f->text, language, &why)) == NULL)
		fprintf(stderr, "tconform %s: %s: %s%s%s\n", command, path,
		    why.at, why.at[0] != '\0' ? ": " : "", why.text);
	if (f->schema == NULL)
		schema_file_close(f);
	return f->schema != NULL;
}

void
schema_file_close(struct schema_file *f)
{
	schema_free(f->schema);
	json_free(f->text);
	*f = (struct schema_file){ NULL, NULL, false };
}

struct lint_schemas *
open_schemas(const char *command, const char *suite)
{
	char *dir = suite_find(suite), why[512] = "no suite is found";
	struct lint_schemas *s = NULL;
	char *path = NULL;

	if (dir != NULL) {
		path = xprintf("%s/../schemas", dir);
		s = lint_schemas_open(path, why, sizeof(why));
	}
	if (s == NULL)
		fprintf(stderr, "tconform %s: %s\n", command, why);
	free(path);
	free(dir);
	return s;
}
