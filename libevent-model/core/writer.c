/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "out.h"

static const size_t memory_max = (size_t)1 << 30;

static const struct em_format *
find_writer(const char *name, struct em_error *err)
{
	char list[400];
	size_t n = 0;

	for (size_t i = 0; formats[i] != NULL; i++) {
		const struct em_format_info *info = &formats[i]->info;

		if (!(info->flags & EM_FMT_WRITE))
			continue;
		if (strcmp(info->name, name) == 0)
			return formats[i];
		if (n < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n,
			    "%s%s", n > 0 ? " " : "", info->name);
	}
	err_set(err, EM_E_USAGE, 0,
	    "unknown output format \"%s\" (can write %s)", name, list);
	return NULL;
}

static bool
has_option(const struct em_format_info *info, struct em_str key)
{
	const struct em_format_option *o = info->options;

	for (; o != NULL && o->key != NULL; o++)
		if (str_eq(key, o->key))
			return true;
	return false;
}

/* An option is good when the format knows it, or when some format that is
 * read does: the same list goes to reader and writer. */
static bool
check_option(
    const struct em_format *f, const char *option, struct em_error *err)
{
	struct em_str rest = em_str(option), key;
	char list[400] = "";
	size_t n = 0;

	if (!str_cut(&rest, '=', &key)) {
		err_set(err, EM_E_USAGE, 0,
		    "bad option \"%s\", the form is key=value", option);
		return false;
	}
	if (has_option(&f->info, key) || str_eq(key, "repeats"))
		return true;
	for (size_t i = 0; formats[i] != NULL; i++)
		if ((formats[i]->info.flags & EM_FMT_READ) &&
		    has_option(&formats[i]->info, key))
			return true;
	for (const struct em_format_option *o = f->info.options;
	     o != NULL && o->key != NULL && n < sizeof(list); o++)
		n +=
		    (size_t)snprintf(list + n, sizeof(list) - n, " %s", o->key);
	err_set(err, EM_E_USAGE, 0,
	    "format \"%s\" has no option \"%.*s\" (it has%s)", f->info.name,
	    (int)(key.n < 100 ? key.n : 100), key.p, n > 0 ? list : " none");
	return false;
}

struct em_writer *
em_writer_open(
    const struct em_writer_opts *opts, struct em_out *out, struct em_error *err)
{
	static const struct em_writer_opts none;
	const struct em_format *f;
	struct em_writer *w;

	if (opts == NULL)
		opts = &none;
	f = find_writer(opts->format != NULL ? opts->format : "native", err);
	if (f == NULL)
		return NULL;
	for (const char *const *o = opts->options; o != NULL && *o != NULL; o++)
		if (!check_option(f, *o, err))
			return NULL;
	w = calloc(1, sizeof(*w));
	if (w == NULL ||
	    (w->state = calloc(1, f->write.state_size + 1)) == NULL) {
		free(w);
		err_set(err, EM_E_MEMORY, 0, "out of memory");
		return NULL;
	}
	w->format = f;
	w->out = out;
	w->replaced = out_replaced(out);
	w->opts = *opts;
	arena_init(&w->keep, memory_max);
	if (f->write.open != NULL && f->write.open(w) != EM_OK) {
		if (err != NULL)
			*err = w->err;
		em_writer_close(w);
		return NULL;
	}
	return w;
}

enum em_rc
wr_status(struct em_writer *w)
{
	const struct em_error *e = em_out_error(w->out);

	if (e != NULL && w->err.code == EM_E_NONE)
		w->err = *e;
	if (w->keep.failed)
		err_set(&w->err, EM_E_LIMIT, 0,
		    "output needs more than the limit of memory");
	return w->err.code == EM_E_NONE ? EM_OK : EM_ERR;
}

static void
count_lost(struct em_writer *w, const char *what, uint64_t n)
{
	struct em_loss *l = w->lost;

	/* The last place stays free: it ends the list. */
	for (size_t i = 0; i + 1 < ARRAY_LEN(w->lost); i++, l++)
		if (l->what == NULL || l->what == what ||
		    strcmp(l->what, what) == 0) {
			l->what = what;
			l->count += n;
			return;
		}
}

void
wr_lost(struct em_writer *w, const char *what)
{
	count_lost(w, what, 1);
}

enum em_rc
em_writer_event(struct em_writer *w, const struct em_event *ev)
{
	if (w->err.code != EM_E_NONE)
		return EM_ERR;
	w->any = true;
	if (w->format->write.event(w, ev) != EM_OK)
		return EM_ERR;
	return wr_status(w);
}

/* A report with no tests in it is taken for a good one, but nothing at all was
 * a run that was cut before its first word. */
static enum em_rc
write_nothing(struct em_writer *w)
{
	struct em_event ev;

	em_event_init(&ev, EM_PROTOCOL);
	ev.version = EM_STR(EM_PROTOCOL_VERSION);
	return em_writer_event(w, &ev);
}

enum em_rc
em_writer_finish(struct em_writer *w)
{
	if (w->err.code != EM_E_NONE)
		return EM_ERR;
	if (!w->any && w->format != formats[0] && write_nothing(w) != EM_OK)
		return EM_ERR;
	if (w->format->write.finish != NULL &&
	    w->format->write.finish(w) != EM_OK)
		return EM_ERR;
	if (out_replaced(w->out) > w->replaced)
		count_lost(w, "characters that the format does not have",
		    out_replaced(w->out) - w->replaced);
	return wr_status(w);
}

const struct em_error *
em_writer_error(const struct em_writer *w)
{
	return w->err.code == EM_E_NONE ? NULL : &w->err;
}

const struct em_loss *
em_writer_lost(const struct em_writer *w)
{
	return w->lost;
}

void
em_writer_close(struct em_writer *w)
{
	if (w == NULL)
		return;
	if (w->format->write.close != NULL)
		w->format->write.close(w);
	arena_free(&w->keep);
	free(w->state);
	free(w);
}

bool
em_format_info(size_t i, struct em_format_info *info)
{
	for (size_t k = 0; k <= i; k++)
		if (formats[k] == NULL)
			return false;
	*info = formats[i]->info;
	return true;
}

bool
em_format_find(const char *name, struct em_format_info *info)
{
	for (size_t i = 0; em_format_info(i, info); i++)
		if (strcmp(info->name, name) == 0)
			return true;
	return false;
}
