/* SPDX-License-Identifier: MIT */
/*
 * A database, as much of it as the index needs; store-sql.c is the only file
 * that includes sqlite3.h.  Errors are in err; true: done.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <event-model.h>

struct sql;
struct sql_stmt;

/* NULL: err says why, with EM_E_SYNTAX for a file that is damaged. */
struct sql *sql_open(const char *path, struct em_error *err);
void sql_close(struct sql *db);
/* How long to wait for one who writes. */
void sql_patience(struct sql *db, int ms);
/* Lets readers go on while one writes. */
bool sql_use_log(struct sql *db, struct em_error *err);

bool sql_exec(struct sql *db, const char *text, struct em_error *err);
/* The one number that a query gives; -1: err says why. */
int64_t sql_number(struct sql *db, const char *text, struct em_error *err);
/* Writers come one after the other. */
bool sql_begin(struct sql *db, struct em_error *err);
/* Commits when ok, else rolls back; true when all is done. */
bool sql_end(struct sql *db, bool ok, struct em_error *err);
int64_t sql_last_row(struct sql *db);

struct sql_stmt *sql_prepare(
    struct sql *db, const char *text, struct em_error *err);
void sql_finish(struct sql_stmt *st);
/* What is bound has to stay until the statement was run; at counts from 1. */
void sql_bind(struct sql_stmt *st, int at, int64_t n);
void sql_bind_bytes(struct sql_stmt *st, int at, const void *p, size_t n);
void sql_bind_str(struct sql_stmt *st, int at, struct em_str s);
void sql_bind_text(struct sql_stmt *st, int at, const char *s);
/* Runs a statement that gives no rows, and makes it ready for the next. */
bool sql_run(struct sql_stmt *st, struct em_error *err);
/* EM_OK: a row; EM_EOF: no more; EM_ERR. */
enum em_rc sql_row(struct sql_stmt *st, struct em_error *err);
void sql_again(struct sql_stmt *st);
/* Of the row; at counts from 0.  Valid until the next. */
int64_t sql_int(struct sql_stmt *st, int at);
struct em_str sql_str(struct sql_stmt *st, int at);

#endif
