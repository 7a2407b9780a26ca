/* SPDX-License-Identifier: MIT */
/* Lists of tests, for runners that read one. */
#include <string.h>

#include "rerun-format.h"

static void
put(struct commands *out, struct rerun_list l, const char *end)
{
	for (size_t i = 0; i < l.n; i++) {
		struct em_str name = l.v[i]->name;

		if (*end == '\n' && memchr(name.p, '\n', name.n) != NULL)
			commands_note(
			    out, name, "has a line feed: use --for null");
		em_out_write(out->list, name);
		em_out_write(out->list, (struct em_str){ end, 1 });
	}
}

void
make_names(struct commands *out, struct rerun_list l)
{
	put(out, l, "\n");
}

void
make_null(struct commands *out, struct rerun_list l)
{
	put(out, l, "");
}

void
make_list(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++) {
		const struct rerun_test *r = l.v[i];

		if (r->suite.p != NULL) {
			em_out_write(out->list, r->suite);
			em_out_puts(out->list, "\t");
		}
		if (r->suite.p != NULL && r->class_name.p != NULL) {
			em_out_write(out->list, r->class_name);
			em_out_puts(out->list, "\t");
		}
		em_out_write(out->list, r->name);
		em_out_puts(out->list, "\n");
	}
}

static void
json_member(struct em_out *out, const char *key, struct em_str s)
{
	if (s.p == NULL)
		return;
	em_out_printf(out, ",\"%s\":", key);
	em_out_json_str(out, s);
}

void
make_json(struct commands *out, struct rerun_list l)
{
	for (size_t i = 0; i < l.n; i++) {
		const struct rerun_test *r = l.v[i];

		em_out_puts(out->list, "{\"name\":");
		em_out_json_str(out->list, r->name);
		json_member(out->list, "suite", r->suite);
		json_member(out->list, "class", r->class_name);
		json_member(out->list, "variant", r->variant);
		json_member(out->list, "file", r->file);
		if (r->duration_ns != EM_UNSET)
			em_out_printf(out->list, ",\"duration_ns\":%lld",
			    (long long)r->duration_ns);
		em_out_puts(out->list, "}\n");
	}
}

/* cargo-difftests' invocation file, as the library writes it. */
void
make_difftests(struct commands *out, struct rerun_list l)
{
	bool old = out->version != NULL && strncmp(out->version, "0.5", 3) == 0;
	const char *const options[] = { old ? "version=0.5" : "version=0.6",
		NULL };
	const struct em_writer_opts wo = { .format = "difftests",
		.options = options };
	struct em_error err = { 0 };
	struct em_writer *w = em_writer_open(&wo, out->list, &err);

	for (size_t i = 0; i < l.n && w != NULL; i++) {
		const struct em_pair extra = { EM_STR(RERUN_EXTRA),
			l.v[i]->extra, false };
		struct em_event ev;

		em_event_init(&ev, EM_DISCOVER_CASE);
		ev.suite = l.v[i]->suite;
		ev.name = l.v[i]->name;
		if (extra.value.p != NULL)
			ev.properties = (struct em_pairs){ &extra, 1 };
		em_writer_event(w, &ev);
	}
	if (w == NULL || em_writer_finish(w) != EM_OK)
		out->failed = true;
	if (w != NULL)
		em_writer_close(w);
}
