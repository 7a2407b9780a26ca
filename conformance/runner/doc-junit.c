/* SPDX-License-Identifier: MIT */
/* The only file of the runner that includes libxml2. */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdlib.h>

#include "doc.h"

/* What stands below an element. */
struct sums {
	unsigned long tests, failures, errors, skipped;
};

static bool
is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE &&
	    strcmp((const char *)n->name, name) == 0;
}

static xmlNode *
child(const xmlNode *n, const char *name)
{
	for (xmlNode *c = n->children; c != NULL; c = c->next)
		if (is(c, name))
			return c;
	return NULL;
}

static char *
attribute(xmlNode *n, const char *name)
{
	xmlChar *s = xmlGetProp(n, (const xmlChar *)name);
	char *copy = s != NULL ? xstrdup((char *)s) : NULL;

	xmlFree(s);
	return copy;
}

static void
count_case(const xmlNode *n, struct sums *s)
{
	bool failure = child(n, "failure") != NULL;

	s->tests++;
	s->failures += failure;
	s->errors += !failure && child(n, "error") != NULL;
	s->skipped += child(n, "skipped") != NULL;
}

static bool
stated(xmlNode *n, const char *name, unsigned long all, unsigned long direct,
    struct buf *why)
{
	char *value = attribute(n, name), *end;
	unsigned long x;
	bool ok = true;

	if (value != NULL) {
		x = strtoul(value, &end, 10);
		ok = *end == '\0' && (x == all || x == direct);
		if (!ok)
			buf_printf(why, "<%s> states %s=\"%s\", holds %lu",
			    (const char *)n->name, name, value, all);
	}
	free(value);
	return ok;
}

/* A time is a plain decimal number: no exponent, comma, inf or nan. */
static bool
plain_time(xmlNode *n, struct buf *why)
{
	char *value = attribute(n, "time");
	size_t whole = value != NULL ? strspn(value, "0123456789") : 1;
	size_t end = whole;
	bool ok;

	if (value != NULL && value[end] == '.')
		end += 1 + strspn(value + end + 1, "0123456789");
	ok = value == NULL || (whole > 0 && value[end] == '\0');
	if (!ok)
		buf_printf(why, "<%s> has the time \"%s\"",
		    (const char *)n->name, value);
	free(value);
	return ok;
}

/* Adds up what is in n, and holds the sums against what it states. */
static bool
check_suite(xmlNode *n, struct sums *sums, struct buf *why)
{
	struct sums all = { 0 }, direct = { 0 };

	for (xmlNode *c = n->children; c != NULL; c = c->next) {
		if (is(c, "testcase")) {
			if (!plain_time(c, why))
				return false;
			count_case(c, &direct);
			count_case(c, &all);
		} else if (is(c, "testsuite") && !check_suite(c, &all, why)) {
			return false;
		}
	}
	if (!plain_time(n, why))
		return false;
	sums->tests += all.tests;
	sums->failures += all.failures;
	sums->errors += all.errors;
	sums->skipped += all.skipped;
	return stated(n, "tests", all.tests, direct.tests, why) &&
	    stated(n, "failures", all.failures, direct.failures, why) &&
	    stated(n, "errors", all.errors, direct.errors, why) &&
	    stated(n, "skipped", all.skipped, direct.skipped, why);
}

static bool
equals(const struct json *wanted, const char *key, unsigned long got,
    struct buf *why)
{
	const struct json *v = json_member(wanted, key);

	if (v == NULL || strtoul(v->raw.p, NULL, 10) == got)
		return true;
	buf_printf(
	    why, "%s: wanted %.*s, got %lu", key, (int)v->raw.n, v->raw.p, got);
	return false;
}

static const char *
outcome_of(const xmlNode *n)
{
	if (child(n, "failure") != NULL || child(n, "error") != NULL)
		return "fail";
	return child(n, "skipped") != NULL ? "skip" : "pass";
}

static bool
contains(const char *text, struct slice part)
{
	char *s = xstrndup(part.p, part.n);
	bool found = strstr(text, s) != NULL;

	free(s);
	return found;
}

static bool
has_message(xmlNode *testcase, struct slice message)
{
	static const char *const names[] = { "failure", "error", "skipped" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		xmlNode *n = child(testcase, names[i]);
		char *attr = n != NULL ? attribute(n, "message") : NULL;
		xmlChar *text = n != NULL ? xmlNodeGetContent(n) : NULL;
		bool found = (attr != NULL && contains(attr, message)) ||
		    (text != NULL && contains((char *)text, message));

		free(attr);
		xmlFree(text);
		if (found)
			return true;
	}
	return false;
}

static bool
is_case(xmlNode *n, const struct json *wanted)
{
	struct slice name = json_text(wanted, "name");
	struct slice part = json_text(wanted, "name_has");
	struct slice outcome = json_text(wanted, "outcome");
	struct slice message = json_text(wanted, "message");
	char *got = attribute(n, "name");
	bool same;

	same = got != NULL && (name.p == NULL || slice_is(name, got)) &&
	    (part.p == NULL || contains(got, part)) &&
	    (outcome.p == NULL || slice_is(outcome, outcome_of(n))) &&
	    (message.p == NULL || has_message(n, message));
	free(got);
	return same;
}

/* A testcase below n that is as wanted. */
static bool
has_case(const xmlNode *n, const struct json *wanted)
{
	for (xmlNode *c = n->children; c != NULL; c = c->next)
		if (is(c, "testcase") ? is_case(c, wanted)
				      : has_case(c, wanted))
			return true;
	return false;
}

static bool
check(xmlNode *root, const struct json *wanted, struct buf *why)
{
	const struct json *cases = json_member(wanted, "cases");
	struct sums s = { 0 };

	if (root == NULL ||
	    (!is(root, "testsuites") && !is(root, "testsuite"))) {
		buf_puts(why, "the root is no testsuites");
		return false;
	}
	if (!check_suite(root, &s, why) ||
	    !equals(wanted, "tests", s.tests, why) ||
	    !equals(wanted, "failing", s.failures + s.errors, why) ||
	    !equals(wanted, "skipped", s.skipped, why))
		return false;
	for (size_t i = 0; cases != NULL && i < cases->count; i++) {
		const struct json *c = json_at(cases, i);

		if (has_case(root, c))
			continue;
		buf_printf(why, "no testcase is %.*s", (int)c->raw.n, c->raw.p);
		return false;
	}
	return true;
}

static void
silent(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

bool
doc_junit(struct slice doc, const struct json *wanted, struct buf *why)
{
	xmlDoc *d;
	bool ok;

	xmlSetGenericErrorFunc(NULL, silent);
	d = xmlReadMemory(doc.p, (int)doc.n, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
		XML_PARSE_HUGE);
	if (d == NULL) {
		buf_puts(why, "no well-formed XML");
		return false;
	}
	ok = check(xmlDocGetRootElement(d), wanted, why);
	xmlFreeDoc(d);
	xmlCleanupParser();
	return ok;
}
