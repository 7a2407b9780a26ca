/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as what a program prints, with some of it elsewhere: it is never
 * too little to be recognised, and where nothing is, all of it is text.
 */
#include <string.h>

#include "codec.h"
#include "common.h"

/* Steps over text and the end of its line; false when it is not there. */
static bool
take(struct em_str *rest, struct em_str text)
{
	if (text.n > rest->n || memcmp(rest->p, text.p, text.n) != 0)
		return false;
	*rest = str_from(*rest, text.n);
	if (str_starts(*rest, "\r\n") || em_str_eq(*rest, EM_STR("\r")))
		*rest = str_from(*rest, 1);
	if (str_starts(*rest, "\n"))
		*rest = str_from(*rest, 1);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct em_reader_opts opts = { .text = true,
		.limits = { .line_max = FUZZ_MEMORY,
		    .memory_max = FUZZ_MEMORY,
		    .depth_max = 200 } };
	struct em_str bytes = { (const char *)data, size }, rest = bytes;
	struct em_reader *r = em_reader_mem(&opts, bytes, "fuzz");
	const struct em_event *ev;
	enum em_rc rc;
	bool more, kept = true, packed;

	packed = codec_detect(bytes, &more) != CODEC_NONE;
	in_chunk(r->in, 1 + size % 61 + size / 100);
	em_reader_aside(r, str_upto(bytes, 100));
	while ((rc = em_reader_next(r, &ev)) == EM_OK) {
		if (em_reader_format(r) == NULL && !packed)
			kept =
			    kept && ev->kind == EM_LOG && take(&rest, ev->text);
		if (ev->kind == EM_CASE_START)
			em_reader_aside(r, ev->name);
	}
	fuzz_check(kept, "text is not what was printed", rest, bytes);
	if (em_reader_format(r) == NULL && !packed)
		fuzz_check(rc == EM_EOF && rest.n == 0, "text is missing", rest,
		    bytes);
	em_reader_close(r);
	return 0;
}
