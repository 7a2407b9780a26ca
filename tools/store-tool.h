/* SPDX-License-Identifier: MIT */
/* The commands of tstore, each in its file, and the options they share. */
#ifndef STORE_TOOL_H
#define STORE_TOOL_H

#include "store-parts.h"

struct tstore {
	const struct command *command;
	const char *dir; /* --store */
	const char *run; /* -R */
	struct store *store;
};

int tstore_record(struct cli *c);
int tstore_list(struct cli *c);
int tstore_latest(struct cli *c);

#endif
