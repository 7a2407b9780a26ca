/* SPDX-License-Identifier: MIT */
/* The words that stand for roles, levels and classes. */
#include "suite.h"

static const char *const roles[ROLES] = { "reader", "filter", "converter",
	"harness", "schema" };
static const char *const levels[] = { "must", "should", "info" };
static const char *const classes[] = { "accept", "usage", "malformed",
	"unsupported", "io", "truncated", "other" };

enum { CLASSES = sizeof(classes) / sizeof(*classes) };

const char *
role_name(unsigned role)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (role == 1u << i)
			return roles[i];
	return "none";
}

unsigned
role_find(struct slice name)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (slice_is(name, roles[i]))
			return 1u << i;
	return 0;
}

const char *
level_name(enum level l)
{
	return levels[l];
}

const char *
class_name(unsigned class_bit)
{
	for (unsigned i = 0; i < CLASSES; i++)
		if (class_bit == 1u << i)
			return classes[i];
	return "none";
}

unsigned
class_find(struct slice name)
{
	for (unsigned i = 0; i < CLASSES; i++)
		if (slice_is(name, classes[i]))
			return 1u << i;
	return 0;
}

char *
class_names(unsigned set)
{
	struct buf b = { 0 };

	if (set == (CLASS_ANY & ~(unsigned)CLASS_ACCEPT))
		return xstrdup("any class but accept");
	for (unsigned i = 0; i < CLASSES; i++) {
		if ((set & 1u << i) == 0)
			continue;
		if (b.n > 0)
			buf_puts(&b, " or ");
		buf_puts(&b, classes[i]);
	}
	return b.p != NULL ? b.p : xstrdup("any class");
}
