/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "diff.h"

enum { EXACT_MAX = 8 };

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
stats_median(double *v, size_t n)
{
	if (n == 0)
		return NAN;
	qsort(v, n, sizeof(*v), compare);
	return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

void
stats_interval(const double *sorted, size_t n, double *low, double *high)
{
	double tail, term = pow(0.5, (double)n);
	size_t k = 0;

	*low = *high = NAN;
	/* Where 2^-n is nothing to a double, the normal approximation. */
	if (n > 1000) {
		k = (size_t)((double)n / 2 - 0.98 * sqrt((double)n));
		*low = sorted[k - 1];
		*high = sorted[n - k];
		return;
	}
	/* The largest k with P(Binomial(n, 1/2) < k) <= 2.5 %. */
	for (tail = term; tail <= 0.025 && k < n / 2; tail += term) {
		term = term * (double)(n - k) / (double)(k + 1);
		k++;
	}
	if (k == 0)
		return;
	*low = sorted[k - 1];
	*high = sorted[n - k];
}

struct ranked {
	double v;
	bool first; /* of the first sample */
};

static int
compare_ranked(const void *a, const void *b)
{
	return compare(
	    &((const struct ranked *)a)->v, &((const struct ranked *)b)->v);
}

/* The sum of the ranks of the first sample; *ties is the sum of t^3-t. */
static double
rank_sum(struct ranked *all, size_t n, double *ties)
{
	double sum = 0;
	size_t end;

	*ties = 0;
	qsort(all, n, sizeof(*all), compare_ranked);
	for (size_t i = 0; i < n; i = end) {
		double t, rank;

		for (end = i + 1; end < n && all[end].v == all[i].v; end++)
			;
		t = (double)(end - i);
		rank = (double)(i + 1 + end) / 2;
		*ties += t * t * t - t;
		for (size_t k = i; k < end; k++)
			sum += all[k].first ? rank : 0;
	}
	return sum;
}

/*
 * P(U >= u) for samples of a and b without ties: of the C(a+b,a) orders, how
 * many have each U.  The generating function is the Gaussian binomial: the
 * product of (1-q^(b+i))/(1-q^i) for i = 1..a.
 */
static double
exact_tail(size_t a, size_t b, double u)
{
	size_t max = a * b;
	double *f = calloc(max + 1, sizeof(*f)), all = 0, tail = 0;

	if (f == NULL)
		return NAN;
	f[0] = 1;
	for (size_t i = 1; i <= a; i++) {
		for (size_t k = max; k >= b + i; k--)
			f[k] -= f[k - b - i];
		for (size_t k = i; k <= max; k++)
			f[k] += f[k - i];
	}
	for (size_t k = 0; k <= max; k++) {
		all += f[k];
		if ((double)k >= u)
			tail += f[k];
	}
	free(f);
	return tail / all;
}

double
stats_mann_whitney(const double *x, size_t nx, const double *y, size_t ny)
{
	struct ranked *all;
	double ties, u, mean, n, variance, p;

	if (nx == 0 || ny == 0)
		return NAN;
	all = calloc(nx + ny, sizeof(*all));
	if (all == NULL)
		return NAN;
	for (size_t i = 0; i < nx + ny; i++)
		all[i] = i < nx ? (struct ranked){ x[i], true }
				: (struct ranked){ y[i - nx], false };
	u = rank_sum(all, nx + ny, &ties) - (double)(nx * (nx + 1)) / 2;
	free(all);
	mean = (double)nx * (double)ny / 2;
	u = u > mean ? u : 2 * mean - u;
	n = (double)(nx + ny);
	if (ties == 0 && (nx <= EXACT_MAX || ny <= EXACT_MAX)) {
		p = 2 *
		    (nx <= ny ? exact_tail(nx, ny, u) : exact_tail(ny, nx, u));
	} else {
		variance = mean / 6 * (n + 1 - ties / (n * (n - 1)));
		if (variance <= 0)
			return 1;
		p = erfc((u - mean - 0.5) / sqrt(variance) / sqrt(2));
	}
	return p > 1 ? 1 : p;
}
