/* SPDX-License-Identifier: MIT */
/* Service messages as the writer puts them together. */
#include "plain.h"
#include "teamcity.h"

/* TeamCity cuts what is longer. */
enum { PROBLEM_MAX = 4000 };

void
tc_put_begin(struct em_writer *w, const char *name)
{
	em_out_puts(w->out, TC_START);
	em_out_puts(w->out, name);
}

void
tc_put_attr(struct em_writer *w, const char *name, struct em_str value)
{
	if (value.p == NULL)
		return;
	out_byte(w->out, ' ');
	em_out_puts(w->out, name);
	em_out_puts(w->out, "='");
	tc_escape(w->out, value);
	out_byte(w->out, '\'');
}

/* yyyy-MM-ddTHH:mm:ss.SSS+0000, what Java reads as a time with its zone. */
void
tc_put_time(struct em_writer *w, int64_t ns)
{
	char buf[48];
	size_t n;

	if (ns == EM_UNSET)
		return;
	n = text_time(buf, ns, 3);
	em_out_puts(w->out, " timestamp='");
	em_out_write(w->out, (struct em_str){ buf, n - 1 });
	em_out_puts(w->out, "+0000'");
}

void
tc_put_carried(
    struct em_writer *w, struct teamcity_writer *t, const struct em_event *ev)
{
	struct em_event rest = *ev;

	rest.raw = (struct em_str){ NULL, 0 };
	rest.extra = (struct em_members){ NULL, 0 };
	rest.time_ns = rest.elapsed_ns = EM_UNSET;
	rest.worker = (struct em_str){ NULL, 0 };
	tc_put_attr(w, TC_CARRY, carry_put(&t->common.carry, &rest));
}

void
tc_put_end(struct em_writer *w)
{
	em_out_puts(w->out, "]\n");
}

void
tc_put_test(struct em_writer *w, struct teamcity_writer *t, const char *name,
    const struct live_case *c, const struct em_event *ev)
{
	tc_put_begin(w, name);
	tc_put_attr(
	    w, "name", plain_dotted(&t->common.arena, &c->start, false));
	tc_put_attr(w, "flowId", c->label);
	tc_put_time(w, sw_wall(&t->common, ev));
}

struct em_str
tc_cut(struct em_str s, size_t max)
{
	if (s.n <= max)
		return s;
	s.n = max;
	while (s.n > 0 && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

void
tc_put_problem(struct em_writer *w, struct teamcity_writer *t,
    struct em_str description, const struct em_event *ev)
{
	tc_put_begin(w, "buildProblem");
	tc_put_attr(w, "description", tc_cut(description, PROBLEM_MAX));
	tc_put_time(w, sw_wall(&t->common, ev));
	tc_put_carried(w, t, ev);
	tc_put_end(w);
}
