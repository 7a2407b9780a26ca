/* SPDX-License-Identifier: MIT */
/* case.json and the files beside it (CASES.md). */
#include <errno.h>
#include <stdlib.h>

#include "suite.h"

struct load {
	struct conf_case *c;
	struct buf *why;
	bool failed;
};

static void
wrong(struct load *l, const char *what, const char *key)
{
	if (!l->failed)
		buf_printf(
		    l->why, "%s: case.json: %s \"%s\"", l->c->id, what, key);
	l->failed = true;
}

static bool
is_null(const struct json *v)
{
	return v == NULL || v->kind == JSON_NULL;
}

static char *
text(struct load *l, const struct json *v, const char *key)
{
	if (is_null(v))
		return NULL;
	if (v->kind != JSON_STRING) {
		wrong(l, "no string", key);
		return NULL;
	}
	return xstrndup(v->text.p, v->text.n);
}

static char *
member_text(struct load *l, const struct json *o, const char *key)
{
	return text(l, json_member(o, key), key);
}

static void
member_strings(
    struct load *l, const struct json *o, const char *key, struct strings *list)
{
	const struct json *v = json_member(o, key);

	if (is_null(v))
		return;
	if (v->kind != JSON_ARRAY) {
		wrong(l, "no list", key);
		return;
	}
	for (size_t i = 0; i < v->count; i++) {
		char *s = text(l, v->item[i], key);

		if (s != NULL)
			strings_add(list, s);
		free(s);
	}
}

static unsigned
member_number(
    struct load *l, const struct json *o, const char *key, unsigned absent)
{
	const struct json *v = json_member(o, key);
	char *digits, *end;
	unsigned long n;

	if (is_null(v))
		return absent;
	if (v->kind != JSON_NUMBER) {
		wrong(l, "no number", key);
		return absent;
	}
	digits = xstrndup(v->text.p, v->text.n);
	n = strtoul(digits, &end, 10);
	if (*end != '\0' || n > 1000000000)
		wrong(l, "bad number", key);
	free(digits);
	return (unsigned)n;
}

static unsigned
class_of(struct load *l, const struct json *v)
{
	unsigned class;

	if (v->kind != JSON_STRING) {
		wrong(l, "no string", "class");
		return 0;
	}
	if (slice_is(v->text, "not-accept"))
		return CLASS_ANY & ~(unsigned)CLASS_ACCEPT;
	class = class_find(v->text);
	if (class == 0)
		wrong(l, "unknown value of", "class");
	return class;
}

static void
load_classes(struct load *l, const struct json *o, struct conf_expect *e)
{
	const struct json *v = json_member(o, "class");

	if (is_null(v))
		return;
	if (v->kind != JSON_ARRAY) {
		e->classes = class_of(l, v);
		return;
	}
	for (size_t i = 0; i < v->count; i++)
		e->classes |= class_of(l, v->item[i]);
}

/* Absent: the input, where it is accepted or cut; null: not looked at. */
static void
load_out(struct load *l, const struct json *o, struct conf_expect *e)
{
	static const char *const words[] = { "bytes", "lexeme", "value",
		"pattern" };
	const struct json *v = json_member(o, "out");
	struct slice how;

	e->match = MATCH_LEXEME;
	if (v == NULL) {
		e->out_input = e->classes != 0 &&
		    (e->classes &
			~(unsigned)(CLASS_ACCEPT | CLASS_TRUNCATED)) == 0;
		return;
	}
	if (v->kind == JSON_NULL)
		return;
	if (v->kind == JSON_STRING) {
		e->out = text(l, v, "out");
		return;
	}
	e->out = member_text(l, v, "file");
	e->out_input = e->out == NULL;
	how = json_text(v, "match");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (slice_is(how, words[i])) {
			e->match = (enum match)i;
			return;
		}
	if (how.p != NULL)
		wrong(l, "unknown value of", "match");
}

