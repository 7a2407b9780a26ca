/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "xmlclean.h"

static const char replacement[] = "\xef\xbf\xbd";

void
xmldecode_init(struct xmldecode *d)
{
	*d = (struct xmldecode){ .cd = (iconv_t)-1 };
}

void
xmldecode_free(struct xmldecode *d)
{
	if (d->cd != (iconv_t)-1)
		iconv_close(d->cd);
	d->cd = (iconv_t)-1;
}

static bool
set_encoding(struct xmldecode *d, const char *name)
{
	d->unit = 1;
	d->cd = iconv_open("UTF-8", name);
	d->mode = d->cd != (iconv_t)-1 ? XMLDECODE_ICONV : XMLDECODE_PASS;
	return d->mode == XMLDECODE_ICONV;
}

static const struct {
	struct em_str bytes;
	const char *name;
	unsigned char unit;
	bool bom;
} heads[] = {
	{ EM_STR("\xff\xfe\0\0"), "UTF-32LE", 4, true },
	{ EM_STR("\0\0\xfe\xff"), "UTF-32BE", 4, true },
	{ EM_STR("\xff\xfe"), "UTF-16LE", 2, true },
	{ EM_STR("\xfe\xff"), "UTF-16BE", 2, true },
	{ EM_STR("<\0"), "UTF-16LE", 2, false },
	{ EM_STR("\0<"), "UTF-16BE", 2, false },
};

/* Decides by the first four bytes, which are held. */
static void
sniff(struct xmldecode *d)
{
	struct em_str head = { d->hold, d->held };

	d->mode = XMLDECODE_PASS;
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		struct em_str bytes = heads[i].bytes;

		if (!em_str_eq(str_upto(head, bytes.n), bytes))
			continue;
		set_encoding(d, heads[i].name);
		d->unit = heads[i].unit;
		if (heads[i].bom) {
			d->held -= bytes.n;
			memmove(d->hold, d->hold + bytes.n, d->held);
		}
		return;
	}
}

/* Converts from *raw; how many bytes it made.  *cut is set when raw ends
 * within a character. */
static size_t
convert(struct xmldecode *d, struct em_str *raw, char *out, size_t size,
    bool last, bool *cut)
{
	char *in = (char *)(uintptr_t)raw->p, *to = out;
	size_t left = size, bad;

	*cut = false;
	while (raw->n > 0 &&
	    iconv(d->cd, &in, &raw->n, &to, &left) == (size_t)-1) {
		*cut = errno == EINVAL && !last;
		if (*cut || errno == E2BIG || left < 3)
			break;
		memcpy(to, replacement, 3);
		to += 3;
		left -= 3;
		bad = raw->n < d->unit ? raw->n : d->unit;
		in += bad;
		raw->n -= bad;
		d->replaced++;
	}
	raw->p = in;
	return (size_t)(to - out);
}

/* Moves bytes from raw to what is held, up to n of them. */
static void
hold(struct xmldecode *d, struct em_str *raw, size_t n)
{
	struct em_str part = str_upto(*raw, n > d->held ? n - d->held : 0);

	if (part.n > 0)
		memcpy(d->hold + d->held, part.p, part.n);
	d->held += part.n;
	*raw = str_from(*raw, part.n);
}

/* First what is held, with as much of raw as makes it complete. */
static size_t
convert_held(
    struct xmldecode *d, struct em_str *raw, char *out, size_t size, bool last)
{
	size_t had = d->held, made;
	struct em_str from = *raw, s;
	bool cut;

	hold(d, &from, sizeof(d->hold));
	s = (struct em_str){ d->hold, d->held };
	made = convert(d, &s, out, size, last && from.n == 0, &cut);
	if (d->held - s.n >= had) {
		*raw = str_from(*raw, d->held - s.n - had);
		d->held = 0;
	} else {
		memmove(d->hold, s.p, s.n);
		d->held = s.n;
		*raw = from;
	}
	return made;
}

static size_t
pass(struct xmldecode *d, struct em_str *raw, char *out, size_t size)
{
	struct em_str held =
	    str_upto((struct em_str){ d->hold, d->held }, size);
	struct em_str part = str_upto(*raw, size - held.n);

	memcpy(out, held.p, held.n);
	d->held -= held.n;
	memmove(d->hold, d->hold + held.n, d->held);
	if (part.n > 0)
		memcpy(out + held.n, part.p, part.n);
	*raw = str_from(*raw, part.n);
	return held.n + part.n;
}

size_t
xmldecode_run(
    struct xmldecode *d, struct em_str *raw, char *out, size_t size, bool last)
{
	size_t made = 0;
	bool cut = false;

	if (d->mode == XMLDECODE_HEAD) {
		hold(d, raw, 4);
		if (d->held < 4 && !last)
			return 0;
		sniff(d);
	}
	if (d->mode == XMLDECODE_PASS)
		return pass(d, raw, out, size);
	if (d->held > 0)
		made = convert_held(d, raw, out, size, last);
	if (d->held == 0)
		made += convert(d, raw, out + made, size - made, last, &cut);
	if (cut)
		hold(d, raw, sizeof(d->hold));
	return made;
}

/* Whether ASCII is what it seems in that encoding.  A document that declares
 * UTF-16 in letters of a byte each is not in UTF-16. */
static bool
keeps_ascii(struct xmldecode *d)
{
	static const char ascii[] = "<?xml version=\"1.0\"?>";
	struct em_str s = EM_STR("<?xml version=\"1.0\"?>");
	char out[64];
	bool cut;
	size_t n = convert(d, &s, out, sizeof(out), true, &cut);

	iconv(d->cd, NULL, NULL, NULL, NULL);
	d->replaced = 0;
	return n == sizeof(ascii) - 1 && memcmp(out, ascii, n) == 0;
}

bool
xmldecode_declare(struct xmldecode *d, struct em_str name)
{
	char cname[40];

	if (d->mode != XMLDECODE_PASS || name.n == 0 || name.n >= sizeof(cname))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		/* no "/": iconv_open() has options behind it */
		if (!((c | 32) >= 'a' && (c | 32) <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_' &&
		    c != '.' && c != ':')
			return false;
		cname[i] = c;
	}
	cname[name.n] = '\0';
	if (strcasecmp(cname, "utf-8") == 0 || strcasecmp(cname, "utf8") == 0 ||
	    strcasecmp(cname, "us-ascii") == 0 ||
	    strcasecmp(cname, "ascii") == 0 || !set_encoding(d, cname))
		return false;
	if (keeps_ascii(d))
		return true;
	xmldecode_free(d);
	d->mode = XMLDECODE_PASS;
	return false;
}
