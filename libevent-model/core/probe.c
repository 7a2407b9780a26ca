/* SPDX-License-Identifier: MIT */
/* What probes of formats are made of; see format.h. */
#include <string.h>

#include "format.h"
#include "xmlclean.h"

int
probe_lit(struct em_str head, const char *lit)
{
	size_t n = strlen(lit), have = head.n < n ? head.n : n;

	if (have > 0 && memcmp(head.p, lit, have) != 0)
		return 0;
	return have < n ? PROBE_MORE : 8 * (int)n;
}

int
probe_line(
    struct em_str *head, bool eof, const char *first, struct em_str *line)
{
	struct em_str l, text;

	if (str_starts(*head, "\xef\xbb\xbf"))
		*head = str_from(*head, 3);
	while (head->n > 0) {
		if (!str_cut(head, '\n', &l) && !eof)
			return PROBE_MORE;
		text = str_trim(l);
		if (text.n > 0 && text.p[0] != '\0' &&
		    strchr(first, text.p[0]) != NULL) {
			*line = text;
			return 1;
		}
	}
	return eof ? 0 : PROBE_MORE;
}

/* ---- XML ---- */

/* UTF-16 with a BOM, or that starts with "<": to bytes, ASCII alone. */
static struct em_str
narrow(struct em_str s, char *out, size_t size)
{
	bool big = str_starts(s, "\xfe\xff") ||
	    (s.n > 1 && s.p[0] == '\0' && s.p[1] == '<');
	bool little = str_starts(s, "\xff\xfe") ||
	    (s.n > 1 && s.p[0] == '<' && s.p[1] == '\0');
	size_t n = 0;

	if (!big && !little)
		return s;
	for (size_t i = 0; i + 1 < s.n && n < size; i += 2) {
		char hi = s.p[big ? i : i + 1], lo = s.p[big ? i + 1 : i];

		if (hi == '\xfe' || hi == '\xff')
			continue; /* the BOM */
		out[n++] = (char)(hi == '\0' ? lo : '?');
	}
	return (struct em_str){ out, n };
}

/* Past one <?...?>, <!--...--> or <!DOCTYPE...>; false when it does not end
 * in s. */
static bool
skip_markup(struct em_str *s)
{
	struct xml_doctype d = { 0 };
	const char *end = str_starts(*s, "<?") ? "?>" : "-->";
	ptrdiff_t at;
	bool whole;

	if (str_starts(*s, "<?") || str_starts(*s, "<!--")) {
		at = str_find(*s, end);
		if (at < 0)
			return false;
		*s = str_from(*s, (size_t)at + strlen(end));
		return true;
	}
	*s = str_from(*s, 2);
	*s = str_from(*s, xml_doctype_skip(&d, *s, &whole));
	return whole;
}

/* The start tag at s, which begins with <; its local name to name. */
static int
root_tag(struct em_str s, bool eof, char name[64], struct em_str *tag)
{
	ptrdiff_t end = str_find(s, ">");
	struct em_str n = str_from(s, 1), prefix, rest;
	size_t len = 0;

	if (end < 0 && !eof && s.n < 65536)
		return PROBE_MORE;
	*tag = end < 0 ? s : str_upto(s, (size_t)end + 1);
	while (len < n.n && strchr(" \t\r\n/>", n.p[len]) == NULL)
		len++;
	rest = str_upto(n, len);
	if (!str_cut(&rest, ':', &prefix))
		rest = prefix;
	snprintf(name, 64, "%.*s", (int)(rest.n < 63 ? rest.n : 63), rest.p);
	return 1;
}

int
probe_xml(struct em_str head, bool eof, char name[64], struct em_str *tag)
{
	/* A tag found in narrowed text must outlive this call; static would
	 * be shared, so the caller's tag then points at the name alone. */
	char ascii[4096];
	struct em_str s = narrow(head, ascii, sizeof(ascii));
	bool wide = s.p == ascii, more;
	int rc;

	eof |= wide && s.n == sizeof(ascii);
	for (;;) {
		s = str_from(s, xml_find_start(s, true, eof, &more));
		if (more || s.n < 2)
			return eof ? 0 : PROBE_MORE;
		if (s.p[1] != '?' && s.p[1] != '!')
			break;
		if (!skip_markup(&s))
			return eof ? 0 : PROBE_MORE;
	}
	rc = root_tag(s, eof, name, tag);
	if (rc == 1 && wide)
		*tag = em_str(name);
	return rc;
}

/* ---- JSON documents ---- */

/* Past the string whose opening quote s begins with; absent when it is not
 * complete.  *inside is what is between the quotes. */
static struct em_str
skip_string(struct em_str s, struct em_str *inside)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"') {
			*inside = (struct em_str){ s.p + 1, i - 1 };
			return str_from(s, i + 1);
		}
	}
	return (struct em_str){ NULL, 0 };
}

static int
which_key(struct em_str key, const char *const *keys)
{
	for (int i = 0; keys[i] != NULL; i++)
		if (str_eq(key, keys[i]))
			return i;
	return -1;
}

int
probe_json_keys(
    struct em_str head, bool eof, const char *const *keys, int *found)
{
	struct em_str s = head, inside;
	unsigned depth = 0, wanted = 1;

	if (str_starts(s, "\xef\xbb\xbf"))
		s = str_from(s, 3);
	s = str_trim(s);
	if (s.n == 0)
		return eof ? 0 : PROBE_MORE;
	if (s.p[0] != '{' && s.p[0] != '[')
		return 0;
	if (s.p[0] == '[')
		wanted = 2; /* the first object in the array */
	inside = str_trim(str_from(s, 1));
	/* "[INFO] building": no use in waiting for more. */
	if (inside.n > 0 && inside.p[0] != (wanted == 2 ? '{' : '"'))
		return 0;
	while (s.n > 0) {
		char c = s.p[0];

		if (c == '"') {
			s = skip_string(s, &inside);
			if (s.p == NULL)
				break;
			s = str_trim(s);
			if (depth != wanted || !str_starts(s, ":"))
				continue;
			*found = which_key(inside, keys);
			if (*found >= 0)
				return 1;
			continue;
		}
		if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && --depth < wanted)
			return 0;
		s = str_from(s, 1);
	}
	return eof ? 0 : PROBE_MORE;
}