static void
load_expect(struct load *l, const struct json *o, struct conf_expect *e)
{
	if (o == NULL || o->kind != JSON_OBJECT) {
		wrong(l, "no object", "expect");
		return;
	}
	load_classes(l, o, e);
	e->verdict = member_text(l, o, "verdict");
	e->digest = member_text(l, o, "digest");
	load_out(l, o, e);
	e->to = json_member(o, "to");
	if (is_null(e->to))
		e->to = NULL;
	e->roundtrip = member_text(l, o, "roundtrip");
	member_strings(l, o, "stderr", &e->words);
	e->same = member_text(l, o, "same");
}

static void
free_expect(struct conf_expect *e)
{
	free(e->verdict);
	free(e->digest);
	free(e->out);
	free(e->roundtrip);
	free(e->same);
	strings_free(&e->words);
}

static void
load_chunking(struct load *l, struct conf_case *c)
{
	const struct json *v = json_member(c->doc, "chunking");

	if (is_null(v)) {
		c->chunking = xstrdup("any");
	} else if (v->kind == JSON_ARRAY) {
		for (size_t i = 0; i < v->count; i++) {
			char *s =
			    xstrndup(v->item[i]->text.p, v->item[i]->text.n);

			if (v->item[i]->kind != JSON_NUMBER)
				wrong(l, "no number", "chunking");
			strings_add(&c->sizes, s);
			free(s);
		}
	} else {
		c->chunking = text(l, v, "chunking");
		if (c->chunking != NULL && strcmp(c->chunking, "any") != 0 &&
		    strcmp(c->chunking, "whole") != 0 &&
		    strcmp(c->chunking, "line") != 0 &&
		    strcmp(c->chunking, "byte") != 0)
			wrong(l, "unknown value of", "chunking");
	}
}

static void
load_env(struct load *l, struct conf_case *c)
{
	const struct json *v = json_member(c->doc, "env");

	for (size_t i = 0; v != NULL && i < v->count; i++) {
		const struct json *m = json_at(v, i);
		char *s;

		if (m->kind != JSON_STRING) {
			wrong(l, "no string", "env");
			return;
		}
		s = xprintf("%.*s=%.*s", (int)m->name.n, m->name.p,
		    (int)m->text.n, m->text.p);
		strings_add(&c->env, s);
		free(s);
	}
}

static void
load_runs(struct load *l, struct conf_case *c)
{
	const struct json *v = json_member(c->doc, "runs");

	if (is_null(v)) {
		c->run_n = 1;
		c->runs = xalloc(sizeof(*c->runs));
		c->runs[0].input = member_text(l, c->doc, "input");
		load_expect(
		    l, json_member(c->doc, "expect"), &c->runs[0].expect);
		return;
	}
	if (v->kind != JSON_ARRAY || v->count == 0) {
		wrong(l, "no list", "runs");
		return;
	}
	c->run_n = v->count;
	c->runs = xalloc(v->count * sizeof(*c->runs));
	for (size_t i = 0; i < v->count; i++) {
		c->runs[i].input = member_text(l, v->item[i], "input");
		load_expect(
		    l, json_member(v->item[i], "expect"), &c->runs[i].expect);
	}
}

static void
load_also(struct load *l, struct conf_case *c)
{
	const struct json *v = json_member(c->doc, "also_ok");

	if (is_null(v) || v->count == 0)
		return;
	c->also_ok_n = v->count;
	c->also_ok = xalloc(v->count * sizeof(*c->also_ok));
	for (size_t i = 0; i < v->count; i++)
		load_expect(l, json_at(v, i), &c->also_ok[i]);
}

static void
load_roles(struct load *l, struct conf_case *c)
{
	struct strings names = { 0 };

	member_strings(l, c->doc, "roles", &names);
	for (size_t i = 0; i < names.n; i++) {
		unsigned role = role_find(slice_of(names.v[i]));

		if (role == 0)
			wrong(l, "unknown role", names.v[i]);
		c->roles |= role;
	}
	strings_free(&names);
	if (c->roles == 0)
		wrong(l, "nothing in", "roles");
}

static void
load_level(struct load *l, struct conf_case *c)
{
	struct slice s = json_text(c->doc, "level");

	for (int i = LEVEL_MUST; i <= LEVEL_INFO; i++)
		if (s.p != NULL && slice_is(s, level_name((enum level)i))) {
			c->level = (enum level)i;
			return;
		}
	wrong(l, "unknown value of", "level");
}

