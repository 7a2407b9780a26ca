/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "store-tool.h"

const char *
label_size(char *buf, size_t size, uint64_t n)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	uint64_t tenths = n * 10 / 1024;
	size_t u = 0;

	if (n < 1024) {
		snprintf(buf, size, "%llu B", (unsigned long long)n);
		return buf;
	}
	while (tenths >= 10240 && u < 3) {
		tenths /= 1024;
		u++;
	}
	snprintf(buf, size, "%llu.%llu %s", (unsigned long long)(tenths / 10),
	    (unsigned long long)(tenths % 10), units[u]);
	return buf;
}

const char *
label_time(char *buf, size_t size, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(buf, size, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		snprintf(buf, size, "?");
	return buf;
}

const char *
label_state(const struct store_run *r)
{
	switch (r->state) {
	case STORE_LIVE:
		return "running";
	case STORE_CUT:
		return "incomplete";
	case STORE_DAMAGED:
		return "damaged";
	case STORE_WHOLE:
		break;
	}
	switch (r->verdict) {
	case EM_V_PASS:
		return "passed";
	case EM_V_FAIL:
		return "failed";
	case EM_V_TRUNCATED:
		return "truncated";
	case EM_V_NOTHING:
		break;
	}
	return "nothing ran";
}

const char *
label_result(char *buf, size_t size, const struct store_run *r)
{
	static const char *const what[] = { "passed", "failed", "skipped",
		"flaky", "not run", "incomplete" };
	const int64_t n[] = { r->counts.pass, r->counts.fail, r->counts.skip,
		(int64_t)r->flaky, (int64_t)r->not_run,
		(int64_t)r->incomplete };
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < 6 && used < size; i++) {
		if (n[i] <= 0 && i > 0)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%lld %s",
		    used > 0 ? ", " : "", (long long)n[i], what[i]);
	}
	return buf;
}

void
label_id(const struct cli *c, const struct store_id *id, size_t prefix)
{
	char text[STORE_ID_SIZE];

	store_id_text(id, text);
	if (!c->color || prefix >= STORE_ID_SIZE - 1)
		em_out_puts(c->out, text);
	else
		em_out_printf(c->out, "\033[1;35m%.*s\033[0m\033[2m%s\033[0m",
		    (int)prefix, text, text + prefix);
}

static void
json_time(struct em_out *out, const char *key, int64_t ns)
{
	time_t t = (time_t)(ns / 1000000000);
	char buf[40];
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		return;
	em_out_printf(out, ",\"%s\":\"%s.%09lldZ\"", key, buf,
	    (long long)(ns % 1000000000));
}

static void
json_number(struct em_out *out, const char *key, int64_t n)
{
	if (n != EM_UNSET)
		em_out_printf(out, ",\"%s\":%lld", key, (long long)n);
}

void
label_json(struct em_out *out, const struct store_run *r)
{
	char id[STORE_ID_SIZE];

	store_id_text(&r->id, id);
	em_out_printf(out, "\"run\":\"%s\"", id);
	if (!store_id_none(&r->parent)) {
		store_id_text(&r->parent, id);
		em_out_printf(out, ",\"parent_run\":\"%s\"", id);
		store_id_text(&r->root, id);
		em_out_printf(out, ",\"root_run\":\"%s\"", id);
	}
	em_out_printf(out, ",\"state\":\"%s\"", label_state(r));
	json_time(out, "started", r->started_ns);
	json_time(out, "last_used", r->written_ns);
	json_number(out, "duration_ns", r->duration_ns);
	json_number(out, "exit_code", r->exit_code);
	json_number(out, "signal", r->signal);
	json_number(out, "pass", r->counts.pass);
	json_number(out, "fail", r->counts.fail);
	json_number(out, "skip", r->counts.skip);
	json_number(out, "flaky", (int64_t)r->flaky);
	json_number(out, "not_run", (int64_t)r->not_run);
	json_number(out, "incomplete", (int64_t)r->incomplete);
	json_number(out, "events", (int64_t)r->events);
	json_number(out, "size", (int64_t)r->size);
	if (r->command != NULL) {
		em_out_puts(out, ",\"command\":");
		em_out_json_str(out, em_str(r->command));
	}
}
