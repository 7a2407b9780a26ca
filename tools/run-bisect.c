/* SPDX-License-Identifier: MIT */
#include "run.h"

void
run_bisect(struct run_plan *p)
{
	(void)p;
}
