/* SPDX-License-Identifier: MIT */
/*
 * The index: what lists, searches and histories need, so that they read no
 * recording.  What a case did in a run is a slot of 8 bytes; the slots of a
 * run are kept in chunks of neighbours, so that a run is written in few rows
 * and the history of a case reads one small row a run.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store-parts.h"

enum { INDEX_FORMAT = 1, CHUNK = 128, BUSY_MS = 30000 };

struct index {
	sqlite3 *db;
};

static const char schema[] =
    "CREATE TABLE run ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE,"
    " parent BLOB NOT NULL, root BLOB NOT NULL, state INTEGER NOT NULL,"
    " verdict INTEGER NOT NULL, started INTEGER NOT NULL,"
    " written INTEGER NOT NULL, duration INTEGER NOT NULL,"
    " exit_code INTEGER NOT NULL, signal INTEGER NOT NULL,"
    " pass INTEGER NOT NULL, fail INTEGER NOT NULL, skip INTEGER NOT NULL,"
    " flaky INTEGER NOT NULL, not_run INTEGER NOT NULL,"
    " incomplete INTEGER NOT NULL, events INTEGER NOT NULL,"
    " size INTEGER NOT NULL, command TEXT);"
    "CREATE TABLE test (number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE,"
    " suite BLOB, class BLOB, name BLOB NOT NULL, variant BLOB);"
    "CREATE INDEX test_name ON test (name);"
    "CREATE TABLE outcome (run INTEGER NOT NULL, chunk INTEGER NOT NULL,"
    " slots BLOB NOT NULL, PRIMARY KEY (run, chunk)) WITHOUT ROWID;"
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value INTEGER NOT NULL);"
    "PRAGMA user_version = 1;";

/* ---- calls of sqlite ---- */

static bool
fail(struct index *ix, struct em_error *err)
{
	err->code = EM_E_IO;
	snprintf(err->msg, sizeof(err->msg), "the index of the store: %s",
	    sqlite3_errmsg(ix->db));
	return false;
}

static bool
exec(struct index *ix, const char *sql, struct em_error *err)
{
	return sqlite3_exec(ix->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	    fail(ix, err);
}

static sqlite3_stmt *
prepare(struct index *ix, const char *sql, struct em_error *err)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v2(ix->db, sql, -1, &st, NULL) != SQLITE_OK)
		fail(ix, err);
	return st;
}

/* Runs a statement that gives no rows, and is then ready for the next. */
static bool
step(struct index *ix, sqlite3_stmt *st, struct em_error *err)
{
	bool ok = sqlite3_step(st) == SQLITE_DONE;

	if (!ok)
		fail(ix, err);
	sqlite3_reset(st);
	return ok;
}

static void
bind_blob(sqlite3_stmt *st, int at, const void *p, size_t n)
{
	sqlite3_bind_blob64(st, at, p, n, SQLITE_STATIC);
}

static void
bind_str(sqlite3_stmt *st, int at, struct em_str s)
{
	if (s.p == NULL)
		sqlite3_bind_null(st, at);
	else
		bind_blob(st, at, s.n > 0 ? s.p : "", s.n);
}

static void
bind_id(sqlite3_stmt *st, int at, const struct store_id *id)
{
	bind_blob(st, at, id->b, sizeof(id->b));
}

/* ---- opening ---- */

