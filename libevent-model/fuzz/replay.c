/* SPDX-License-Identifier: MIT */
/*
 * A main for a fuzz target, for compilers without libFuzzer: the target over
 * the files named and those in the directories named.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common.h"

static unsigned long played;

/* The buffer is exactly as long as the file, so that a sanitizer sees a byte
 * too far. */
static bool
play_file(const char *path, size_t size)
{
	uint8_t *data = malloc(size > 0 ? size : 1);
	FILE *f = fopen(path, "rb");
	bool ok = data != NULL && f != NULL && fread(data, 1, size, f) == size;

	if (ok) {
		LLVMFuzzerTestOneInput(data, size);
		played++;
	} else {
		perror(path);
	}
	if (f != NULL)
		fclose(f);
	free(data);
	return ok;
}

static bool play(const char *path);

static bool
play_directory(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	bool ok = true;

	if (dir == NULL) {
		perror(path);
		return false;
	}
	while ((d = readdir(dir)) != NULL) {
		size_t n = strlen(path) + strlen(d->d_name) + 2;
		char *inner;

		if (d->d_name[0] == '.')
			continue;
		inner = malloc(n);
		if (inner == NULL)
			abort();
		snprintf(inner, n, "%s/%s", path, d->d_name);
		ok &= play(inner);
		free(inner);
	}
	closedir(dir);
	return ok;
}

static bool
play(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		perror(path);
		return false;
	}
	if (S_ISDIR(st.st_mode))
		return play_directory(path);
	return play_file(path, (size_t)st.st_size);
}

int
main(int argc, char **argv)
{
	bool ok = true;

	for (int i = 1; i < argc; i++)
		ok &= play(argv[i]);
	printf("%lu\n", played);
	return ok ? 0 : 1;
}
