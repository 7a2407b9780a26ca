/* SPDX-License-Identifier: MIT */
/* The yardstick: reads lines from standard input and lets yajl parse each,
 * one handle for all, no callbacks. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <yajl/yajl_parse.h>

int
main(void)
{
	static char buf[1 << 18];
	char *line = NULL;
	size_t size = 0, lines = 0;
	ssize_t n;
	yajl_handle h = yajl_alloc(NULL, NULL, NULL);

	yajl_config(h, yajl_allow_multiple_values, 1);
	setvbuf(stdin, buf, _IOFBF, sizeof(buf));
	while ((n = getline(&line, &size, stdin)) > 0) {
		if (yajl_parse(h, (const unsigned char *)line, (size_t)n) !=
		    yajl_status_ok)
			return 3;
		lines++;
	}
	yajl_free(h);
	free(line);
	printf("%zu\n", lines);
	return 0;
}
