/* SPDX-License-Identifier: MIT */
/* tconform list */
#include <getopt.h>

#include "tconform.h"

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "role", required_argument, NULL, 'r' },
	{ "keep", required_argument, NULL, 'k' },
	{ "leave", required_argument, NULL, 'x' },
	{ "count", no_argument, NULL, 'c' },
	{ "manifest", no_argument, NULL, 'm' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform list [-r ROLE] [-k GLOB]... [-x GLOB]... "
	     "[--count | --manifest]\n\n"
	     "Lists cases: id, level, roles, rules, title.\n\n"
	     "  -r, --role=ROLE   those of a role alone\n"
	     "  -k, --keep=GLOB   those whose id matches alone\n"
	     "  -x, --leave=GLOB  those whose id does not match\n"
	     "      --count       how many, by level\n"
	     "      --manifest    all that is in a case, as MANIFEST.tsv\n"
	     "      --suite=DIR   where the suite is\n"
	     "  -h, --help        this");
}

static void
print_case(const struct conf_case *c)
{
	const char *comma = "";

	printf("%s\t%s\t", c->id, level_name(c->level));
	for (unsigned i = 0; i < ROLES; i++)
		if (c->roles & 1u << i) {
			printf("%s%s", comma, role_name(1u << i));
			comma = ",";
		}
	comma = "\t";
	for (size_t i = 0; i < c->rules.n; i++) {
		printf("%s%s", comma, c->rules.v[i]);
		comma = ",";
	}
	printf("\t%s\n", c->title);
}

struct list {
	const char *dir;
	struct strings keep, leave;
	unsigned role; /* 0: all */
	bool counting, flat;
};

static void
print_list(const struct list *l, const struct suite *s)
{
	unsigned count[3] = { 0 };

	if (l->flat)
		manifest_head();
	for (size_t i = 0; i < s->case_n; i++) {
		const struct conf_case *c = &s->cases[i];

		if ((l->role != 0 && (c->roles & l->role) == 0) ||
		    !id_chosen(c->id, &l->keep, &l->leave))
			continue;
		count[c->level]++;
		if (l->flat)
			manifest_line(c);
		else if (!l->counting)
			print_case(c);
	}
	if (l->counting)
		printf("%u cases: %u must, %u should, %u info\n",
		    count[0] + count[1] + count[2], count[0], count[1],
		    count[2]);
}

static int
list(struct list *l, int argc, char **argv)
{
	struct suite *s;
	int o;

	while ((o = getopt_long(argc, argv, "r:k:x:h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			l->dir = optarg;
			break;
		case 'r':
			l->role = role_find(slice_of(optarg));
			if (l->role == 0)
				return usage("list", "no role \"%s\"", optarg);
			break;
		case 'k':
			strings_add(&l->keep, optarg);
			break;
		case 'x':
			strings_add(&l->leave, optarg);
			break;
		case 'c':
			l->counting = true;
			break;
		case 'm':
			l->flat = true;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (optind < argc)
		return usage(
		    "list", "no operand is taken: \"%s\"", argv[optind]);
	s = open_suite("list", l->dir);
	if (s == NULL)
		return EXIT_AT_FAULT;
	print_list(l, s);
	suite_free(s);
	return EXIT_AS_EXPECTED;
}

int
cmd_list(int argc, char **argv)
{
	struct list l = { .dir = NULL };
	int status = list(&l, argc, argv);

	strings_free(&l.keep);
	strings_free(&l.leave);
	return status;
}
