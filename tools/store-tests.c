/* SPDX-License-Identifier: MIT */
/* The index: what tests did over runs. */
#include <stdlib.h>
#include <string.h>

#include "store-index.h"

/* A row of more than a quarter of a page would take a page of its own. */
enum { CHUNK = 64 };

/* ---- what a run adds ---- */

/* The number of each test, new ones entered. */
struct placed {
	int64_t number;
	store_slot slot;
};

static bool
place_case(struct index *ix, struct sql_stmt *find, struct sql_stmt *enter,
    const struct fold_case *c, int64_t *number, struct em_error *err)
{
	enum em_rc rc;

	sql_bind_bytes(find, 1, &c->key, sizeof(c->key));
	rc = sql_row(find, err);
	if (rc == EM_OK)
		*number = sql_int(find, 0);
	sql_again(find);
	if (rc != EM_EOF)
		return rc == EM_OK;
	sql_bind_bytes(enter, 1, &c->key, sizeof(c->key));
	sql_bind_str(enter, 2, c->suite);
	sql_bind_str(enter, 3, c->class_name);
	sql_bind_str(enter, 4, c->name);
	sql_bind_str(enter, 5, c->variant);
	if (!sql_run(enter, err))
		return false;
	*number = sql_last_row(ix->db);
	return true;
}

static bool
place_cases(struct index *ix, const struct fold_case *cases, size_t n,
    struct placed *placed, struct em_error *err)
{
	struct sql_stmt *find =
	    sql_prepare(ix->db, "SELECT number FROM test WHERE key = ?1", err);
	struct sql_stmt *enter = sql_prepare(ix->db,
	    "INSERT INTO test (key, suite, class, name, variant)"
	    " VALUES (?1, ?2, ?3, ?4, ?5)",
	    err);
	bool ok = find != NULL && enter != NULL;

	for (size_t i = 0; ok && i < n; i++) {
		placed[i].slot = cases[i].slot;
		ok = place_case(
		    ix, find, enter, &cases[i], &placed[i].number, err);
	}
	sql_finish(find);
	sql_finish(enter);
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
	struct sql_stmt *st =
	    sql_prepare(ix->db, "INSERT INTO outcome VALUES (?1, ?2, ?3)", err);
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
		sql_bind(st, 1, run);
		sql_bind(st, 2, chunk);
		sql_bind_bytes(st, 3, slots, used * sizeof(slots[0]));
		ok = sql_run(st, err);
	}
	sql_finish(st);
	return ok;
}

/* What was entered of the run before. */
static bool
drop_chunks(struct index *ix, int64_t run, struct em_error *err)
{
	struct sql_stmt *st =
	    sql_prepare(ix->db, "DELETE FROM outcome WHERE run = ?1", err);
	bool ok = st != NULL;

	if (ok) {
		sql_bind(st, 1, run);
		ok = sql_run(st, err);
	}
	sql_finish(st);
	return ok;
}

/* ---- tests over runs ---- */

bool
tests_put(struct index *ix, int64_t run, const struct fold_case *cases,
    size_t n, struct em_error *err)
{
	struct placed *placed = calloc(n + 1, sizeof(*placed));
	bool ok = placed != NULL && drop_chunks(ix, run, err) &&
	    place_cases(ix, cases, n, placed, err);

	if (ok) {
		qsort(placed, n, sizeof(*placed), by_number);
		ok = put_chunks(ix, run, placed, n, err);
	}
	free(placed);
	return ok;
}

/* ---- tests over runs ---- */

static bool
each_test(struct sql_stmt *st, size_t *found,
    bool (*f)(void *arg, const struct index_test *t), void *arg,
    struct em_error *err)
{
	bool ok = true;
	enum em_rc rc = EM_EOF;

	while (ok && (rc = sql_row(st, err)) == EM_OK) {
		const struct index_test t = { sql_int(st, 0), sql_str(st, 1),
			sql_str(st, 2), sql_str(st, 3), sql_str(st, 4) };

		(*found)++;
		ok = f(arg, &t);
	}
	return ok && rc == EM_EOF;
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
		struct sql_stmt *st = sql_prepare(ix->db, sqls[i], err);

