/* SPDX-License-Identifier: MIT */
/* tconform explain */
#include <getopt.h>
#include <stdlib.h>

#include "tconform.h"

enum { SHOWN = 2000 };

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform explain ID...\n\n"
	     "Says what a case (evo/unknown-event) or a rule (EVO-2) is "
	     "about.\n\n"
	     "      --suite=DIR  where the suite is\n"
	     "  -h, --help       this");
}

static void
print_rule(const struct rule *r, const struct suite *s)
{
	printf("%s (%s, binds %s): %s\n", r->id, r->level, r->binds, r->text);
	for (size_t i = 0; i < s->case_n; i++)
		if (strings_have(&s->cases[i].rules, r->id))
			printf(
			    "  %-36s %s\n", s->cases[i].id, s->cases[i].title);
}

/* The head of a file of the case, what a terminal could take amiss escaped. */
static void
print_file(const struct conf_case *c, const char *name)
{
	struct buf b = { 0 }, why = { 0 };
	struct slice s;

	if (name == NULL)
		return;
	printf("\n%s:\n", name);
	if (!case_file(c, name, &b, &why))
		printf("  %s\n", buf_str(&why));
	s = buf_slice(&b);
	for (size_t i = 0; i < s.n && i < SHOWN; i++) {
		unsigned char ch = (unsigned char)s.p[i];

		if (ch != '\n' && (ch < 0x20 || ch == 0x7f))
			printf("\\x%02x", ch);
		else
			putchar(ch);
	}
	if (s.n > SHOWN)
		printf("\n... (%zu bytes)", s.n);
	if (s.n > 0 && (s.n > SHOWN || s.p[s.n - 1] != '\n'))
		putchar('\n');
	buf_free(&b);
	buf_free(&why);
}

static void
print_roles(const struct conf_case *c)
{
	for (unsigned i = 0; i < ROLES; i++)
		if (c->roles & 1u << i)
			printf(" %s", role_name(1u << i));
}

static void
print_case(const struct conf_case *c, const struct suite *s)
{
	printf("%s: %s\n%s, for", c->id, c->title, level_name(c->level));
	print_roles(c);
	putchar('\n');
	for (size_t i = 0; i < c->rules.n; i++) {
		const struct rule *r = suite_rule(s, c->rules.v[i]);

		printf("  %s: %s\n", c->rules.v[i], r != NULL ? r->text : "");
	}
	if (c->why != NULL && c->why[0] != '\0')
		printf("It finds: %s\n", c->why);
	printf("Files in %s\n", c->dir);
	for (size_t i = 0; i < c->run_n; i++) {
		const struct conf_expect *e = &c->runs[i].expect;
		char *classes = class_names(e->classes);

		printf("\nExpected: %s%s%s\n", classes,
		    e->verdict != NULL ? ", verdict " : "",
		    e->verdict != NULL ? e->verdict : "");
		print_file(c, c->runs[i].input);
		print_file(c, e->digest);
		print_file(c, e->out);
		free(classes);
	}
}

static bool
explain(const struct suite *s, const char *id)
{
	const struct rule *r = suite_rule(s, id);
	bool found = r != NULL;

	if (r != NULL)
		print_rule(r, s);
	for (size_t i = 0; i < s->case_n; i++)
		if (strcmp(s->cases[i].id, id) == 0) {
			print_case(&s->cases[i], s);
			found = true;
		}
	if (!found)
		fprintf(stderr,
		    "tconform explain: no case and no rule is \"%s\"\n", id);
	return found;
}

int
cmd_explain(int argc, char **argv)
{
	const char *dir = NULL;
	struct suite *s;
	int o, status = EXIT_AS_EXPECTED;

	while ((o = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			dir = optarg;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (optind == argc)
		return usage("explain", "no case or rule is named");
	s = open_suite("explain", dir);
	if (s == NULL)
		return EXIT_AT_FAULT;
	for (; optind < argc; optind++)
		if (!explain(s, argv[optind]))
			status = EXIT_UNEXPECTED;
	suite_free(s);
	return status;
}
