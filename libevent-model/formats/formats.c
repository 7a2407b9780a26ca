/* SPDX-License-Identifier: MIT */
/*
 * Every format, one line each.  The order decides between probes that agree
 * on the same number of bits; native comes first.
 */
#include "format.h"

/* clang-format off */
#define FORMATS \
	X(native) \
	X(junit) \
	X(libtest) \
	X(libtest_list) \
	X(libtest2) \
	X(ctrf) \
	X(jest) \
	X(mocha) \
	X(playwright) \
	X(dart) \
	X(reportlog) \
	X(cucumber) \
	X(nextestlist) \
	X(nextestlog) \
	X(difftests) \
	X(nodetest) \
	X(subunit) \
	X(subunit1) \
	X(gojson) \
	X(nunit) \
	X(xunit) \
	X(trx) \
	X(ctest) \
	X(gtestjson) \
	X(boost) \
	X(catch2) \
	X(checkxml) \
	X(teamcity) \
	X(csv) \
	X(pretty) \
	X(terse) \
	X(markdown) \
	X(github) \
	X(gcc) \
	X(chrometrace) \
	X(tap)
/* clang-format on */

#define X(name) extern const struct em_format format_##name;
FORMATS
#undef X

#define X(name) &format_##name,
const struct em_format *const formats[] = { FORMATS NULL };
#undef X
