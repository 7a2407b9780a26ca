/* SPDX-License-Identifier: MIT */
/* Converters: events in, documents of other formats out, and back. */
#include <stdlib.h>

#include "doc.h"
#include "drive.h"
#include "judge-output.h"

static const struct {
	const char *format;
	bool (*check)(
	    struct slice doc, const struct json *wanted, struct buf *why);
} checks[] = {
	{ "junit", doc_junit },
	{ "tap", doc_tap },
};

enum { CHECKS = sizeof(checks) / sizeof(*checks) };

/* What the testee calls a format. */
static const char *
called(const struct run *run, const char *format)
{
	const char *name = sut_value(&run->sut->formats, format);

	return name != NULL ? name : format;
}

/* Runs the testee on the input; false: said in v. */
static bool
convert(const struct run *run, const struct conf_case *c, struct slice input,
    const char *from, const char *to, struct drive *d, struct proc_result *r,
    struct verdict *v)
{
	const char *pairs[] = { "{from}", called(run, from), "{to}",
		called(run, to), NULL };
	struct strings words = sut_words(&run->sut->command, pairs);
	bool ok = drive_run(d, run, c, input, &words, r, v);

	strings_free(&words);
	return ok;
}

static void
check_doc(const struct conf_case *c, const char *format, const char *file,
    struct slice doc, struct verdict *v)
{
	struct buf b = { 0 }, why = { 0 };
	struct json *wanted = NULL;
	size_t i = 0;

	while (i < CHECKS && strcmp(checks[i].format, format) != 0)
		i++;
	if (i == CHECKS)
		verdict_say(v, V_ERROR, "no format \"%s\"", format);
	else if (!case_file(c, file, &b, &why))
		verdict_say(v, V_ERROR, "%s", buf_str(&why));
	else if ((wanted = json_parse(b.p, b.n, NULL)) == NULL)
		verdict_say(v, V_ERROR, "%s is no JSON", file);
	else if (!checks[i].check(doc, wanted, &why)) {
		verdict_say(v, V_FAIL, "%s, %s", format, buf_str(&why));
		buf_free(&v->expected);
		buf_add(&v->expected, b.p, b.n);
	}
	json_free(wanted);
	buf_free(&b);
	buf_free(&why);
}

/* An event stream to a document, which has to say what is in file (NULL: it is
 * not looked at). */
static void
convert_to(const struct run *run, const struct conf_case *c,
    const struct sample *s, const char *format, const char *file,
    struct verdict *v)
{
	struct proc_result r = { .end = PROC_EXITED };
	struct drive d;

	if (convert(run, c, s->input, "test-events", format, &d, &r, v) &&
	    drive_judge(&d, &r, v) && judge_class(run, &r, s->expect, v) &&
	    judge_words(&r, s->expect, v) && file != NULL)
		check_doc(c, format, file, buf_slice(&r.out), v);
	proc_result_free(&r);
}

static void
there_and_back(const struct run *run, const struct conf_case *c,
    const struct sample *s, struct verdict *v)
{
	const char *format = s->expect->roundtrip;
	struct proc_result there = { .end = PROC_EXITED };
	struct proc_result back = { .end = PROC_EXITED };
	struct json *got = NULL;
	struct drive d;

	if (convert(run, c, s->input, "test-events", format, &d, &there, v) &&
	    convert(run, c, buf_slice(&there.out), format, "test-events", &d,
		&back, v) &&
	    (got = reference_digest(run, c, buf_slice(&back.out), v)) != NULL)
		judge_digest(s, got, v);
	json_free(got);
	proc_result_free(&there);
	proc_result_free(&back);
}

static void
one(const struct run *run, const struct conf_case *c, const struct sample *s,
    struct verdict *v)
{
	const struct json *to = s->expect->to;

	for (size_t i = 0; to != NULL && i < to->count; i++) {
		struct slice f = json_text(json_at(to, i), "format");
		struct slice p = json_text(json_at(to, i), "file");
		char *format = xstrndup(f.p != NULL ? f.p : "", f.n);
		char *path = p.p != NULL ? xstrndup(p.p, p.n) : NULL;

		if (v->reason == NULL)
			convert_to(run, c, s, format, path, v);
		free(format);
		free(path);
	}
	if (s->expect->roundtrip != NULL && v->reason == NULL)
		there_and_back(run, c, s, v);
	/* Where the document does not matter, any format will do. */
	if (to == NULL && s->expect->roundtrip == NULL)
		convert_to(run, c, s, "tap", NULL, v);
}

int
role_converter(
    const struct run *run, const struct conf_case *c, struct verdict *v)
{
	inputs_each(run, c, one, v);
	return 0;
}
