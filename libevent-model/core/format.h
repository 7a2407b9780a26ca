/* SPDX-License-Identifier: MIT */
/*
 * The contract between the core and a format.  A format is one file with one
 * const struct em_format and one line in formats/formats.c.
 *
 * Reading: the core calls step() until it says EM_EOF or EM_ERR.  A step
 * consumes some input through r->in and calls rd_emit() any number of times;
 * events queue in the core.  The step arena r->arena is reset before each
 * step.  What must live longer goes into r->keep or the format's state.
 *
 * Writing: the core calls event() for each event and finish() once.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include "core.h"

/*
 * A probe looks at the first bytes of the input and answers how many bits of
 * them speak for its format: 0 for none, PROBE_MORE when more input could
 * change the answer.  From PROBE_SURE on no more input is waited for, and
 * behind one that says PROBE_SETTLED no other format is asked.  At eof
 * PROBE_MORE counts as 0.  A probe for lines steps over noise lines.
 */
enum { PROBE_MORE = -1, PROBE_SURE = 1000, PROBE_SETTLED = 2000 };

/* Asks all formats; NULL when none speaks up, or, before eof, when more input
 * is wanted, which *more says.  *rival is one that has as much to say. */
const struct em_format *probe_all(struct em_str head, bool eof, int *most,
    bool *more, const struct em_format **rival);
/* How many bytes of whole lines at the start of head mean nothing to any
 * format: text, and objects of JSON that are of others. */
size_t probe_skip(struct em_str head);
/* Whether the format finds what it reads, which head starts with, behind such
 * lines.  Text may be of a format only as it follows upon other text. */
bool probe_steps_over(const struct em_format *f, struct em_str head);
/*
 * For input that is text until it is recognised: how many bytes of head are
 * text, to be passed on, because no format starts in them.  0 when more input
 * is needed to know, or when a format may start right here.
 */
size_t probe_text(struct em_str head, bool eof);

/* 8 bits a byte when head starts with lit, PROBE_MORE when it may yet. */
int probe_lit(struct em_str head, const char *lit);
/*
 * The next line of *head that starts with one of the bytes in first, after
 * optional blanks; PROBE_MORE when it is not there or not complete, 1 when
 * *line is set.  A last line without LF counts only at eof.
 */
int probe_line(
    struct em_str *head, bool eof, const char *first, struct em_str *line);
/* For XML: the local name of the root element, past BOM, declaration,
 * comments, doctype and leading noise; the slice *tag is all of its start
 * tag, so that attributes can be looked for.  Handles UTF-16.  Returns 1,
 * 0 (not XML) or PROBE_MORE. */
int probe_xml(struct em_str head, bool eof, char name[64], struct em_str *tag);
/* For JSON documents: 1 when the text starts with { or [ and one of its
 * first bytes holds "key" at depth 1 (or in the first object of an array);
 * *found says which of the NULL-terminated keys.  0 or PROBE_MORE. */
int probe_json_keys(
    struct em_str head, bool eof, const char *const *keys, int *found);

struct em_format {
	struct em_format_info info;
	int (*probe)(struct em_str head, bool eof);
	struct {
		size_t state_size; /* r->state, zeroed by the core */
		enum em_rc (*open)(struct em_reader *r);
		enum em_rc (*step)(struct em_reader *r);
		/* Instead of step: hands out one event without a copy. */
		enum em_rc (*next)(
		    struct em_reader *r, const struct em_event **ev);
		/* What em_reader_order() does; or NULL. */
		void (*order)(struct em_reader *r, const struct em_event *ev,
		    unsigned known);
		/* A line that was printed elsewhere; or NULL. */
		void (*aside)(struct em_reader *r, struct em_str line);
		void (*close)(struct em_reader *r);
	} read;
	struct {
		size_t state_size; /* w->state, zeroed by the core */
		enum em_rc (*open)(struct em_writer *w);
		enum em_rc (*event)(
		    struct em_writer *w, const struct em_event *ev);
		enum em_rc (*finish)(struct em_writer *w);
		void (*close)(struct em_writer *w);
	} write;
};

