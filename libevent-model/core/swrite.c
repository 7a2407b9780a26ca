/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "swrite.h"

static const size_t event_memory_max = (size_t)1 << 30;

void
sw_open(struct swrite *s)
{
	arena_init(&s->arena, event_memory_max);
	live_init(&s->live);
	s->base_ns = EM_UNSET;
}

static void
count_unknown(struct em_writer *w, const struct em_event *ev)
{
	if (ev->kind == EM_UNKNOWN)
		wr_lost(w, "unknown events");
	for (size_t i = 0; i < ev->extra.n; i++)
		wr_lost(w, "unknown members");
}

static bool
is_failure(const struct em_event *ev)
{
	return ev->outcome == EM_FAIL || ev->outcome == EM_INVALID;
}

void
sw_event(struct em_writer *w, struct swrite *s, const struct em_event *ev)
{
	arena_reset(&s->arena);
	count_unknown(w, ev);
	if (ev->kind != EM_UNKNOWN && (LIFE_KINDS & 1u << ev->kind))
		life_event(&s->life, ev, &s->stats);
	switch (ev->kind) {
	case EM_PROTOCOL:
		failing_free(&s->failing);
		s->suite_failed = false;
		s->base_ns = EM_UNSET;
		if (ev->time_ns != EM_UNSET)
			s->base_ns = ev->elapsed_ns == EM_UNSET
			    ? ev->time_ns
			    : ev->time_ns - ev->elapsed_ns;
		break;
	case EM_CASE_COMPLETE:
		failing_attempt(&s->failing, ev, is_failure(ev));
		break;
	case EM_SUITE_COMPLETE:
		s->suite_failed |= is_failure(ev);
		break;
	default:
		break;
	}
}

int64_t
sw_wall(const struct swrite *s, const struct em_event *ev)
{
	int64_t ns;

	if (ev->time_ns != EM_UNSET)
		return ev->time_ns;
	if (ev->elapsed_ns == EM_UNSET || s->base_ns == EM_UNSET ||
	    __builtin_add_overflow(s->base_ns, ev->elapsed_ns, &ns))
		return EM_UNSET;
	return ns;
}

int64_t
sw_time(const struct swrite *s, const struct em_event *ev)
{
	int64_t ns = sw_wall(s, ev);

	return ns == EM_UNSET && s->base_ns == EM_UNSET ? ev->elapsed_ns : ns;
}

bool
sw_fails_alone(const struct swrite *s, const struct em_event *ev)
{
	return is_failure(ev) &&
	    (ev->kind == EM_SUITE_COMPLETE ||
		(!failing_any(&s->failing) && !s->suite_failed &&
		    live_first(&s->live) == NULL));
}

bool
sw_cut(const struct swrite *s)
{
	return life_open(&s->life);
}

void
sw_lost_members(struct em_writer *w, const struct em_event *ev)
{
	static const char *const shown[] = { "run", "suite", "elapsed_ns",
		"time", "total", "duration_ns", "outcome", "pass", "fail",
		"skip" };

	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];
		size_t k = 0;

		if (!(f->kinds & 1u << ev->kind) || f->type == EM_T_OBJECT ||
		    !em_field_present(f, ev))
			continue;
		while (k < ARRAY_LEN(shown) && strcmp(shown[k], f->name) != 0)
			k++;
		if (k == ARRAY_LEN(shown))
			wr_lost(w, "facts about runs and suites");
	}
}

enum em_rc
sw_status(struct em_writer *w, const struct swrite *s)
{
	if (s->live.failed || s->arena.failed)
		return err_set(&w->err, EM_E_MEMORY, 0, "out of memory");
	return wr_status(w);
}

void
sw_close(struct swrite *s)
{
	live_free(&s->live);
	carry_free(&s->carry);
	arena_free(&s->arena);
	life_free(&s->life);
	failing_free(&s->failing);
}
