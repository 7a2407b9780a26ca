/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store-parts.h"

int64_t
store_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
random_bytes(unsigned char *p, size_t n)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, p, n) : -1;

	if (fd >= 0)
		close(fd);
	return got == (ssize_t)n;
}

/* RFC 9562: 48 bits of milliseconds, the version, 12 bits of what is below
 * the millisecond, the variant, 62 random bits. */
bool
store_id_new(struct store_id *id)
{
	int64_t now = store_now();
	uint64_t ms = (uint64_t)(now / 1000000);
	uint64_t part = (uint64_t)(now % 1000000) * 4096 / 1000000;

	if (!random_bytes(id->b, sizeof(id->b)))
		return false;
	for (int i = 0; i < 6; i++)
		id->b[i] = (unsigned char)(ms >> (40 - 8 * i));
	id->b[6] = (unsigned char)(0x70 | part >> 8);
	id->b[7] = (unsigned char)part;
	id->b[8] = (unsigned char)(0x80 | (id->b[8] & 0x3f));
	return true;
}

static bool
dash_before(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void
store_id_text(const struct store_id *id, char text[STORE_ID_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		if (dash_before(i))
			*text++ = '-';
		*text++ = digits[id->b[i] >> 4];
		*text++ = digits[id->b[i] & 15];
	}
	*text = '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
store_id_parse(struct em_str text, struct store_id *id)
{
	const char *p = text.p;

	if (text.n != STORE_ID_SIZE - 1)
		return false;
	for (int i = 0; i < 16; i++, p += 2) {
		if (dash_before(i) && *p++ != '-')
			return false;
		if (digit(p[0]) < 0 || digit(p[1]) < 0)
			return false;
		id->b[i] = (unsigned char)(digit(p[0]) << 4 | digit(p[1]));
	}
	return !store_id_none(id);
}

bool
store_id_none(const struct store_id *id)
{
	const struct store_id none = { { 0 } };

	return store_id_eq(id, &none);
}

bool
store_id_eq(const struct store_id *a, const struct store_id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}
