/* SPDX-License-Identifier: MIT */
/* JSON numbers compared by value, in decimal, without rounding. */
#include <limits.h>

#include "json.h"

/*
 * 0.D1 D2 D3 ... times ten to the power of `point`: the digits are those of
 * the text from the first to the last that is not 0, the dot left out.
 */
struct decimal {
	bool negative;
	const char *digits;
	size_t n; /* characters, a dot among them counted */
	long long point;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Stays where it cannot overflow; texts are shorter than that is large. */
static long long
exponent(const char *p, const char *end)
{
	long long v = 0;
	bool negative = p < end && *p == '-';

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	for (; p < end; p++)
		if (v < LLONG_MAX / 100)
			v = 10 * v + (*p - '0');
	return negative ? -v : v;
}

static struct decimal
decimal_of(struct slice s)
{
	struct decimal d = { false, s.p, 0, 0 };
	const char *p = s.p, *end = s.p + s.n, *first = NULL, *last = NULL;
	long long before = 0;
	bool dot = false;

	if (p < end && *p == '-') {
		d.negative = true;
		p++;
	}
	for (; p < end && (*p == '.' || is_digit(*p)); p++) {
		if (*p == '.') {
			dot = true;
			continue;
		}
		if (*p != '0') {
			if (first == NULL)
				first = p;
			last = p;
		}
		if (first != NULL && !dot)
			before++;
		else if (first == NULL && dot)
			before--;
	}
	if (first == NULL)
		return (struct decimal){ false, s.p, 0, 0 };
	d.digits = first;
	d.n = (size_t)(last - first) + 1;
	d.point = before + (p < end ? exponent(p + 1, end) : 0);
	return d;
}

static char
next_digit(struct decimal *d)
{
	while (d->n != 0) {
		d->n--;
		if (*d->digits++ != '.')
			return d->digits[-1];
	}
	return '0';
}

static int
compare_size(struct decimal a, struct decimal b)
{
	char x, y;

	if (a.n == 0 || b.n == 0)
		return (a.n != 0) - (b.n != 0);
	if (a.point != b.point)
		return a.point > b.point ? 1 : -1;
	while (a.n != 0 || b.n != 0) {
		x = next_digit(&a);
		y = next_digit(&b);
		if (x != y)
			return x > y ? 1 : -1;
	}
	return 0;
}

int
json_number_compare(struct slice a, struct slice b)
{
	struct decimal x = decimal_of(a), y = decimal_of(b);

	if (x.negative != y.negative)
		return x.negative ? -1 : 1;
	return x.negative ? compare_size(y, x) : compare_size(x, y);
}

bool
json_number_integral(struct slice s)
{
	struct decimal d = decimal_of(s);
	long long digits = 0;

	while (d.n != 0) {
		next_digit(&d);
		digits++;
	}
	return digits == 0 || digits <= d.point;
}
