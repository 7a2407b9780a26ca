/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "scan-json.h"
#include "scan-keys.h"

void
scan_text_set(struct scan_text *t, const char *p, size_t n)
{
	/* Without a mask, text that is not 0 matches nothing. */
	*t = (struct scan_text){ .text = "?" };
	if (n > sizeof(t->text))
		return;
	t->text[0] = '\0';
	memcpy(t->text, p, n);
	memset(t->mask, 0xff, n);
	t->n = (uint8_t)n;
}

/* The first two letters, the last one and the length tell nearly all names
 * apart. */
static unsigned
slot_of(struct em_str name)
{
	const unsigned char *p = (const unsigned char *)name.p;

	return (p[0] * 7u + p[1] * 31u + p[name.n - 1] + name.n * 3u) %
	    SCAN_SLOTS;
}

unsigned
scan_keys_find(const struct scan_keys *ks, struct em_str name)
{
	unsigned i, id;

	if (name.n < 2)
		return SCAN_KEY_NONE;
	for (i = slot_of(name); (id = ks->slots[i]) != SCAN_KEY_NONE;
	     i = (i + 1) % SCAN_SLOTS)
		if (em_str_eq(name, ks->name[id].word))
			break;
	return id;
}

unsigned
scan_keys_find_sub(const struct scan_keys *ks, const struct scan_key *object,
    struct em_str name)
{
	for (unsigned id = object->sub; id < object->sub + object->subs; id++)
		if (em_str_eq(name, ks->name[id].word))
			return id;
	return SCAN_KEY_NONE;
}

static struct scan_key *
add(struct scan_keys *ks, const struct em_field *f, const char *suffix)
{
	struct scan_key *k = &ks->key[ks->n];
	char *path = ks->name[ks->n].path;
	size_t in = f->in != NULL ? strlen(f->in) + 1 : 0;

	assert(ks->n < SCAN_KEYS);
	snprintf(path, sizeof(ks->name[0].path), "%s%s%s%s",
	    f->in != NULL ? f->in : "", f->in != NULL ? "." : "", f->name,
	    suffix);
	ks->name[ks->n].word = em_str(path + in);
	scan_text_set(&k->seen, NULL, SIZE_MAX);
	for (size_t i = 0; i < EM_KINDS; i++)
		k->next[i] = &ks->key[SCAN_KEY_NONE];
	k->type = (uint8_t)f->type;
	k->bit = SCAN_REST;
	k->offset = f->offset;
	k->kinds = f->kinds;
	k->required = f->required;
	if (f->in == NULL && f->offset >= offsetof(struct em_event, run) &&
	    f->offset <= offsetof(struct em_event, attempt))
		k->flags |= SCAN_VITAL;
	/* Whoever cannot tell what is required cannot be right. */
	if (strcmp(f->name, "requires") == 0)
		k->flags |= SCAN_VITAL;
	ks->n++;
	return k;
}

static void
add_top(struct scan_keys *ks)
{
	const struct em_field event = { "event", NULL, 0, 0, ~0u, ~0u };

	ks->n = SCAN_KEY_EVENT;
	add(ks, &event, "")->type = SCAN_T_EVENT;
	for (size_t i = 0; i < em_fields_count; i++) {
		const struct em_field *f = &em_fields[i];

		if (f->in != NULL)
			continue;
		if (f->type != EM_T_DATA)
			add(ks, f, "");
		if (f->type == EM_T_DATA || f->type == EM_T_BYTES)
			add(ks, f, "_b64")->type = EM_T_DATA;
	}
	ks->top = ks->n;
}

static void
add_sub(struct scan_keys *ks, const struct em_field *f,
    const struct scan_key *object)
{
	struct scan_key *k = add(ks, f, "");

	if (f->required != 0)
		k->flags |= SCAN_NEEDED;
	if (strcmp(f->in, "counts") == 0)
		k->flags |= SCAN_STATED;
	k->required &= object->required;
}

/* The members of each object, one after the other. */
static void
add_subs(struct scan_keys *ks)
{
	for (unsigned i = SCAN_KEY_EVENT; i < ks->top; i++) {
		struct scan_key *k = &ks->key[i];

		if (k->type != EM_T_OBJECT)
			continue;
		k->sub = (uint8_t)ks->n;
		for (size_t j = 0; j < em_fields_count; j++)
			if (em_fields[j].in != NULL &&
			    strcmp(em_fields[j].in, ks->name[i].path) == 0)
				add_sub(ks, &em_fields[j], k);
		k->subs = (uint8_t)(ks->n - k->sub);
	}
}

