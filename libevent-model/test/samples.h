/* SPDX-License-Identifier: MIT */
/* What tests of foreign formats share beyond format_bed.h. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "format_bed.h"

enum { SAMPLE_SAYS = 12 };

/* An input, and parts that the events it gives hold, in this order. */
struct sample {
	const char *what; /* it is about */
	const char *in;
	const char *says[SAMPLE_SAYS];
};

/*
 * Fails unless each NAME.jsonl of the directory is what reading NAME with the
 * suffix gives, recognised as the format, however it is cut into reads.
 */
void samples_match(const char *dir, const char *suffix, const char *format);
/* Fails unless the input is recognised and says all that. */
void sample_says(const struct sample *s, const char *format);
/* Fails unless native text comes back the same from the format. */
void sample_returns(const char *format, const char *native);
/* Fails unless testdata/roundtrip/full.jsonl comes back as it should. */
void samples_round(const char *format);
/*
 * Reads each file of the directory cut short at some hundred places: it must
 * never look complete, and the more there is the more cases there are.
 */
void samples_cut(const char *dir, const char *suffix, const char *format);

#endif