		ok = st != NULL;
		if (ok) {
			sql_bind_text(st, 1, name);
			ok = each_test(st, &found, f, arg, err);
		}
		sql_finish(st);
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
	/* CROSS: one row is sought for each run, not all of them read. */
	struct sql_stmt *st = sql_prepare(ix->db,
	    "SELECT run.id, run.started, substr(outcome.slots, ?2, 8)"
	    " FROM run CROSS JOIN outcome"
	    " ON outcome.run = run.number AND outcome.chunk = ?1"
	    " ORDER BY run.started, run.id",
	    err);
	bool ok = st != NULL;
	enum em_rc rc = EM_EOF;

	if (ok) {
		sql_bind(st, 1, test / CHUNK);
		sql_bind(st, 2, test % CHUNK * 8 + 1);
	}
	while (ok && (rc = sql_row(st, err)) == EM_OK) {
		struct store_run run = { .started_ns = sql_int(st, 1) };
		struct em_str slot;

		index_get_id(st, 0, &run.id);
		slot = sql_str(st, 2);
		if (slot.n == sizeof(store_slot) && slot_at(slot.p) != 0)
			f(arg, &run, slot_at(slot.p));
	}
	ok = ok && rc == EM_EOF;
	sql_finish(st);
	return ok;
}

static void
take_chunk(struct sql_stmt *st,
    void (*f)(void *arg, int64_t test, store_slot slot), void *arg)
{
	int64_t first = sql_int(st, 0) * CHUNK;
	struct em_str slots = sql_str(st, 1);

	for (size_t i = 0; i < slots.n / 8 && i < CHUNK; i++)
		if (slot_at(slots.p + 8 * i) != 0)
			f(arg, first + (int64_t)i, slot_at(slots.p + 8 * i));
}

bool
index_outcomes(struct index *ix,
    void (*f)(void *arg, int64_t test, store_slot slot), void *arg,
    struct em_error *err)
{
	struct sql_stmt *runs = sql_prepare(
	    ix->db, "SELECT number FROM run ORDER BY started, id", err);
	struct sql_stmt *chunks = sql_prepare(
	    ix->db, "SELECT chunk, slots FROM outcome WHERE run = ?1", err);
	bool ok = runs != NULL && chunks != NULL;
	enum em_rc rc = EM_EOF;

	while (ok && (rc = sql_row(runs, err)) == EM_OK) {
		sql_bind(chunks, 1, sql_int(runs, 0));
		while ((rc = sql_row(chunks, err)) == EM_OK)
			take_chunk(chunks, f, arg);
		ok = rc == EM_EOF;
		sql_again(chunks);
	}
	ok = ok && rc == EM_EOF;
	sql_finish(runs);
	sql_finish(chunks);
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
	struct sql_stmt *st =
	    sql_prepare(ix->db, "DELETE FROM test WHERE number = ?1", err);
	bool ok = st != NULL;

	for (int64_t i = 1; ok && i < u->n; i++) {
		if (u->bits[i / 8] & 1 << i % 8)
			continue;
		sql_bind(st, 1, i);
		ok = sql_run(st, err);
	}
	sql_finish(st);
	return ok;
}

bool
index_sweep(struct index *ix, struct em_error *err)
{
	struct used u = { NULL, 0 };
	bool ok = sql_begin(ix->db, err);

	if (!ok)
		return false;
	u.n = sql_number(
		  ix->db, "SELECT coalesce(max(number), 0) FROM test", err) +
	    1;
	u.bits = calloc((size_t)u.n / 8 + 1, 1);
	ok = u.bits != NULL && index_outcomes(ix, note_used, &u, err) &&
	    delete_unused(ix, &u, err);
	free(u.bits);
	return sql_end(ix->db, ok, err);
}
