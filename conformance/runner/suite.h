/* SPDX-License-Identifier: MIT */
/*
 * The suite as data: rules, cases and what they expect.  The format of a case
 * is in CASES.md; this header is its image in memory.
 */
#ifndef SUITE_H
#define SUITE_H

#include "buf.h"
#include "json.h"

enum level { LEVEL_MUST, LEVEL_SHOULD, LEVEL_INFO };

/* Roles, as bits. */
enum {
	ROLE_READER = 1,
	ROLE_FILTER = 2,
	ROLE_CONVERTER = 4,
	ROLE_HARNESS = 8,
	ROLE_SCHEMA = 16,
	ROLES = 5 /* how many there are */
};

/* Classes that the ending of a testee can stand for, as bits. */
enum {
	CLASS_ACCEPT = 1,
	CLASS_USAGE = 2,
	CLASS_MALFORMED = 4,
	CLASS_UNSUPPORTED = 8,
	CLASS_IO = 16,
	CLASS_TRUNCATED = 32,
	CLASS_OTHER = 64, /* a status that stands for none of these */
	CLASS_ANY = 127
};

enum match { MATCH_BYTES, MATCH_LEXEME, MATCH_VALUE, MATCH_PATTERN };

/* What is right; what is absent is not asked for. */
struct conf_expect {
	unsigned classes; /* any of them; 0: not asked for */
	char *verdict; /* "pass", "fail", "none", "not-pass"; or NULL */
	char *digest; /* file */
	char *out; /* file; NULL: by out_input */
	bool out_input; /* the output is the input */
	enum match match; /* how the output is held against that */
	const struct json *to; /* converter: list of documents; or NULL */
	char *roundtrip; /* converter: "junit", "tap"; or NULL */
	struct strings words; /* that the diagnostic has */
	char *same; /* derived inputs: "digest", "out"; or NULL */
};

/* One run of the testee: cases have one, but for those with "runs". */
struct conf_run {
	char *input; /* file; NULL: derived */
	struct conf_expect expect;
};

struct conf_case {
	char *id; /* "evo/unknown-event" */
	char *title;
	char *dir; /* where its files are */
	char *suite_dir;
	struct strings rules; /* the first one is what it is about */
	enum level level;
	unsigned roles;
	char *since, *until; /* versions; until is NULL when it holds on */
	struct strings features; /* that the testee must declare */
	char *chunking; /* "any", "whole", "line", "byte", or NULL: */
	struct strings sizes; /* sizes in decimal, the last repeated */
	struct conf_run *runs;
	size_t run_n; /* at least 1 */
	struct conf_expect *also_ok; /* tolerated: WEAK */
	size_t also_ok_n;
	unsigned limit_ms;
	unsigned limit_rss_mib; /* 0: none */
	struct strings env; /* NAME=VALUE, beside the standard environment */
	const char *how; /* of drive; "" when plain */
	const struct json *drive, *derive; /* or NULL */
	char *why;
	struct strings kills; /* mutants; "tool:NAME": a real program */
	struct json *doc; /* case.json itself */
};

struct rule {
	char *id, *level, *binds, *text;
};

struct suite {
	char *dir;
	char *version; /* VERSION */
	int case_format; /* CASEFORMAT */
	struct rule *rules;
	size_t rule_n;
	struct conf_case *cases; /* by id */
	size_t case_n;
};

/* Where the suite's data is: dir, else $TCONFORM_SUITE, else where it was
 * installed or built, else ./conformance.  NULL when it is nowhere.  To be
 * freed. */
char *suite_find(const char *dir);
/* NULL: why says what is wrong, with the file's name. */
struct suite *suite_load(const char *dir, struct buf *why);
void suite_free(struct suite *s);
const struct rule *suite_rule(const struct suite *s, const char *id);

/* Reads DIR/case.json; false: why says what is wrong. */
bool case_load(struct conf_case *c, const char *suite_dir, const char *dir,
    const char *id, struct buf *why);
void case_free(struct conf_case *c);
/* True when it is about time: it runs alone, and best of three. */
bool case_timing(const struct conf_case *c);

/* A file of the case, by recipe when it is an in.gen; false: why says what is
 * wrong. */
bool case_file(const struct conf_case *c, const char *name, struct buf *out,
    struct buf *why);

/* Works out a recipe (CASES.md, in.gen); false: why names the line. */
bool recipe_run(struct slice recipe, struct buf *out, struct buf *why);

const char *role_name(unsigned role);
unsigned role_find(struct slice name); /* 0: none of that name */
const char *level_name(enum level l);
const char *class_name(unsigned class_bit);
unsigned class_find(struct slice name); /* 0: none of that name */
/* "accept or truncated"; to be freed. */
char *class_names(unsigned classes);

#endif