static void
load_keys(struct load *l, struct conf_case *c)
{
	const struct json *limits = json_member(c->doc, "limits");
	const struct json *how;
	char *id = member_text(l, c->doc, "id");

	if (id == NULL || strcmp(id, c->id) != 0)
		wrong(l, "the directory has another name than", "id");
	free(id);
	c->title = member_text(l, c->doc, "title");
	if (c->title == NULL) {
		c->title = xstrdup("");
		wrong(l, "nothing in", "title");
	}
	member_strings(l, c->doc, "rules", &c->rules);
	if (c->rules.n == 0)
		wrong(l, "nothing in", "rules");
	load_level(l, c);
	load_roles(l, c);
	c->since = member_text(l, c->doc, "since");
	if (c->since == NULL)
		c->since = xstrdup("1.0");
	c->until = member_text(l, c->doc, "until");
	member_strings(l, c->doc, "features", &c->features);
	load_chunking(l, c);
	load_env(l, c);
	load_runs(l, c);
	load_also(l, c);
	c->limit_ms = member_number(l, limits, "ms", 10000);
	c->limit_rss_mib = member_number(l, limits, "rss_mib", 0);
	c->drive = json_member(c->doc, "drive");
	c->derive = json_member(c->doc, "derive");
	how = json_member(c->drive, "how");
	c->how = how != NULL && how->kind == JSON_STRING ? how->text.p : "";
	c->why = member_text(l, c->doc, "why");
	member_strings(l, c->doc, "kills", &c->kills);
}

bool
case_load(struct conf_case *c, const char *suite_dir, const char *dir,
    const char *id, struct buf *why)
{
	struct load l = { .c = c, .why = why };
	char *path = xprintf("%s/case.json", dir);
	struct json_error e;
	struct buf b = { 0 };

	*c = (struct conf_case){ .id = xstrdup(id),
		.dir = xstrdup(dir),
		.suite_dir = xstrdup(suite_dir) };
	if (!read_file(path, &b)) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		l.failed = true;
	} else if ((c->doc = json_parse(b.p, b.n, &e)) == NULL) {
		buf_printf(why, "%s: byte %zu: %s", path, e.offset, e.text);
		l.failed = true;
	} else {
		load_keys(&l, c);
	}
	free(path);
	buf_free(&b);
	return !l.failed;
}

void
case_free(struct conf_case *c)
{
	for (size_t i = 0; i < c->run_n; i++) {
		free(c->runs[i].input);
		free_expect(&c->runs[i].expect);
	}
	for (size_t i = 0; i < c->also_ok_n; i++)
		free_expect(&c->also_ok[i]);
	free(c->runs);
	free(c->also_ok);
	free(c->id);
	free(c->title);
	free(c->dir);
	free(c->suite_dir);
	free(c->since);
	free(c->until);
	free(c->chunking);
	free(c->why);
	strings_free(&c->rules);
	strings_free(&c->features);
	strings_free(&c->sizes);
	strings_free(&c->env);
	strings_free(&c->kills);
	json_free(c->doc);
}

bool
case_timing(const struct conf_case *c)
{
	static const char *const timed[] = { "lockstep", "pause", "stall",
		"stall-resume", "hangup", "hangup-ignored", "slow" };

	for (size_t i = 0; i < sizeof(timed) / sizeof(*timed); i++)
		if (strcmp(c->how, timed[i]) == 0)
			return true;
	return false;
}

bool
case_file(const struct conf_case *c, const char *name, struct buf *out,
    struct buf *why)
{
	size_t n = strlen(name);
	char *path = xprintf("%s/%s", c->dir, name);
	struct buf file = { 0 };
	bool ok = read_file(path, &file);

	if (!ok)
		buf_printf(why, "%s: %s", path, strerror(errno));
	else if (n >= 4 && strcmp(name + n - 4, ".gen") == 0)
		ok = recipe_run(buf_slice(&file), out, why);
	else
		buf_add(out, buf_slice(&file).p, file.n);
	buf_free(&file);
	free(path);
	return ok;
}
