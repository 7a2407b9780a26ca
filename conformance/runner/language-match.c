/* SPDX-License-Identifier: MIT */
/* Texts through automata, and one automaton held against another. */
#include <stdint.h>
#include <stdlib.h>

#include "json.h"
#include "language-states.h"

enum { PAIRS_MAX = 20000, CLASSES_MAX = 512 };

enum { AT_BEGIN = 1, AT_END = 2 };

/* The states that an automaton may be in: one flag each. */
typedef unsigned char *state_set;

/* Adds a state and all that is reached from it without a character. */
static void
add(const struct language *l, state_set set, size_t *stack, size_t s, int at)
{
	size_t depth = 0;

	stack[depth++] = s;
	while (depth != 0) {
		const struct state *t = &l->state[s = stack[--depth]];

		if (set[s])
			continue;
		set[s] = 1;
		switch (t->kind) {
		case STATE_SPLIT:
			stack[depth++] = t->b;
			stack[depth++] = t->a;
			break;
		case STATE_BEGIN:
			if (at & AT_BEGIN)
				stack[depth++] = t->a;
			break;
		case STATE_END:
			if (at & AT_END)
				stack[depth++] = t->a;
			break;
		case STATE_ACCEPT:
		case STATE_CHARS:
			break;
		}
	}
}

static bool
takes(const struct language *l, const struct state *s, uint32_t c)
{
	size_t i;

	for (i = 0; i < s->ranges; i++)
		if (l->range[s->range + i].from <= c &&
		    l->range[s->range + i].to >= c)
			return true;
	return false;
}

static void
step(const struct language *l, const unsigned char *from, state_set to,
    size_t *stack, uint32_t c)
{
	size_t i;

	memset(to, 0, l->states);
	for (i = 0; i < l->states; i++) {
		const struct state *s = &l->state[i];

		if (!from[i])
			continue;
		if (s->kind == STATE_ACCEPT)
			add(l, to, stack, i, 0);
		else if (s->kind == STATE_CHARS && takes(l, s, c))
			add(l, to, stack, s->a, 0);
	}
}

/* Whether the text may end here. */
static bool
accepts(const struct language *l, const unsigned char *set, state_set spare,
    size_t *stack, bool at_begin)
{
	size_t i, accept = 0;

	if (set[accept])
		return true;
	memset(spare, 0, l->states);
	for (i = 0; i < l->states; i++)
		if (set[i])
			add(l, spare, stack, i,
			    at_begin ? AT_BEGIN | AT_END : AT_END);
	return spare[accept];
}

bool
language_has(const struct language *l, struct slice text)
{
	const char *p = text.p, *end = text.p + text.n;
	unsigned char *sets = calloc(3, l->states), *now, *next, *swap;
	size_t *stack = malloc((2 * l->states + 2) * sizeof(*stack));
	bool has = false;

	if (sets != NULL && stack != NULL) {
		now = sets;
		next = sets + l->states;
		add(l, now, stack, l->begin, AT_BEGIN);
		/* State 0 accepts whatever follows. */
		while (p < end && !now[0]) {
			step(l, now, next, stack, language_character(&p, end));
			swap = now;
			now = next;
			next = swap;
		}
		has = accepts(l, now, sets + 2 * l->states, stack, text.n == 0);
	}
	free(sets);
	free(stack);
	return has;
}

/* A pair of sets that some text leads to, and how. */
struct pair {
	size_t from;
	uint32_t by;
	unsigned char *set; /* of a, then of b */
};

struct search {
	const struct language *a, *b;
	size_t an, bn;
	uint32_t classes[CLASSES_MAX];
	size_t class_count;
	struct pair *pair;
	size_t count;
	size_t *stack;
	unsigned char *spare;
};

static bool
add_class(struct search *s, uint32_t c)
{
	size_t i;

	for (i = 0; i < s->class_count; i++)
		if (s->classes[i] == c)
			return true;
	if (s->class_count == CLASSES_MAX)
		return false;
	s->classes[s->class_count++] = c;
	return true;
}

/*
 * Of every set of characters that neither side tells apart, one that stands
 * for it: each range begins one, and so does what follows it.
 */
