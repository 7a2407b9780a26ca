/* SPDX-License-Identifier: MIT */
/* The commands of tstore, each in its file, and the options they share. */
#ifndef STORE_TOOL_H
#define STORE_TOOL_H

#include <sys/types.h>

#include "store-parts.h"
#include "store-show.h"

enum {
	OPT_STORE = 256,
	OPT_FORMAT,
	OPT_OUTPUT_MAX,
	OPT_STATUS_LEVEL,
	OPT_FINAL_LEVEL,
	OPT_SUCCESS_OUTPUT,
	OPT_FAILURE_OUTPUT,
	OPT_NO_INDENT,
	OPT_NO_CAPTURE,
	OPT_NO_PAGER,
	OPT_EXIT_CODE,
	OPT_ALL,
	OPT_TOTAL_MAX,
	OPT_DRY_RUN,
	OPT_MAX_RUNS,
	OPT_MAX_SIZE,
	OPT_MAX_AGE,
	OPT_SAVE
};

struct tstore {
	const struct subcommand *command;
	struct store *store;
	unsigned long given; /* a bit for each row of the options */
	const char *dir; /* --store */
	const char *run; /* -R */
	bool json;
	size_t output_max;
	struct show_opts show;
	bool no_pager, exit_code;
	pid_t pager;
	const char *to; /* --to */
	bool all;
	size_t total_max;
	bool dry_run, save;
	struct limits limits; /* 0: as kept */
};

/* The run that is meant: the operand, -R, or "latest". */
const char *tstore_operand(struct cli *c);
/* Is what names a run the name of a file? */
bool tstore_is_file(const char *what);

int tstore_record(struct cli *c);
int tstore_list(struct cli *c);
int tstore_info(struct cli *c);
int tstore_latest(struct cli *c);
int tstore_replay(struct cli *c);
int tstore_export(struct cli *c);
int tstore_import(struct cli *c);
int tstore_prune(struct cli *c);
int tstore_history(struct cli *c);
int tstore_flaky(struct cli *c);

int replay_option(struct cli *c, int key, const char *arg);

/* ---- store-pager.c ---- */

/* From here on standard output goes through a pager when it is a terminal; 0:
 * it does not. */
pid_t pager_start(const struct cli *c);
void pager_wait(pid_t pid);

/* ---- store-label.c: for people ---- */

/* "3.4 MiB"; returns buf. */
const char *label_size(char *buf, size_t size, uint64_t n);
/* "2026-11-22 00:24:01", local time; returns buf. */
const char *label_time(char *buf, size_t size, int64_t ns);
/* "49 passed, 2 failed", with what else there is to say; returns buf. */
const char *label_result(char *buf, size_t size, const struct store_run *r);
/* "passed", "failed", "running", "incomplete", ... */
const char *label_state(const struct store_run *r);
/* The id, what makes it the only one highlighted: prefix characters. */
void label_id(const struct cli *c, const struct store_id *id, size_t prefix);
/* The members of a run in JSON, without braces. */
void label_json(struct em_out *out, const struct store_run *r);

#endif
