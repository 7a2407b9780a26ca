/* SPDX-License-Identifier: MIT */
/* The scanner once more, without SSE2 and under other names. */
#define SCAN_PORTABLE
#define line_key_rest portable_line_key_rest
#define line_not_one portable_line_not_one
#define line_report portable_line_report
#define line_string_rest portable_line_string_rest
#define line_unknown portable_line_unknown
#define line_value portable_line_value
#define line_wrong portable_line_wrong
#define scan_fail portable_scan_fail
#define scan_keys_find portable_scan_keys_find
#define scan_keys_find_sub portable_scan_keys_find_sub
#define scan_keys_make portable_scan_keys_make
#define scan_line portable_scan_line
#define scan_ahead portable_scan_ahead
#define scan_number portable_scan_number
#define scan_skip portable_scan_skip
#define scan_space_rest portable_scan_space_rest
#define scan_string_rest portable_scan_string_rest
#define scan_text_set portable_scan_text_set
#define scan_unescape portable_scan_unescape
#define scan_value portable_scan_value

#include "scan-json.c"
#include "scan-keys.c"
#include "scan-take.c"
#include "scan.c"

#include "test_scan.h"

const struct scan_impl scan_portable = { "portable", scan_line, scan_value,
	scan_unescape };