static bool
add_classes(struct search *s, const struct language *l)
{
	bool ok = true;
	size_t i;

	for (i = 0; l != NULL && ok && i < l->ranges; i++) {
		ok = add_class(s, l->range[i].from);
		if (ok && l->range[i].to < CHAR_LAST)
			ok = add_class(s, l->range[i].to + 1);
	}
	return ok;
}

static bool
known(const struct search *s, const unsigned char *set)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (memcmp(s->pair[i].set, set, s->an + s->bn) == 0)
			return true;
	return false;
}

/* The pair after one more character. */
static bool
follow(struct search *s, size_t from, uint32_t c)
{
	unsigned char *old = s->pair[from].set, *set;

	if ((set = calloc(1, s->an + s->bn + 1)) == NULL)
		return false;
	if (s->a != NULL)
		step(s->a, old, set, s->stack, c);
	if (s->b != NULL)
		step(s->b, old + s->an, set + s->an, s->stack, c);
	if (known(s, set)) {
		free(set);
		return true;
	}
	s->pair[s->count++] = (struct pair){ from, c, set };
	return s->count < PAIRS_MAX;
}

static bool
differs(const struct search *s, size_t i)
{
	const unsigned char *set = s->pair[i].set;

	if (s->a != NULL && !accepts(s->a, set, s->spare, s->stack, i == 0))
		return false;
	return s->b == NULL ||
	    !accepts(s->b, set + s->an, s->spare, s->stack, i == 0);
}

static enum language_answer
spell(const struct search *s, size_t last, char **text, size_t *size)
{
	size_t n = 0, i, at;
	char one[4];

	for (i = last; i != 0; i = s->pair[i].from)
		n += json_utf8_put(one, s->pair[i].by);
	if ((*text = malloc(n + 1)) == NULL)
		return LANGUAGE_UNKNOWN;
	(*text)[n] = '\0';
	*size = n;
	for (i = last; i != 0; i = s->pair[i].from) {
		at = json_utf8_put(one, s->pair[i].by);
		n -= at;
		memcpy(*text + n, one, at);
	}
	return LANGUAGE_FOUND;
}

/* Breadth first, so that what is found is shortest. */
static enum language_answer
search(struct search *s, char **text, size_t *size)
{
	size_t i, k;

	for (i = 0; i < s->count; i++) {
		if (differs(s, i))
			return spell(s, i, text, size);
		for (k = 0; k < s->class_count; k++)
			if (!follow(s, i, s->classes[k]))
				return LANGUAGE_UNKNOWN;
	}
	return LANGUAGE_NONE;
}

static bool
prepare(struct search *s)
{
	size_t most = s->an > s->bn ? s->an : s->bn, i;
	static const char plain[] = "a0. A";

	s->pair = calloc(PAIRS_MAX + 1, sizeof(*s->pair));
	s->stack = malloc((2 * most + 2) * sizeof(*s->stack));
	s->spare = malloc(most + 1);
	if (s->pair == NULL || s->stack == NULL || s->spare == NULL ||
	    (s->pair[0].set = calloc(1, s->an + s->bn + 1)) == NULL)
		return false;
	s->count = 1;
	if (s->a != NULL)
		add(s->a, s->pair[0].set, s->stack, s->a->begin, AT_BEGIN);
	if (s->b != NULL)
		add(s->b, s->pair[0].set + s->an, s->stack, s->b->begin,
		    AT_BEGIN);
	/* Characters that people can read come first. */
	for (i = 0; plain[i] != '\0'; i++)
		add_class(s, (unsigned char)plain[i]);
	return add_classes(s, s->a) && add_classes(s, s->b);
}

enum language_answer
language_difference(const struct language *a, const struct language *b,
    char **text, size_t *size)
{
	struct search s = { .a = a,
		.b = b,
		.an = a != NULL ? a->states : 0,
		.bn = b != NULL ? b->states : 0 };
	enum language_answer answer = LANGUAGE_UNKNOWN;
	size_t i;

	if (prepare(&s))
		answer = search(&s, text, size);
	for (i = 0; i < s.count; i++)
		free(s.pair[i].set);
	free(s.pair);
	free(s.stack);
	free(s.spare);
	return answer;
}
