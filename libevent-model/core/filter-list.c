/* SPDX-License-Identifier: MIT */
/* A list of identities as part of an expression. */
#include <stdlib.h>

#include "filter.h"
#include "json.h"

struct filter_list {
	struct table set;
};

static const struct em_str none;

static struct table_key
key_of(struct em_str suite, struct em_str class_name, struct em_str name)
{
	const struct em_str id[] = { suite, class_name, name };

	return table_key(id, ARRAY_LEN(id), 0);
}

static bool
add(struct filter_list *l, struct table_key k)
{
	uint64_t *at = table_at(&l->set, k);

	if (at != NULL)
		*at = 1;
	return at != NULL;
}

/* An object with a name, as trerun writes for programs: the members of the
 * identity that it has count. */
static bool
add_object(struct filter_list *l, struct em_str line)
{
	struct em_error e = { 0 };
	struct arena a;
	const struct json *o;
	struct em_str name;
	bool ok = true;

	arena_init(&a, line.n * 64 + 4096);
	o = json_parse(&a, line, 64, &e);
	name = json_get_str(o, "name");
	if (name.p != NULL)
		ok = add(l,
		    key_of(json_get_str(o, "suite"), json_get_str(o, "class"),
			name));
	arena_free(&a);
	return ok;
}

/* A line is a name; one with tabs in it is taken as a suite and a name, or
 * as suite, class and name, as well. */
static bool
add_line(struct filter_list *l, struct em_str line)
{
	struct em_str rest = line, suite, class_name = none, second;

	if (!add(l, key_of(none, none, line)))
		return false;
	if (str_starts(line, "{"))
		return add_object(l, line);
	if (!str_cut(&rest, '\t', &suite))
		return true;
	if (str_cut(&rest, '\t', &second)) {
		class_name = second;
		return add(l, key_of(suite, class_name, rest));
	}
	return add(l, key_of(suite, none, second));
}

struct filter_list *
filter_list_new(const struct em_strs *lines)
{
	struct filter_list *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	table_init(&l->set);
	for (size_t i = 0; i < lines->n; i++)
		if (!add_line(l, lines->v[i])) {
			filter_list_free(l);
			return NULL;
		}
	return l;
}

static bool
has(const struct filter_list *l, struct table_key k)
{
	return table_get(&l->set, k) != NULL;
}

bool
filter_listed(const struct filter_list *l, const struct em_case *c)
{
	struct em_str suite = c->suite->name;

	if (suite.p == NULL)
		suite = EM_STR("");
	return has(l, key_of(none, none, c->name)) ||
	    has(l, key_of(suite, none, c->name)) ||
	    (c->class_name.p != NULL &&
		(has(l, key_of(suite, c->class_name, c->name)) ||
		    has(l, key_of(none, c->class_name, c->name))));
}

void
filter_list_free(struct filter_list *l)
{
	if (l == NULL)
		return;
	table_free(&l->set);
	free(l);
}
