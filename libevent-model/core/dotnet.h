/* SPDX-License-Identifier: MIT */
/* How .NET writes down names, places and times, for the reports of its test
 * frameworks: NUnit, xUnit.net, TRX. */
#ifndef DOTNET_H
#define DOTNET_H

#include "core.h"

/*
 * A name for the file of an assembly that is the same on every machine: the
 * last part of an absolute path, a relative one as it is.
 */
struct em_str dotnet_assembly(struct em_str path);
/* "N.C" of "N.C, Assembly, Version=1.0.0.0, ...". */
struct em_str dotnet_class(struct em_str qualified);
/* name without class_name and the "." behind it, when it starts with them. */
struct em_str dotnet_method(struct em_str name, struct em_str class_name);
/* [days.]hours:minutes:seconds[.fraction], or plain seconds. */
bool dotnet_duration(struct em_str s, int64_t *ns);
/* The file and line of the first frame of a stack trace that has them. */
bool dotnet_location(struct em_str stack, struct em_location *where);

#endif
