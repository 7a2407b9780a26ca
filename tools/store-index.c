/* SPDX-License-Identifier: MIT */
/*
 * The index: what lists, searches and histories need, so that they read no
 * recording.  What a case did in a run is a slot of 8 bytes; the slots of a
 * run are kept in chunks of neighbours, so that a run is written in few rows
 * and the history of a case reads one small row a run.
 */
#include <stdlib.h>
#include <string.h>

#include "store-index.h"

enum { INDEX_FORMAT = 1 };

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

/* ---- opening ---- */

static bool
make_tables(struct index *ix, struct em_error *err)
{
	bool ok = sql_begin(ix->db, err);

	if (!ok)
		return false;
	/* Another may have made them meanwhile. */
	if (sql_number(ix->db, "PRAGMA user_version", err) == 0)
		ok = sql_exec(ix->db, schema, err);
	return sql_end(ix->db, ok, err);
}

static bool
prepare_index(struct index *ix, struct em_error *err)
{
	int64_t format;

	index_patience(ix, INDEX_WAIT_MS);
	format = sql_number(ix->db, "PRAGMA user_version", err);
	if (format < 0)
		return false;
	if (format > INDEX_FORMAT) {
		err->code = EM_E_VERSION;
		snprintf(err->msg, sizeof(err->msg),
		    "the store has format %lld, this is testpipe %s, which "
		    "knows %d: install a newer one, or set TESTPIPE_STATE_DIR "
		    "to another directory",
		    (long long)format, VERSION, INDEX_FORMAT);
		return false;
	}
	if (format == 0 && (!sql_use_log(ix->db, err) || !make_tables(ix, err)))
		return false;
	/* A run of very many tests touches much of the index. */
	return sql_exec(ix->db,
	    "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536", err);
}

struct index *
index_open(const char *path, struct em_error *err)
{
	struct index *ix = calloc(1, sizeof(*ix));

	if (ix == NULL) {
		err->code = EM_E_MEMORY;
		snprintf(err->msg, sizeof(err->msg), "out of memory");
		return NULL;
	}
	ix->db = sql_open(path, err);
	if (ix->db != NULL && prepare_index(ix, err))
		return ix;
	index_close(ix);
	return NULL;
}

void
index_close(struct index *ix)
{
	if (ix == NULL)
		return;
	sql_close(ix->db);
	free(ix);
}

void
index_patience(struct index *ix, int ms)
{
	sql_patience(ix->db, ms);
}

/* ---- runs ---- */

static void
bind_id(struct sql_stmt *st, int at, const struct store_id *id)
{
	sql_bind_bytes(st, at, id->b, sizeof(id->b));
}

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
	struct sql_stmt *st = sql_prepare(ix->db, sql, err);
	bool ok;

	if (st == NULL)
		return false;
	bind_id(st, 1, &r->id);
	bind_id(st, 2, &r->parent);
	bind_id(st, 3, &r->root);
	for (int i = 0; i < (int)(sizeof(n) / sizeof(n[0])); i++)
		sql_bind(st, 4 + i, n[i]);
	sql_bind_text(st, 19, r->command);
	ok = sql_row(st, err) == EM_OK;
	if (ok)
		r->number = sql_int(st, 0);
	ok = ok && sql_row(st, err) == EM_EOF;
	sql_finish(st);
	return ok;
}

bool
index_put(struct index *ix, struct store_run *run,
    const struct fold_case *cases, size_t n, struct em_error *err)
{
	return sql_begin(ix->db, err) &&
	    sql_end(ix->db,
		put_run(ix, run, err) &&
		    tests_put(ix, run->number, cases, n, err),
		err);
}

void
index_get_id(struct sql_stmt *st, int at, struct store_id *id)
{
	struct em_str s = sql_str(st, at);

	if (s.n == sizeof(id->b))
		memcpy(id->b, s.p, s.n);
}

