/* SPDX-License-Identifier: MIT */
/* Events in little, for tests of selections: one macro a line. */
#ifndef TEST_SELECT_H
#define TEST_SELECT_H

#define HEADER                                                                 \
	"{\"event\":\"protocol\",\"version\":\"1.0\","                         \
	"\"producer\":{\"name\":\"t\"}}\n"
#define RUN "{\"event\":\"run_start\"}\n"
#define DONE(outcome, p, f, s)                                                 \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome                   \
	"\",\"counts\":{\"pass\":" #p ",\"fail\":" #f ",\"skip\":" #s "}}\n"
#define FILTERED(outcome, p, f, s)                                             \
	"{\"event\":\"run_complete\",\"outcome\":\"" outcome                   \
	"\",\"counts\":{\"pass\":" #p ",\"fail\":" #f ",\"skip\":" #s          \
	"},\"filtered\":true}\n"
#define FOUND(n) "{\"event\":\"discover_case\",\"name\":\"" n "\"}\n"
#define LISTED "{\"event\":\"discover_complete\"}\n"
#define START(n) "{\"event\":\"case_start\",\"name\":\"" n "\"}\n"
#define SLOW(n) "{\"event\":\"case_slow\",\"name\":\"" n "\"}\n"
#define SAYS(n, text)                                                          \
	"{\"event\":\"case_output\",\"name\":\"" n                             \
	"\",\"stream\":\"stdout\",\"text\":\"" text "\"}\n"
#define ERROR(n, text)                                                         \
	"{\"event\":\"case_message\",\"name\":\"" n                            \
	"\",\"kind\":\"error\",\"message\":\"" text "\"}\n"
#define END(n, outcome)                                                        \
	"{\"event\":\"case_complete\",\"name\":\"" n                           \
	"\",\"outcome\":\"" outcome "\"}\n"
#define START2(n)                                                              \
	"{\"event\":\"case_start\",\"name\":\"" n "\",\"attempt\":2}\n"
#define END2(n, outcome)                                                       \
	"{\"event\":\"case_complete\",\"name\":\"" n                           \
	"\",\"attempt\":2,\"outcome\":\"" outcome "\"}\n"
#define CASE(n, outcome) START(n) END(n, outcome)
#define LOG(text) "{\"event\":\"log\",\"text\":\"" text "\"}\n"
#define VENDOR "{\"event\":\"vendor.tick\",\"name\":\"a\",\"n\":1.50}\n"
#define IN(suite, event, rest)                                                 \
	"{\"event\":\"" event "\",\"suite\":\"" suite "\"" rest "}\n"

#endif