/* The table in formats.c; ends with NULL. */
extern const struct em_format *const formats[];

/* A deep copy of an event: text repaired to UTF-8, members that its kind may
 * not carry left pointing where they did. */
void event_copy(
    struct em_event *to, const struct em_event *from, struct arena *a);

/* ---- what a reading format sees ---- */

struct em_reader {
	const struct em_format *format;
	struct in *in;
	struct arena arena; /* lives for one step */
	struct arena keep; /* lives as long as the reader */
	void *state;
	const char *name; /* of the input, "" when it has none */
	struct em_error err;
	struct em_reader_opts opts;
	struct em_reader_stats stats;
	struct rd_queue *queue; /* the core's own */
};

/* Queues a copy of *ev.  Text is repaired to UTF-8, ev->line is set to the
 * input line when it is 0. */
void rd_emit(struct em_reader *r, const struct em_event *ev);
/* Queues a log event of a line that is not an event, and counts it.  With
 * --strict it is malformed: EM_ERR, to be returned. */
enum em_rc rd_noise(struct em_reader *r, struct em_str line);
/* Reports malformed input at the current line and counts it; text, when not
 * absent, is kept as a log event.  With --strict, EM_ERR, to be returned. */
enum em_rc rd_bad(struct em_reader *r, struct em_str text, const char *fmt, ...)
    EM_PRINTF(3, 4);
/* The same of a line, perhaps an earlier one, that is out of order. */
enum em_rc rd_disorder(struct em_reader *r, uint64_t line, const char *why);
/* Reports without counting: repairs, things set aside. */
void rd_warn(struct em_reader *r, const char *fmt, ...) EM_PRINTF(2, 3);
/* The input was cut: reported, and the status says truncated. */
void rd_cut(struct em_reader *r, const char *fmt, ...) EM_PRINTF(2, 3);
/* The same of a last line, which is kept as a log event. */
enum em_rc rd_cut_line(struct em_reader *r, struct em_str line);
/* A line of JSON that does not parse: malformed, or, when it is the last and
 * has no LF, cut. */
enum em_rc rd_bad_json(
    struct em_reader *r, struct em_str line, bool lf, const struct em_error *e);
/* The same of an input without a byte in it. */
void rd_empty(struct em_reader *r);
/* Emits the protocol event of a foreign stream.  producer may be absent. */
void rd_protocol(
    struct em_reader *r, struct em_str producer, struct em_str version);
/* Emits an event of that kind with no members. */
void rd_simple(struct em_reader *r, enum em_kind kind);
/*
 * Sets ev->iteration when a case of this identity was given before: 2 for
 * its second time, and so on; with -O repeats=attempts, ev->attempt instead.
 * For formats that state neither.  An iteration that is stated stays, unless
 * it or a later one was given before.
 */
void rd_repeat(struct em_reader *r, struct em_event *ev);
/* The value of -O key=value for the format, NULL when not given. */
const char *rd_option(const struct em_reader *r, const char *key);

/* ---- what a writing format sees ---- */

struct em_writer {
	const struct em_format *format;
	struct em_out *out;
	struct arena keep; /* lives as long as the writer */
	void *state;
	struct em_error err;
	struct em_writer_opts opts;
	struct em_loss lost[32];
	uint64_t replaced; /* characters, by others, in out */
	bool any; /* event was written */
};

/* Counts something that the format cannot hold; what is a literal. */
void wr_lost(struct em_writer *w, const char *what);
/* The value of -O key=value for the format, NULL when not given. */
const char *wr_option(const struct em_writer *w, const char *key);
/* out's error, carried into w. */
enum em_rc wr_status(struct em_writer *w);

#endif