static void
get_run(struct sql_stmt *st, struct store_run *r)
{
	struct em_str command = sql_str(st, 19);

	*r = (struct store_run){ .number = sql_int(st, 0) };
	index_get_id(st, 1, &r->id);
	index_get_id(st, 2, &r->parent);
	index_get_id(st, 3, &r->root);
	r->state = (enum store_state)sql_int(st, 4);
	r->verdict = (enum em_verdict)sql_int(st, 5);
	r->started_ns = sql_int(st, 6);
	r->written_ns = sql_int(st, 7);
	r->duration_ns = sql_int(st, 8);
	r->exit_code = sql_int(st, 9);
	r->signal = sql_int(st, 10);
	r->counts.pass = sql_int(st, 11);
	r->counts.fail = sql_int(st, 12);
	r->counts.skip = sql_int(st, 13);
	r->flaky = (uint64_t)sql_int(st, 14);
	r->not_run = (uint64_t)sql_int(st, 15);
	r->incomplete = (uint64_t)sql_int(st, 16);
	r->events = (uint64_t)sql_int(st, 17);
	r->size = (uint64_t)sql_int(st, 18);
	r->command = command.p != NULL ? strndup(command.p, command.n) : NULL;
}

bool
index_list(struct index *ix, struct store_runs *runs, struct em_error *err)
{
	struct sql_stmt *st = sql_prepare(
	    ix->db, "SELECT * FROM run ORDER BY started DESC, id DESC", err);
	size_t size = 0;
	enum em_rc rc = EM_ERR;

	*runs = (struct store_runs){ NULL, 0 };
	while (st != NULL && (rc = sql_row(st, err)) == EM_OK) {
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
	sql_finish(st);
	return rc == EM_EOF;
}

bool
index_touch(struct index *ix, const struct store_id *id, int64_t now,
    struct em_error *err)
{
	struct sql_stmt *st = sql_prepare(ix->db,
	    "UPDATE run SET written = max(written, ?2) WHERE id = ?1", err);
	bool ok = st != NULL;

	if (ok) {
		bind_id(st, 1, id);
		sql_bind(st, 2, now);
		ok = sql_run(st, err);
	}
	sql_finish(st);
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
	bool ok = sql_begin(ix->db, err);

	for (size_t i = 0; ok && i < 2; i++) {
		struct sql_stmt *st = sql_prepare(ix->db, sqls[i], err);

		ok = st != NULL;
		if (ok) {
			bind_id(st, 1, id);
			ok = sql_run(st, err);
		}
		sql_finish(st);
	}
	return sql_end(ix->db, ok, err);
}

bool
index_totals(
    struct index *ix, uint64_t *runs, uint64_t *bytes, struct em_error *err)
{
	struct sql_stmt *st = sql_prepare(
	    ix->db, "SELECT count(*), coalesce(sum(size), 0) FROM run", err);
	bool ok = st != NULL && sql_row(st, err) == EM_OK;

	if (ok) {
		*runs = (uint64_t)sql_int(st, 0);
		*bytes = (uint64_t)sql_int(st, 1);
	}
	sql_finish(st);
	return ok;
}

int64_t
index_setting(struct index *ix, const char *key, int64_t otherwise)
{
	struct em_error err;
	struct sql_stmt *st = sql_prepare(
	    ix->db, "SELECT value FROM setting WHERE key = ?1", &err);
	int64_t n = otherwise;

	if (st != NULL) {
		sql_bind_text(st, 1, key);
		if (sql_row(st, &err) == EM_OK)
			n = sql_int(st, 0);
	}
	sql_finish(st);
	return n;
}

bool
index_set(
    struct index *ix, const char *key, int64_t value, struct em_error *err)
{
	struct sql_stmt *st = sql_prepare(ix->db,
	    "INSERT INTO setting VALUES (?1, ?2)"
	    " ON CONFLICT (key) DO UPDATE SET value = ?2",
	    err);
	bool ok = st != NULL;

	if (ok) {
		sql_bind_text(st, 1, key);
		sql_bind(st, 2, value);
		ok = sql_run(st, err);
	}
	sql_finish(st);
	return ok;
}
