/* SPDX-License-Identifier: MIT */
/* Where the running program is, for what lies beside it. */
#ifndef SELF_H
#define SELF_H

/* DIR/rest, where DIR is that of the program; NULL when it is unknown.  To be
 * freed. */
char *self_path(const char *rest);

#endif
