/* SPDX-License-Identifier: MIT */
/* tconform xfail */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <time.h>

#include "tconform.h"
#include "xfail.h"

static const struct option options[] = {
	{ "suite", required_argument, NULL, 'S' },
	{ "update", no_argument, NULL, 'u' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
help(void)
{
	puts("usage: tconform xfail LIST\n"
	     "       tconform xfail --update LIST REPORT\n\n"
	     "Checks a list of expected failures, or brings it to what a "
	     "report of\n'tconform run -o json' says: new failures are added "
	     "as todo, entries whose\ncases all pass go, comments and order "
	     "stay.\n\n"
	     "      --update     rewrite LIST\n"
	     "      --suite=DIR  where the suite is\n"
	     "  -h, --help       this");
}

/* What the cases of an entry came to in the report. */
struct came {
	size_t n, passed;
	enum verdict_code code; /* of the first that did not pass */
};

static enum verdict_code
code_of(const struct json *c)
{
	struct slice was = json_text(c, "was");

	for (int i = 0; i < V_CODES; i++)
		if (slice_is(was, verdict_name((enum verdict_code)i)))
			return (enum verdict_code)i;
	return V_ERROR;
}

static struct came
came_to(const struct xfail *x, const struct xfail_entry *e,
    const struct json *cases)
{
	struct came came = { 0, 0, V_PASS };

	for (size_t i = 0; i < cases->count; i++) {
		const struct json *c = json_at(cases, i);
		enum verdict_code code = code_of(c);
		struct slice id = json_text(c, "id");

		if (id.p == NULL || xfail_find(x, id.p) != e)
			continue;
		came.n++;
		if (code == V_PASS || (code == V_WEAK && e->code != V_WEAK))
			came.passed++;
		else if (came.code == V_PASS && xfail_word(code) != NULL)
			came.code = code;
	}
	return came;
}

/* The line with another word for its outcome. */
static void
put_changed(struct buf *b, const char *line, const char *word)
{
	size_t at = strspn(line, " \t");

	at += strcspn(line + at, " \t");
	at += strspn(line + at, " \t");
	buf_add(b, line, at);
	buf_puts(b, word);
	buf_puts(b, line + at + strcspn(line + at, " \t"));
	buf_putc(b, '\n');
}

static void
put_entry(struct buf *b, const struct xfail *x, const struct xfail_entry *e,
    const struct json *cases, const char *line)
{
	struct came came = came_to(x, e, cases);

	if (came.n > 0 && came.passed == came.n) {
		printf("removed %s: it passes\n", e->glob);
		return;
	}
	if (came.n > 0 && came.passed > 0)
		printf("%s: %zu of %zu pass; split it\n", e->glob, came.passed,
		    came.n);
	if (came.code != V_PASS && came.code != e->code) {
		printf("changed %s: %s, was %s\n", e->glob,
		    xfail_word(came.code), xfail_word(e->code));
		put_changed(b, line, xfail_word(came.code));
		return;
	}
	buf_puts(b, line);
	buf_putc(b, '\n');
}

/* A crash is not written down before somebody has looked into it. */
static void
put_new(struct buf *b, const struct xfail *x, const struct json *cases)
{
	for (size_t i = 0; i < cases->count; i++) {
		const struct json *c = json_at(cases, i);
		const struct json *bad = json_member(c, "unexpected");
		enum verdict_code code = code_of(c);
		struct slice id = json_text(c, "id");

		if (id.p == NULL || bad == NULL || !bad->boolean ||
		    xfail_word(code) == NULL || code == V_WEAK ||
		    xfail_find(x, id.p) != NULL)
			continue;
		if (code == V_CRASH) {
			printf("%s crashed: an entry needs a link\n", id.p);
			continue;
		}
		printf("added %s: %s\n", id.p, xfail_word(code));
		buf_printf(b, "%s %s todo - -\n", id.p, xfail_word(code));
	}
}

static bool
rewrite(const struct xfail *x, const struct json *cases)
{
	struct buf old = { 0 }, b = { 0 };
	char *next;
	size_t line = 0, entry = 0;
	FILE *f;
	bool ok;

	if (!read_file(x->path, &old))
		return false;
	for (next = old.p; next != NULL && *next != '\0';) {
		char *s = next;

		next = strchr(s, '\n');
		if (next != NULL)
			*next++ = '\0';
		line++;
		if (entry < x->n && x->v[entry].line == line) {
			put_entry(&b, x, &x->v[entry++], cases, s);
		} else {
			buf_puts(&b, s);
			buf_putc(&b, '\n');
		}
	}
	put_new(&b, x, cases);
	f = fopen(x->path, "we");
	ok = f != NULL && fwrite(buf_str(&b), 1, b.n, f) == b.n;
	if (f != NULL && fclose(f) != 0)
		ok = false;
	buf_free(&old);
	buf_free(&b);
	return ok;
}

static int
update(const struct xfail *x, const char *path)
{
	struct buf b = { 0 };
	const struct json *cases;
	struct json *report = NULL;
	int status = EXIT_BAD_USAGE;

	if (!read_file(path, &b))
		fprintf(
		    stderr, "tconform xfail: %s: %s\n", path, strerror(errno));
	else if ((report = json_parse(b.p, b.n, NULL)) == NULL ||
	    (cases = json_member(report, "cases")) == NULL)
		fprintf(stderr, "tconform xfail: %s: no report of tconform\n",
		    path);
	else if (!rewrite(x, cases))
		fprintf(stderr, "tconform xfail: %s: %s\n", x->path,
		    strerror(errno));
	else
		status = EXIT_AS_EXPECTED;
	json_free(report);
	buf_free(&b);
	return status;
}

int
cmd_xfail(int argc, char **argv)
{
	const char *dir = NULL;
	bool updating = false;
	struct buf why = { 0 };
	struct xfail *x;
	struct suite *s;
	int o, status = EXIT_AS_EXPECTED;

	while ((o = getopt_long(argc, argv, "h", options, NULL)) != -1)
		switch (o) {
		case 'S':
			dir = optarg;
			break;
		case 'u':
			updating = true;
			break;
		case 'h':
			help();
			return EXIT_AS_EXPECTED;
		default:
			return EXIT_BAD_USAGE;
		}
	if (argc - optind != 1 + updating)
		return usage("xfail",
		    updating ? "a list and a report are needed"
			     : "a list is needed");
	s = open_suite("xfail", dir);
	if (s == NULL)
		return EXIT_AT_FAULT;
	x = xfail_load(argv[optind], s, &why);
	if (x == NULL) {
		fprintf(stderr, "tconform xfail: %s\n", buf_str(&why));
		status = EXIT_BAD_USAGE;
	} else if (updating) {
		status = update(x, argv[optind + 1]);
	}
	buf_free(&why);
	xfail_free(x);
	suite_free(s);
	return status;
}
