/* SPDX-License-Identifier: MIT */
#include "jsonout.h"

void
jo_element(struct jsonout *j)
{
	if (j->comma)
		out_byte(j->out, ',');
	j->comma = true;
}

void
jo_key(struct jsonout *j, struct em_str key)
{
	jo_element(j);
	em_out_json_str(j->out, key);
	out_byte(j->out, ':');
}

void
jo_enter(struct jsonout *j, char bracket)
{
	out_byte(j->out, bracket);
	j->comma = false;
}

void
jo_leave(struct jsonout *j, char bracket)
{
	out_byte(j->out, bracket);
	j->comma = true;
}

void
jo_str(struct jsonout *j, const char *key, struct em_str value)
{
	if (value.p == NULL)
		return;
	jo_key(j, em_str(key));
	em_out_json_str(j->out, value);
}

void
jo_int(struct jsonout *j, const char *key, int64_t value)
{
	jo_key(j, em_str(key));
	out_i64(j->out, value);
}

void
jo_raw(struct jsonout *j, const char *key, struct em_str value)
{
	jo_key(j, em_str(key));
	em_out_write(j->out, value);
}

void
jo_list(struct jsonout *j, const char *key)
{
	jo_key(j, em_str(key));
	jo_enter(j, '[');
}

void
jo_object(struct jsonout *j, const char *key)
{
	jo_key(j, em_str(key));
	jo_enter(j, '{');
}
