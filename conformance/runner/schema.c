/* SPDX-License-Identifier: MIT */
/* tconform schema: may the new one be released after the old ones? */
#include <getopt.h>
#include <stdlib.h>

#include "changes.h"
#include "tconform.h"
#include "witness.h"

/* 0 and 3 are what any testee of the role schema says. */
enum { EXIT_FAULTS = 1, EXIT_MAJOR = 3, EXIT_DISAGREES = 4 };

enum { BACKWARD = 1, FORWARD = 2 };

static const struct option options[] = {
	{ "level", required_argument, NULL, 'l' },
	{ "reader", required_argument, NULL, 'R' },
	{ "json", no_argument, NULL, 'j' },
	{ "thorough", no_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct options {
	unsigned level;
	bool transitive, json, thorough;
	const char *reader_path;
	struct schema_file reader;
};

/* One old schema and the new one. */
struct step {
	const struct options *o;
	const struct schema *a, *b;
	const char *a_name, *b_name;
	struct changes changes;
	enum bump needed, taken;
	unsigned searched; /* WIRE_ bits of what was found */
	int status;
};

static void
help(void)
{
	puts(
	    "usage: tconform schema [-jt] [-l LEVEL] [-R READER] OLD... NEW\n\n"
	    "Says how large a step of the version a change of schema takes, "
	    "and "
	    "whether\nx-version takes it. Rules say what changed; a search for "
	    "an event that one\nschema takes and another does not says it "
	    "again.\n\n"
	    "  -l, --level=LEVEL    backward: new readers take what old writers"
	    " write;\n"
	    "                       forward: old readers take what new ones "
	    "write;\n"
	    "                       full: both (default); with -transitive "
	    "behind it,\n"
	    "                       after each of OLD and not the last alone\n"
	    "  -R, --reader=READER  the readers' schema; else the writers', "
	    "opened\n"
	    "  -t, --thorough       search where both say the same too\n"
	    "  -j, --json           one object for each change\n"
	    "  -h, --help           this\n\n"
	    "Status: 0 may be released, 1 may not, 3 a new major is needed, "
	    "4 rules and\nsearch disagree.");
}

/* ---- the search ---- */

static bool
search(struct step *s, const char *title, unsigned bit,
    const struct witness_side *left, const struct witness_side *right)
{
	struct buf line = { 0 };
	bool found = witness_find(left, right, s->o->thorough, &line);

	if (found)
		s->searched |= bit;
	if (found && title != NULL && !s->o->json)
		printf("%s: %s\n", title, buf_str(&line));
	buf_free(&line);
	return found;
}

static void
search_writers(struct step *s)
{
	const struct schema *reader = s->o->reader.schema;
	struct witness_side wa = { s->a, SCHEMA_EXTENSIONS };
	struct witness_side wb = { s->b, SCHEMA_EXTENSIONS };
	struct witness_side ra = { s->a, SCHEMA_OPENED };
	struct witness_side rb = { s->b, SCHEMA_OPENED };

	if (reader != NULL)
		ra = rb = (struct witness_side){ reader, SCHEMA_STRICT };
	if (s->o->level & BACKWARD) {
		search(s, "written by old, not taken by new readers", WIRE_LOST,
		    &wa, &rb);
		search(s, "written by old, not valid for new writers",
		    WIRE_LOST, &wa, &wb);
	}
	if (s->o->level & FORWARD) {
		search(s, "written by new, not taken by old readers",
		    WIRE_BEYOND, &wb, &ra);
		search(s, "written by new, not taken by new readers",
		    WIRE_BEYOND, &wb, &rb);
	}
	search(s, NULL, WIRE_NEW, &wb, &wa);
}

static void
search_readers(struct step *s)
{
	struct witness_side ca = { s->a, SCHEMA_CLOSED };
	struct witness_side cb = { s->b, SCHEMA_CLOSED };
	struct witness_side rb = { s->b, SCHEMA_STRICT };

	if (s->o->level & BACKWARD)
		search(s, "taken before, not taken now", WIRE_LOST, &ca, &rb);
	search(s, NULL, WIRE_NEW, &cb, &ca);
}

/* ---- what it comes to ---- */

static enum bump
wire_bump(unsigned wire)
{
	if (wire & (WIRE_LOST | WIRE_BEYOND))
		return BUMP_MAJOR;
	return wire & WIRE_NEW ? BUMP_MINOR : BUMP_NONE;
}

/* The part that can be seen in events, of the level asked for. */
static unsigned
compared(const struct step *s)
{
	unsigned wire = 0, seen = WIRE_NEW;

	for (size_t i = 0; i < s->changes.count; i++)
		wire |= s->changes.change[i].wire;
	if (s->o->level & BACKWARD)
		seen |= WIRE_LOST;
	if (s->o->level & FORWARD)
		seen |= WIRE_BEYOND;
	return wire & seen;
}

/* A change that breaks the other direction alone is not counted. */
static bool
counts(const struct step *s, const struct change *c)
{
	if (c->bump != BUMP_MAJOR || s->o->level == (BACKWARD | FORWARD) ||
	    (c->wire & (WIRE_LOST | WIRE_BEYOND)) == 0)
		return true;
	return (s->o->level & BACKWARD && c->wire & WIRE_LOST) ||
	    (s->o->level & FORWARD && c->wire & WIRE_BEYOND);
}

static enum bump
needed(const struct step *s)
{
	enum bump most = BUMP_NONE, b;

	if (!json_same(schema_root(s->a), schema_root(s->b), JSON_VALUE))
		most = BUMP_PATCH;
	for (size_t i = 0; i < s->changes.count; i++) {
		b = s->changes.change[i].bump;
		if (!counts(s, &s->changes.change[i]))
			b = BUMP_MINOR;
		if (b > most)
			most = b;
	}
	return most;
}

/* A reader's schema has no minor of its own: it serves them all. */
static enum bump
taken(const struct step *s)
{
	unsigned am, an, bm, bn;

	if (!changes_version(s->a, &am, &an) ||
	    !changes_version(s->b, &bm, &bn) || bm < am ||
	    (bm == am && bn < an))
		return BUMP_NONE;
	if (bm > am)
		return BUMP_MAJOR;
	return bn > an || changes_is_reader(s->b) ? BUMP_MINOR : BUMP_PATCH;
}

static int
verdict(const struct step *s)
{
	if (wire_bump(compared(s)) != wire_bump(s->searched))
		return EXIT_DISAGREES;
	if (s->needed <= s->taken)
		return 0;
	return s->needed == BUMP_MAJOR ? EXIT_MAJOR : EXIT_FAULTS;
}

static void
print_changes(const struct step *s)
{
	for (size_t i = 0; i < s->changes.count; i++) {
		const struct change *c = &s->changes.change[i];
		struct buf b = { 0 };

		if (s->o->json) {
			buf_printf(&b, "{\"rule\":\"%s\",\"path\":", c->rule);
			buf_json(&b, slice_of(c->at));
			buf_printf(&b,
			    ",\"bump\":\"%s\",\"text\":", bump_name(c->bump));
			buf_json(&b, slice_of(c->text));
			buf_puts(&b, "}");
		} else
			buf_printf(&b, "%s: %s (%s): %s",
			    c->at[0] != '\0' ? c->at : "/", c->rule,
			    bump_name(c->bump), c->text);
		puts(buf_str(&b));
		buf_free(&b);
	}
}

static void
print_end(const struct step *s)
{
	static const char *const ends[] = { [0] = "may be released",
		[EXIT_FAULTS] = "may not be released",
		[EXIT_MAJOR] = "may not be released: a new major is needed",
		[EXIT_DISAGREES] = "rules and search disagree, which is a "
				   "fault of tconform" };

	if (s->o->json)
		return;
	printf("%s after %s: needs %s, takes %s; %s\n", s->b_name, s->a_name,
	    bump_name(s->needed), bump_name(s->taken), ends[s->status]);
	if (s->status == EXIT_DISAGREES)
		printf("rules: %s, search: %s\n",
		    bump_name(wire_bump(compared(s))),
		    bump_name(wire_bump(s->searched)));
}

static int
take_step(struct step *s)
{
	changes_between(&s->changes, s->a, s->b);
	changes_faults(&s->changes, s->a, s->b);
	print_changes(s);
	if (changes_is_reader(s->b))
		search_readers(s);
	else
		search_writers(s);
	s->needed = needed(s);
	s->taken = taken(s);
	s->status = verdict(s);
	print_end(s);
	changes_free(&s->changes);
	return s->status;
}

static int
take_steps(const struct options *o, int argc, char **argv)
{
	struct schema_file old, new;
	int status = 0, now;

	if (!schema_file_open(&new, "schema", argv[argc - 1], SCHEMA_PROFILE))
		return new.unread ? EXIT_IO : EXIT_BAD_USAGE;
	for (int i = o->transitive ? 0 : argc - 2; i < argc - 1; i++) {
		struct step s = { .o = o,
			.b = new.schema,
			.a_name = argv[i],
			.b_name = argv[argc - 1] };

		if (!schema_file_open(
			&old, "schema", argv[i], SCHEMA_PROFILE)) {
			status = old.unread ? EXIT_IO : EXIT_BAD_USAGE;
			break;
		}
		s.a = old.schema;
		now = take_step(&s);
		if (now > status)
			status = now;
		schema_file_close(&old);
	}
	schema_file_close(&new);
	return status;
}

static bool
read_level(struct options *o, const char *text)
{
	static const struct {
		const char *name;
		unsigned level;
	} levels[] = { { "backward", BACKWARD }, { "forward", FORWARD },
		{ "full", BACKWARD | FORWARD } };

	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		size_t n = strlen(levels[i].name);

		if (strncmp(text, levels[i].name, n) != 0)
			continue;
		o->level = levels[i].level;
		o->transitive = strcmp(text + n, "-transitive") == 0;
		if (text[n] == '\0' || o->transitive)
			return true;
	}
	return false;
}

int
cmd_schema(int argc, char **argv)
{
	struct options o = { .level = BACKWARD | FORWARD };
	int c, status;

	while ((c = getopt_long(argc, argv, "l:R:jth", options, NULL)) != -1)
		switch (c) {
		case 'l':
			if (!read_level(&o, optarg))
				return usage(
				    "schema", "no level \"%s\"", optarg);
			break;
		case 'R':
			o.reader_path = optarg;
			break;
		case 'j':
			o.json = true;
			break;
		case 't':
			o.thorough = true;
			break;
		case 'h':
			help();
			return 0;
		default:
			return EXIT_BAD_USAGE;
		}
	if (argc - optind < 2)
		return usage("schema", "an old and a new schema are needed");
	if (o.reader_path != NULL &&
	    !schema_file_open(
		&o.reader, "schema", o.reader_path, SCHEMA_PROFILE))
		return o.reader.unread ? EXIT_IO : EXIT_BAD_USAGE;
	status = take_steps(&o, argc - optind, argv + optind);
	schema_file_close(&o.reader);
	return status;
}
