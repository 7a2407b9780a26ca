/* SPDX-License-Identifier: MIT */
/* Which variables of the environment are recorded: those that say how tests
 * were run, and of those none that could be a secret. */
#ifndef STORE_ENV_H
#define STORE_ENV_H

#include <event-model.h>

/* Valid as long as the environment; .v is to be freed. */
struct em_pairs env_allowed(void);

#endif
