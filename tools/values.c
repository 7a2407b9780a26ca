/* SPDX-License-Identifier: MIT */
/* Values of options: sizes, durations, numbers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

bool
cli_number(const struct cli *c, const char *arg, long min, long max, long *n)
{
	char *end;

	errno = 0;
	*n = strtol(arg, &end, 10);
	if (errno == 0 && end != arg && *end == '\0' && *n >= min && *n <= max)
		return true;
	cli_usage(c, "bad number \"%s\", it is %ld to %ld", arg, min, max);
	return false;
}

bool
cli_size(const struct cli *c, const char *arg, size_t *n)
{
	static const char units[] = "kMGT";
	unsigned long long v;
	unsigned shift = 0;
	const char *unit;
	char *end;

	errno = 0;
	v = strtoull(arg, &end, 10);
	if (end != arg && *end != '\0') {
		unit = strchr(units, *end == 'K' ? 'k' : *end);
		if (unit != NULL) {
			shift = 10 * (unsigned)(unit - units + 1);
			end++;
		}
	}
	if (errno != 0 || end == arg || *end != '\0' || *arg == '-' || v == 0 ||
	    v > SIZE_MAX >> shift) {
		cli_usage(c,
		    "bad size \"%s\", it is a number, k, M or G after "
		    "it if wanted",
		    arg);
		return false;
	}
	*n = (size_t)v << shift;
	return true;
}

bool
cli_duration(const struct cli *c, const char *arg, int64_t *ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 },
		{ "", 1e9 }, { "m", 60e9 }, { "min", 60e9 }, { "h", 3600e9 },
		{ "d", 86400e9 } };
	char *end;
	double v = strtod(arg, &end);

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (end != arg && strcmp(end, units[i].unit) == 0 && v >= 0 &&
		    v * units[i].ns < 9e18) {
			*ns = (int64_t)(v * units[i].ns + 0.5);
			return true;
		}
	cli_usage(c, "bad duration \"%s\", it is like 90s, 1.5m or 200ms", arg);
	return false;
}

int
cli_choice(const struct cli *c, const char *option, const char *word,
    const char *const *list)
{
	char all[200] = "";
	size_t n = 0;

	for (int i = 0; list[i] != NULL; i++) {
		if (strcmp(word, list[i]) == 0)
			return i;
		if (n < sizeof(all))
			n += (size_t)snprintf(
			    all + n, sizeof(all) - n, " %s", list[i]);
	}
	cli_usage(c, "bad %s \"%s\", it is one of%s", option, word, all);
	return -1;
}