static int64_t
number_of(struct index *ix, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = -1;

	if (sqlite3_prepare_v2(ix->db, sql, -1, &st, NULL) == SQLITE_OK &&
	    sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* Going over to the log takes a lock that sqlite does not wait for. */
static bool
use_wal(struct index *ix, struct em_error *err)
{
	const struct timespec nap = { .tv_nsec = 5000000 };
	int rc = SQLITE_BUSY;

	for (int i = 0; i < BUSY_MS / 5 && rc != SQLITE_OK; i++) {
		rc = sqlite3_exec(
		    ix->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
		if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY &&
		    (rc & 0xff) != SQLITE_LOCKED)
			break;
		if (rc != SQLITE_OK)
			nanosleep(&nap, NULL);
	}
	return rc == SQLITE_OK || fail(ix, err);
}

static bool
make_tables(struct index *ix, struct em_error *err)
{
	if (!exec(ix, "BEGIN IMMEDIATE", err))
		return false;
	/* Another may have made them meanwhile. */
	if (number_of(ix, "PRAGMA user_version") != 0 || exec(ix, schema, err))
		return exec(ix, "COMMIT", err);
	sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool
prepare_index(struct index *ix, struct em_error *err)
{
	int64_t format;

	sqlite3_busy_timeout(ix->db, BUSY_MS);
	sqlite3_extended_result_codes(ix->db, 1);
	format = number_of(ix, "PRAGMA user_version");
	if (format < 0)
		return fail(ix, err);
	if (format > INDEX_FORMAT) {
		err->code = EM_E_VERSION;
		snprintf(err->msg, sizeof(err->msg),
		    "the store has format %lld, this is testpipe %s, which "
		    "knows %d: install a newer one, or set TESTPIPE_STATE_DIR "
		    "to another directory",
		    (long long)format, VERSION, INDEX_FORMAT);
		return false;
	}
	if (format == INDEX_FORMAT)
		return exec(ix, "PRAGMA synchronous = NORMAL", err);
	return use_wal(ix, err) &&
	    exec(ix, "PRAGMA synchronous = NORMAL", err) &&
	    make_tables(ix, err);
}

struct index *
index_open(const char *path, struct em_error *err)
{
	struct index *ix = calloc(1, sizeof(*ix));
	int rc;

	if (ix == NULL) {
		err->code = EM_E_MEMORY;
		snprintf(err->msg, sizeof(err->msg), "out of memory");
		return NULL;
	}
	rc = sqlite3_open_v2(
	    path, &ix->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	if (rc == SQLITE_OK && prepare_index(ix, err))
		return ix;
	if (rc != SQLITE_OK)
		fail(ix, err);
	if (sqlite3_errcode(ix->db) == SQLITE_NOTADB ||
	    sqlite3_errcode(ix->db) == SQLITE_CORRUPT)
		err->code = EM_E_SYNTAX;
	index_close(ix);
	return NULL;
}

void
index_close(struct index *ix)
{
	if (ix == NULL)
		return;
	sqlite3_close(ix->db);
	free(ix);
}

/* ---- runs ---- */

static bool
put_run(struct index *ix, struct store_run *r, struct em_error *err)
{
	static const char sql[] =
	    "INSERT INTO run (id, parent, root, state, verdict, started,"
	    " written, duration, exit_code, signal, pass, fail, skip, flaky,"
	    " not_run, incomplete, events, size, command)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,"
	    " ?14, ?15, ?16, ?17, ?18, ?19)"
	    " ON CONFLICT (id) DO UPDATE SET parent = ?2, root = ?3,"
	    " state = ?4, verdict = ?5, started = ?6, written = ?7,"
	    " duration = ?8, exit_code = ?9, signal = ?10, pass = ?11,"
	    " fail = ?12, skip = ?13, flaky = ?14, not_run = ?15,"
	    " incomplete = ?16, events = ?17, size = ?18, command = ?19 "
	    "RETURNING number";
	const int64_t n[] = { r->state, r->verdict, r->started_ns,
		r->written_ns, r->duration_ns, r->exit_code, r->signal,
		r->counts.pass, r->counts.fail, r->counts.skip,
		(int64_t)r->flaky, (int64_t)r->not_run, (int64_t)r->incomplete,
		(int64_t)r->events, (int64_t)r->size };
	sqlite3_stmt *st = prepare(ix, sql, err);
	bool ok;

	if (st == NULL)
		return false;
	bind_id(st, 1, &r->id);
	bind_id(st, 2, &r->parent);
	bind_id(st, 3, &r->root);
	for (int i = 0; i < (int)(sizeof(n) / sizeof(n[0])); i++)
		sqlite3_bind_int64(st, 4 + i, n[i]);
	sqlite3_bind_text(st, 19, r->command, -1, SQLITE_STATIC);
	ok = sqlite3_step(st) == SQLITE_ROW;
	if (ok)
		r->number = sqlite3_column_int64(st, 0);
	ok = (ok && sqlite3_step(st) == SQLITE_DONE) || fail(ix, err);
	sqlite3_finalize(st);
	return ok;
}

/* The number of each test, new ones entered. */
struct placed {
	int64_t number;
	store_slot slot;
};

static bool
place_case(struct index *ix, sqlite3_stmt *find, sqlite3_stmt *enter,
    const struct fold_case *c, int64_t *number, struct em_error *err)
{
	int rc;

	bind_blob(find, 1, &c->key, sizeof(c->key));
	rc = sqlite3_step(find);
	if (rc == SQLITE_ROW)
		*number = sqlite3_column_int64(find, 0);
	else if (rc != SQLITE_DONE)
		fail(ix, err);
	sqlite3_reset(find);
	if (rc != SQLITE_DONE)
		return rc == SQLITE_ROW;
	bind_blob(enter, 1, &c->key, sizeof(c->key));
	bind_str(enter, 2, c->suite);
	bind_str(enter, 3, c->class_name);
	bind_str(enter, 4, c->name);
	bind_str(enter, 5, c->variant);
	if (!step(ix, enter, err))
		return false;
	*number = sqlite3_last_insert_rowid(ix->db);
	return true;
}

static bool
place_cases(struct index *ix, const struct fold_case *cases, size_t n,
    struct placed *placed, struct em_error *err)
{
	sqlite3_stmt *find =
	    prepare(ix, "SELECT number FROM test WHERE key = ?1", err);
	sqlite3_stmt *enter = prepare(ix,
	    "INSERT INTO test (key, suite, class, name, variant)"
	    " VALUES (?1, ?2, ?3, ?4, ?5)",
	    err);
	bool ok = find != NULL && enter != NULL;

	for (size_t i = 0; ok && i < n; i++) {
		placed[i].slot = cases[i].slot;
		ok = place_case(
		    ix, find, enter, &cases[i], &placed[i].number, err);
	}
	sqlite3_finalize(find);
	sqlite3_finalize(enter);
	return ok;
}

static int
by_number(const void *x, const void *y)
{
	const struct placed *a = x, *b = y;

	return (a->number > b->number) - (a->number < b->number);
}

static bool
put_chunks(struct index *ix, int64_t run, const struct placed *v, size_t n,
    struct em_error *err)
{
	sqlite3_stmt *st =
	    prepare(ix, "INSERT INTO outcome VALUES (?1, ?2, ?3)", err);
	store_slot slots[CHUNK];
	bool ok = st != NULL;
	size_t i = 0;

	while (ok && i < n) {
		int64_t chunk = v[i].number / CHUNK;
		size_t used = 0;

		memset(slots, 0, sizeof(slots));
		for (; i < n && v[i].number / CHUNK == chunk; i++) {
			used = (size_t)(v[i].number % CHUNK) + 1;
			slots[used - 1] = v[i].slot;
		}
		sqlite3_bind_int64(st, 1, run);
		sqlite3_bind_int64(st, 2, chunk);
		bind_blob(st, 3, slots, used * sizeof(slots[0]));
		ok = step(ix, st, err);
	}
	sqlite3_finalize(st);
	return ok;
}

/* What was entered of the run before. */
static bool
drop_chunks(struct index *ix, int64_t run, struct em_error *err)
{
	sqlite3_stmt *st =
	    prepare(ix, "DELETE FROM outcome WHERE run = ?1", err);
	bool ok = st != NULL;

	if (ok) {
		sqlite3_bind_int64(st, 1, run);
		ok = step(ix, st, err);
	}
	sqlite3_finalize(st);
	return ok;
}

bool
index_put(struct index *ix, struct store_run *run,
    const struct fold_case *cases, size_t n, struct em_error *err)
{
	struct placed *placed = calloc(n + 1, sizeof(*placed));
	bool ok = placed != NULL && exec(ix, "BEGIN IMMEDIATE", err);

	if (!ok) {
		free(placed);
		return false;
	}
	ok = put_run(ix, run, err) && drop_chunks(ix, run->number, err) &&
	    place_cases(ix, cases, n, placed, err);
	if (ok) {
		qsort(placed, n, sizeof(*placed), by_number);
		ok = put_chunks(ix, run->number, placed, n, err);
	}
	free(placed);
	if (ok && exec(ix, "COMMIT", err))
		return true;
	sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static void
get_id(sqlite3_stmt *st, int at, struct store_id *id)
{
	const void *p = sqlite3_column_blob(st, at);

	if (p != NULL && sqlite3_column_bytes(st, at) == sizeof(id->b))
		memcpy(id->b, p, sizeof(id->b));
}

static void
get_run(sqlite3_stmt *st, struct store_run *r)
{
	const char *command = (const char *)sqlite3_column_text(st, 19);

	*r = (struct store_run){ .number = sqlite3_column_int64(st, 0) };
	get_id(st, 1, &r->id);
	get_id(st, 2, &r->parent);
	get_id(st, 3, &r->root);
	r->state = (enum store_state)sqlite3_column_int(st, 4);
	r->verdict = (enum em_verdict)sqlite3_column_int(st, 5);
	r->started_ns = sqlite3_column_int64(st, 6);
	r->written_ns = sqlite3_column_int64(st, 7);
	r->duration_ns = sqlite3_column_int64(st, 8);
	r->exit_code = sqlite3_column_int64(st, 9);
	r->signal = sqlite3_column_int64(st, 10);
	r->counts.pass = sqlite3_column_int64(st, 11);
	r->counts.fail = sqlite3_column_int64(st, 12);
	r->counts.skip = sqlite3_column_int64(st, 13);
	r->flaky = (uint64_t)sqlite3_column_int64(st, 14);
	r->not_run = (uint64_t)sqlite3_column_int64(st, 15);
	r->incomplete = (uint64_t)sqlite3_column_int64(st, 16);
	r->events = (uint64_t)sqlite3_column_int64(st, 17);
	r->size = (uint64_t)sqlite3_column_int64(st, 18);
	r->command = command != NULL ? strdup(command) : NULL;
}

bool
index_list(struct index *ix, struct store_runs *runs, struct em_error *err)
{
	sqlite3_stmt *st = prepare(
	    ix, "SELECT * FROM run ORDER BY started DESC, id DESC", err);
	size_t size = 0;
	int rc = SQLITE_ERROR;

	*runs = (struct store_runs){ NULL, 0 };
	while (st != NULL && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		if (runs->n == size) {
			void *p;

			size = size == 0 ? 64 : size * 2;
			p = realloc(runs->v, size * sizeof(*runs->v));
			if (p == NULL)
				break;
			runs->v = p;
		}
		get_run(st, &runs->v[runs->n++]);
	}
	if (st != NULL && rc != SQLITE_DONE)
		fail(ix, err);
	sqlite3_finalize(st);
	return rc == SQLITE_DONE;
}

bool
index_touch(struct index *ix, const struct store_id *id, int64_t now,
    struct em_error *err)
{
	sqlite3_stmt *st = prepare(
	    ix, "UPDATE run SET written = max(written, ?2) WHERE id = ?1", err);
	bool ok = st != NULL;

	if (ok) {
		bind_id(st, 1, id);
		sqlite3_bind_int64(st, 2, now);
		ok = step(ix, st, err);
	}
	sqlite3_finalize(st);
	return ok;
}

bool
index_forget(struct index *ix, const struct store_id *id, struct em_error *err)
{
	static const char *const sqls[] = {
		"DELETE FROM outcome WHERE run ="
		" (SELECT number FROM run WHERE id = ?1)",
		"DELETE FROM run WHERE id = ?1"
	};
	bool ok = exec(ix, "BEGIN IMMEDIATE", err);

	for (size_t i = 0; ok && i < 2; i++) {
		sqlite3_stmt *st = prepare(ix, sqls[i], err);

		ok = st != NULL;
		if (ok) {
			bind_id(st, 1, id);
			ok = step(ix, st, err);
		}
		sqlite3_finalize(st);
	}
	if (ok && exec(ix, "COMMIT", err))
		return true;
	sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

bool
index_totals(
    struct index *ix, uint64_t *runs, uint64_t *bytes, struct em_error *err)
{
	sqlite3_stmt *st = prepare(
	    ix, "SELECT count(*), coalesce(sum(size), 0) FROM run", err);
	bool ok = st != NULL && sqlite3_step(st) == SQLITE_ROW;

	if (ok) {
		*runs = (uint64_t)sqlite3_column_int64(st, 0);
		*bytes = (uint64_t)sqlite3_column_int64(st, 1);
	} else if (st != NULL) {
		fail(ix, err);
	}
	sqlite3_finalize(st);
	return ok;
}

int64_t
index_setting(struct index *ix, const char *key, int64_t otherwise)
{
	struct em_error err;
	sqlite3_stmt *st =
	    prepare(ix, "SELECT value FROM setting WHERE key = ?1", &err);
	int64_t n = otherwise;

	if (st != NULL) {
		sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
		if (sqlite3_step(st) == SQLITE_ROW)
			n = sqlite3_column_int64(st, 0);
	}
	sqlite3_finalize(st);
	return n;
}

bool
index_set(
    struct index *ix, const char *key, int64_t value, struct em_error *err)
{
	sqlite3_stmt *st = prepare(ix,
	    "INSERT INTO setting VALUES (?1, ?2)"
	    " ON CONFLICT (key) DO UPDATE SET value = ?2",
	    err);
	bool ok = st != NULL;

	if (ok) {
		sqlite3_bind_text(st, 1, key, -1, SQLITE_STATIC);
		sqlite3_bind_int64(st, 2, value);
		ok = step(ix, st, err);
	}
	sqlite3_finalize(st);
	return ok;
}

/* ---- tests over runs ---- */

static struct em_str
get_str(sqlite3_stmt *st, int at)
{
	const char *p = sqlite3_column_blob(st, at);

	if (p == NULL && sqlite3_column_type(st, at) != SQLITE_NULL)
		p = "";
	return (struct em_str){ p, (size_t)sqlite3_column_bytes(st, at) };
}

static bool
each_test(struct index *ix, sqlite3_stmt *st, size_t *found,
    bool (*f)(void *arg, const struct index_test *t), void *arg,
    struct em_error *err)
{
	bool ok = true;
	int rc;

	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		const struct index_test t = { sqlite3_column_int64(st, 0),
			get_str(st, 1), get_str(st, 2), get_str(st, 3),
			get_str(st, 4) };

		(*found)++;
		ok = f(arg, &t);
	}
	return ok && (rc == SQLITE_DONE || fail(ix, err));
}

bool
index_tests(struct index *ix, const char *name,
    bool (*f)(void *arg, const struct index_test *t), void *arg,
    struct em_error *err)
{
	/* Names are blobs, for they may hold any byte. */
	static const char *const sqls[] = {
		"SELECT number, suite, class, name, variant FROM test"
		" WHERE name = CAST(?1 AS BLOB) ORDER BY suite, class, variant",
		"SELECT number, suite, class, name, variant FROM test"
		" WHERE ?1 IS NULL OR instr(name, CAST(?1 AS BLOB))"
		" ORDER BY suite, class, name, variant"
	};
	size_t found = 0;
	bool ok = true;

	for (size_t i = name != NULL ? 0 : 1; ok && found == 0 && i < 2; i++) {
		sqlite3_stmt *st = prepare(ix, sqls[i], err);

		ok = st != NULL;
		if (ok) {
			sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
			ok = each_test(ix, st, &found, f, arg, err);
		}
		sqlite3_finalize(st);
	}
	return ok;
}

static store_slot
slot_at(const void *p)
{
	store_slot s;

	memcpy(&s, p, sizeof(s));
	return s;
}

bool
index_history(struct index *ix, int64_t test,
    void (*f)(void *arg, const struct store_run *run, store_slot slot),
    void *arg, struct em_error *err)
{
	sqlite3_stmt *st = prepare(ix,
	    "SELECT run.id, run.started, substr(outcome.slots, ?2, 8)"
	    " FROM run JOIN outcome"
	    " ON outcome.run = run.number AND outcome.chunk = ?1"
	    " ORDER BY run.started, run.id",
	    err);
	bool ok = st != NULL;
	int rc = SQLITE_DONE;

	if (ok) {
		sqlite3_bind_int64(st, 1, test / CHUNK);
		sqlite3_bind_int64(st, 2, test % CHUNK * 8 + 1);
	}
	while (ok && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_run run = { .started_ns =
					     sqlite3_column_int64(st, 1) };

		get_id(st, 0, &run.id);
		if (sqlite3_column_bytes(st, 2) == sizeof(store_slot) &&
		    slot_at(sqlite3_column_blob(st, 2)) != 0)
			f(arg, &run, slot_at(sqlite3_column_blob(st, 2)));
	}
	ok = ok && (rc == SQLITE_DONE || fail(ix, err));
	sqlite3_finalize(st);
	return ok;
}

static void
take_chunk(sqlite3_stmt *st,
    void (*f)(void *arg, int64_t test, store_slot slot), void *arg)
{
	int64_t first = sqlite3_column_int64(st, 0) * CHUNK;
	const char *p = sqlite3_column_blob(st, 1);
	int n = sqlite3_column_bytes(st, 1) / 8;

	for (int i = 0; i < n && i < CHUNK; i++)
		if (slot_at(p + 8 * i) != 0)
			f(arg, first + i, slot_at(p + 8 * i));
}

bool
index_outcomes(struct index *ix,
    void (*f)(void *arg, int64_t test, store_slot slot), void *arg,
    struct em_error *err)
{
	sqlite3_stmt *runs =
	    prepare(ix, "SELECT number FROM run ORDER BY started, id", err);
	sqlite3_stmt *chunks =
	    prepare(ix, "SELECT chunk, slots FROM outcome WHERE run = ?1", err);
	bool ok = runs != NULL && chunks != NULL;
	int rc = SQLITE_DONE;

	while (ok && (rc = sqlite3_step(runs)) == SQLITE_ROW) {
		sqlite3_bind_int64(chunks, 1, sqlite3_column_int64(runs, 0));
		while ((rc = sqlite3_step(chunks)) == SQLITE_ROW)
			take_chunk(chunks, f, arg);
		ok = rc == SQLITE_DONE || fail(ix, err);
		sqlite3_reset(chunks);
	}
	ok = ok && (rc == SQLITE_DONE || fail(ix, err));
	sqlite3_finalize(runs);
	sqlite3_finalize(chunks);
	return ok;
}

/* ---- what is not needed any more ---- */

struct used {
	unsigned char *bits;
	int64_t n;
};

static void
note_used(void *arg, int64_t test, store_slot slot)
{
	struct used *u = arg;

	(void)slot;
	if (test < u->n)
		u->bits[test / 8] |= (unsigned char)(1 << test % 8);
}

static bool
delete_unused(struct index *ix, const struct used *u, struct em_error *err)
{
	sqlite3_stmt *st =
	    prepare(ix, "DELETE FROM test WHERE number = ?1", err);
	bool ok = st != NULL;

	for (int64_t i = 1; ok && i < u->n; i++) {
		if (u->bits[i / 8] & 1 << i % 8)
			continue;
		sqlite3_bind_int64(st, 1, i);
		ok = step(ix, st, err);
	}
	sqlite3_finalize(st);
	return ok;
}

bool
index_sweep(struct index *ix, struct em_error *err)
{
	struct used u = { NULL, 0 };
	bool ok = exec(ix, "BEGIN IMMEDIATE", err);

	if (!ok)
		return false;
	u.n = number_of(ix, "SELECT coalesce(max(number), 0) FROM test") + 1;
	u.bits = calloc((size_t)u.n / 8 + 1, 1);
	ok = u.bits != NULL && index_outcomes(ix, note_used, &u, err) &&
	    delete_unused(ix, &u, err);
	free(u.bits);
	if (ok && exec(ix, "COMMIT", err))
		return true;
	sqlite3_exec(ix->db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}