static bool
among(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (names[i] != NULL && strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static uint8_t
plain_of(unsigned type, bool ignored)
{
	switch (type) {
	case EM_T_STR:
	case EM_T_BYTES:
		return ignored ? SCAN_PLAIN_UNREAD : SCAN_PLAIN_STRING;
	case EM_T_INT:
	case EM_T_COUNT:
		return ignored ? SCAN_PLAIN_SKIPPED : SCAN_PLAIN_INT;
	case EM_T_OUTCOME:
		return SCAN_PLAIN_OUTCOME;
	default:
		return SCAN_PLAIN_NOT;
	}
}

/* One of several, of which an event must have one. */
static bool
is_choice(const struct scan_keys *ks, unsigned id)
{
	static const char *const choices[][SCAN_CHOICE] = {
		{ "text", "text_b64" },
		{ "path", "url", "data_b64" },
	};
	bool choice = false;

	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		choice |= among(ks->name[id].path, choices[i], SCAN_CHOICE);
	return choice;
}

static void
add_need(struct scan_keys *ks, unsigned id)
{
	struct scan_key *k = &ks->key[id];
	bool choice = is_choice(ks, id);

	if (choice)
		k->flags |= SCAN_CHOSEN;
	for (unsigned kind = 0; kind < EM_KINDS; kind++)
		if (choice && k->kinds >> kind & 1)
			ks->choice[kind] |= k->bit;
		else if (k->required >> kind & 1)
			ks->need[kind] |= k->bit;
}

/* Bits for keys that must be there, or for those that lines are full of, as
 * far as there are any. */
static void
share_bits(struct scan_keys *ks, bool needed)
{
	unsigned n = 0;

	while (ks->of_bit[n] != SCAN_KEY_NONE)
		n++;
	for (unsigned id = SCAN_KEY_EVENT; id < ks->n; id++) {
		struct scan_key *k = &ks->key[id];
		bool usual = k->type == EM_T_TIME ||
		    plain_of(k->type, false) != SCAN_PLAIN_NOT;
		bool must = k->required != 0 || is_choice(ks, id) ||
		    (k->flags & SCAN_NEEDED) != 0;

		if (needed ? !must : must || !usual || n == 63)
			continue;
		assert(n < 63);
		k->bit = UINT64_C(1) << n;
		ks->of_bit[n++] = (uint8_t)id;
	}
}

static void
set_plain(struct scan_keys *ks, const char *const *ignore)
{
	for (unsigned id = SCAN_KEY_NONE; id < ks->n; id++) {
		bool ignored = false;

		for (size_t i = 0; ignore != NULL && ignore[i] != NULL; i++)
			ignored |= strcmp(ks->name[id].path, ignore[i]) == 0;
		ks->key[id].plain = plain_of(ks->key[id].type, ignored);
	}
}

/* `text` and `text_b64` are two spellings of one field. */
static void
share_fields(struct scan_keys *ks)
{
	for (unsigned id = SCAN_KEY_EVENT; id < ks->n; id++) {
		struct scan_key *k = &ks->key[id];

		k->field = k->type == EM_T_OUTCOME ? 0 : k->bit;
		if (k->type == EM_T_DATA && k[-1].type == EM_T_BYTES)
			k->field = k[-1].field |= k->bit;
	}
}

void
scan_keys_make(struct scan_keys *ks, const char *const *ignore)
{
	*ks = (struct scan_keys){ 0 };
	scan_text_set(&ks->key[SCAN_KEY_NONE].seen, NULL, SIZE_MAX);
	add_top(ks);
	add_subs(ks);
	share_bits(ks, true);
	share_bits(ks, false);
	share_fields(ks);
	set_plain(ks, ignore);
	for (unsigned id = SCAN_KEY_EVENT; id < ks->top; id++) {
		unsigned i = slot_of(ks->name[id].word);

		while (ks->slots[i] != 0)
			i = (i + 1) % SCAN_SLOTS;
		ks->slots[i] = (uint8_t)id;
		if (id != SCAN_KEY_EVENT)
			add_need(ks, id);
	}
	/* Where it is good the kind is known. */
	ks->need[EM_UNKNOWN] = ks->key[SCAN_KEY_EVENT].bit;
	for (size_t i = 0; i < SCAN_KIND_SLOTS; i++)
		ks->kind_slots[i] = &ks->kind[EM_UNKNOWN];
	for (unsigned kind = 0; kind < EM_KINDS; kind++) {
		char quoted[32];
		int n = snprintf(quoted, sizeof(quoted), "\"%s\"",
		    kind == EM_UNKNOWN ? "" : em_kind_name(kind).p);

		scan_text_set(&ks->kind[kind], quoted, (size_t)n);
		ks->kind[kind].kind = (uint8_t)kind;
	}
}
