/* SPDX-License-Identifier: MIT */
/* The cases as one flat table, for people without the runner (CASES.md). */
#include "tconform.h"

/* A string, or a list of strings put together; "-" for none. */
static void
words(const struct json *v, const char *between)
{
	const char *sep = "";

	if (v != NULL && v->kind == JSON_STRING)
		printf("%.*s", (int)v->text.n, v->text.p);
	else if (v == NULL || v->kind != JSON_ARRAY || v->count == 0)
		putchar('-');
	else
		for (size_t i = 0; i < v->count; i++) {
			printf("%s%.*s", sep, (int)v->item[i]->text.n,
			    v->item[i]->text.p);
			sep = between;
		}
}

/* Files that say what is right. */
static void
files(const struct json *expect)
{
	static const char *const keys[] = { "digest", "out", "pattern" };
	const struct json *to = json_member(expect, "to"), *v;
	const char *sep = "";

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		v = json_member(expect, keys[i]);
		if (v != NULL && v->kind == JSON_OBJECT)
			v = json_member(v, "file");
		if (v == NULL || v->kind != JSON_STRING)
			continue;
		printf("%s%.*s", sep, (int)v->text.n, v->text.p);
		sep = ",";
	}
	for (size_t i = 0; to != NULL && i < to->count; i++) {
		v = json_member(to->item[i], "file");
		if (v == NULL || v->kind != JSON_STRING)
			continue;
		printf("%s%.*s", sep, (int)v->text.n, v->text.p);
		sep = ",";
	}
	if (*sep == '\0')
		putchar('-');
}

static void
input(const struct json *doc)
{
	const struct json *derive = json_member(doc, "derive");
	const struct json *runs = json_member(doc, "runs");

	if (json_member(doc, "input") != NULL || derive == NULL) {
		words(json_member(doc, "input"), ",");
	} else {
		words(json_member(derive, "by"), ",");
		putchar(':');
		words(json_member(derive, "of"), ",");
	}
	for (size_t i = 0; runs != NULL && i < runs->count; i++) {
		putchar(',');
		words(json_member(runs->item[i], "input"), ",");
	}
}

void
manifest_head(void)
{
	puts("id\troles\tlevel\trules\tsince\tuntil\tfeatures\tclass\tverdict\t"
	     "in\texpect\tdirectory");
}

void
manifest_line(const struct conf_case *c)
{
	const struct json *expect = json_member(c->doc, "expect");
	const char *dir = c->dir;
	size_t n = strlen(c->suite_dir);

	if (strncmp(dir, c->suite_dir, n) == 0)
		dir += n + 1;
	if (strncmp(dir, "./", 2) == 0)
		dir += 2;
	printf("%s\t", c->id);
	words(json_member(c->doc, "roles"), ",");
	printf("\t%s\t", level_name(c->level));
	words(json_member(c->doc, "rules"), ",");
	printf("\t%s\t%s\t", c->since, c->until != NULL ? c->until : "-");
	words(json_member(c->doc, "features"), ",");
	putchar('\t');
	words(json_member(expect, "class"), "|");
	putchar('\t');
	words(json_member(expect, "verdict"), "|");
	putchar('\t');
	input(c->doc);
	putchar('\t');
	files(expect);
	printf("\t%s\n", dir);
}
