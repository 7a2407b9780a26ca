/* SPDX-License-Identifier: MIT */
/*
 * Any bytes, recognised and read: what is written of them in the protocol
 * reads again as the same events, and it does not matter in which pieces the
 * bytes come, once it is known what they are.
 */
#include "common.h"

/* What a reading gave: its events, and how it ended. */
struct reading {
	struct em_out *events;
	struct em_reader_stats stats;
	const char *format;
	enum em_code code;
};

static struct reading
read_all(const char *format, struct em_str bytes, size_t chunk)
{
	struct reading got = { .events = em_out_mem() };
	struct em_reader *r = fuzz_reader(format, bytes);
	struct em_writer *w = em_writer_open(NULL, got.events, NULL);
	const struct em_event *ev;
	enum em_rc rc;

	in_chunk(r->in, chunk);
	while ((rc = em_reader_next(r, &ev)) == EM_OK)
		fuzz_write(w, ev);
	em_writer_finish(w);
	got.stats = *em_reader_stats(r);
	got.format = em_reader_format(r);
	got.code = rc == EM_ERR ? em_reader_error(r)->code : EM_E_NONE;
	em_writer_close(w);
	em_reader_close(r);
	return got;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct em_str none;
	struct em_str bytes = { (const char *)data, size }, events, again;
	struct reading whole = read_all(NULL, bytes, 0);
	/* Probing looks at all there is for each piece. */
	struct reading pieces =
	    read_all(NULL, bytes, 1 + size % 61 + size / 100);
	struct reading second;

	events = em_out_memory(whole.events);
	again = em_out_memory(pieces.events);
	/* The first pieces may be of one format and the rest of another. */
	if (whole.format == pieces.format) {
		fuzz_check(whole.code == pieces.code,
		    "read in pieces, the end is another", none, none);
		/* A fault may be met at another place. */
		fuzz_check(whole.code != EM_E_NONE || em_str_eq(events, again),
		    "read in pieces, the events are others", again, events);
		fuzz_check(whole.code != EM_E_NONE ||
			(whole.stats.malformed == pieces.stats.malformed &&
			    whole.stats.truncated == pieces.stats.truncated),
		    "read in pieces, the trouble is another", none, none);
	}
	if (events.n > 0) {
		second = read_all("native", events, 0);
		/* What was refused is refused again. */
		fuzz_check(
		    second.code == EM_E_NONE || second.code == whole.code,
		    "what was written does not read", none, events);
		again = em_out_memory(second.events);
		fuzz_check(em_str_eq(events, again),
		    "read again, the events are others", again, events);
		em_out_discard(second.events);
	}
	em_out_discard(whole.events);
	em_out_discard(pieces.events);
	return 0;
}
