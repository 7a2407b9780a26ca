/* SPDX-License-Identifier: MIT */
#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>

#include "store-sql.h"

struct sql {
	sqlite3 *handle;
};

enum { LOG_TRIES = 6000, LOG_NAP_NS = 5000000 };

static void
fail(sqlite3 *handle, struct em_error *err)
{
	int rc = sqlite3_errcode(handle) & 0xff;

	err->code =
	    rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT ? EM_E_SYNTAX : EM_E_IO;
	snprintf(err->msg, sizeof(err->msg), "the index of the store: %s",
	    sqlite3_errmsg(handle));
}

struct sql *
sql_open(const char *path, struct em_error *err)
{
	struct sql *db = calloc(1, sizeof(*db));

	if (db == NULL) {
		err->code = EM_E_MEMORY;
		snprintf(err->msg, sizeof(err->msg), "out of memory");
		return NULL;
	}
	if (sqlite3_open_v2(path, &db->handle,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		NULL) == SQLITE_OK) {
		sqlite3_extended_result_codes(db->handle, 1);
		return db;
	}
	fail(db->handle, err);
	sql_close(db);
	return NULL;
}

void
sql_close(struct sql *db)
{
	if (db == NULL)
		return;
	sqlite3_close(db->handle);
	free(db);
}

void
sql_patience(struct sql *db, int ms)
{
	sqlite3_busy_timeout(db->handle, ms);
}

/* Going over to the log takes a lock that sqlite does not wait for. */
bool
sql_use_log(struct sql *db, struct em_error *err)
{
	const struct timespec nap = { .tv_nsec = LOG_NAP_NS };

	for (int i = 0; i < LOG_TRIES; i++) {
		int rc = sqlite3_exec(
		    db->handle, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);

		if (rc == SQLITE_OK)
			return true;
		if ((rc & 0xff) != SQLITE_BUSY && (rc & 0xff) != SQLITE_LOCKED)
			break;
		nanosleep(&nap, NULL);
	}
	fail(db->handle, err);
	return false;
}

bool
sql_exec(struct sql *db, const char *text, struct em_error *err)
{
	if (sqlite3_exec(db->handle, text, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	fail(db->handle, err);
	return false;
}

int64_t
sql_number(struct sql *db, const char *text, struct em_error *err)
{
	struct sql_stmt *st = sql_prepare(db, text, err);
	int64_t n = -1;

	if (st != NULL && sql_row(st, err) == EM_OK)
		n = sql_int(st, 0);
	sql_finish(st);
	return n;
}

bool
sql_begin(struct sql *db, struct em_error *err)
{
	return sql_exec(db, "BEGIN IMMEDIATE", err);
}

bool
sql_end(struct sql *db, bool ok, struct em_error *err)
{
	if (ok && sql_exec(db, "COMMIT", err))
		return true;
	sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

int64_t
sql_last_row(struct sql *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

/* ---- statements: struct sql_stmt is sqlite3_stmt ---- */

static sqlite3_stmt *
raw(struct sql_stmt *st)
{
	return (sqlite3_stmt *)(void *)st;
}

struct sql_stmt *
sql_prepare(struct sql *db, const char *text, struct em_error *err)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(db->handle, text, -1, &st, NULL) != SQLITE_OK)
		fail(db->handle, err);
	return (struct sql_stmt *)(void *)st;
}

void
sql_finish(struct sql_stmt *st)
{
	sqlite3_finalize(raw(st));
}

void
sql_bind(struct sql_stmt *st, int at, int64_t n)
{
	sqlite3_bind_int64(raw(st), at, n);
}

void
sql_bind_bytes(struct sql_stmt *st, int at, const void *p, size_t n)
{
	sqlite3_bind_blob64(raw(st), at, n > 0 ? p : "", n, SQLITE_STATIC);
}

void
sql_bind_str(struct sql_stmt *st, int at, struct em_str s)
{
	if (s.p == NULL)
		sqlite3_bind_null(raw(st), at);
	else
		sql_bind_bytes(st, at, s.p, s.n);
}

void
sql_bind_text(struct sql_stmt *st, int at, const char *s)
{
	sqlite3_bind_text(raw(st), at, s, -1, SQLITE_STATIC);
}

bool
sql_run(struct sql_stmt *st, struct em_error *err)
{
	bool ok = sqlite3_step(raw(st)) == SQLITE_DONE;

	if (!ok)
		fail(sqlite3_db_handle(raw(st)), err);
	sqlite3_reset(raw(st));
	return ok;
}

enum em_rc
sql_row(struct sql_stmt *st, struct em_error *err)
{
	int rc = sqlite3_step(raw(st));

	if (rc == SQLITE_ROW)
		return EM_OK;
	if (rc == SQLITE_DONE)
		return EM_EOF;
	fail(sqlite3_db_handle(raw(st)), err);
	return EM_ERR;
}

void
sql_again(struct sql_stmt *st)
{
	sqlite3_reset(raw(st));
}

int64_t
sql_int(struct sql_stmt *st, int at)
{
	return sqlite3_column_int64(raw(st), at);
}

struct em_str
sql_str(struct sql_stmt *st, int at)
{
	const char *p = sqlite3_column_blob(raw(st), at);

	if (p == NULL && sqlite3_column_type(raw(st), at) != SQLITE_NULL)
		p = "";
	return (struct em_str){ p, (size_t)sqlite3_column_bytes(raw(st), at) };
}
