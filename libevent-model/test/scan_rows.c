/* SPDX-License-Identifier: MIT */
/* Lines that are scanned and lines that are refused. */
#include "test_scan.h"

const struct scan_row scan_good[] = {
	{ EM_STR("{\"event\":\"run_cancel\"}"), "\"run_cancel\"" },
	{ EM_STR("{\"event\":\"case_complete\",\"suite\":\"pkg::bin\","
		 "\"name\":\"mod::case_1234\",\"elapsed_ns\":123456789,"
		 "\"outcome\":\"pass\",\"duration_ns\":12345,"
		 "\"x.vendor\":{\"a\":1}}"),
	    "\"case_complete\" suite=\"pkg::bin\" name=\"mod::case_1234\" "
	    "outcome=pass duration_ns=12345 elapsed_ns=123456789 "
	    "+x.vendor={\"a\":1}" },
	/* White space, CR at the end. */
	{ EM_STR(" { \"event\" : \"case_start\" , \"name\" : \"a\" } \r"),
	    "\"case_start\" name=\"a\"" },
	{ EM_STR("\t{\t\"event\":\r\"case_start\",\n\"name\":\t\"a\"\t}\t"),
	    "\"case_start\" name=\"a\"" },
	/* `event` anywhere and in any spelling. */
	{ EM_STR("{\"name\":\"a\",\"event\":\"case_start\"}"),
	    "\"case_start\" name=\"a\"" },
	{ EM_STR("{\"x.y\":{\"event\":\"log\"},\"name\":\"a\","
		 "\"\\u0065vent\":\"case_st\\u0061rt\",\"worker\":\"w\"}"),
	    "\"case_start\" name=\"a\" worker=\"w\" "
	    "+x.y={\"event\":\"log\"}" },
	{ EM_STR("{\"n\\u0061me\":\"a\",\"event\":\"case_start\"}"),
	    "\"case_start\" name=\"a\"" },
	/* Unknown events. */
	{ EM_STR("{\"event\":\"case_replay\",\"name\":\"a\","
		 "\"outcome\":\"pass\",\"x\":[1]}"),
	    "\"case_replay\"? name=\"a\"" },
	{ EM_STR("{\"event\":\"x.y\",\"suite\":3,\"elapsed_ns\":-1}"),
	    "\"x.y\"?" },
	{ EM_STR("{\"suite\":3,\"event\":\"\"}"), "\"\"?" },
	/* No event. */
	{ EM_STR("{}"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{ }"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{\"event\":null}"), "\"\"? (event is missing) INVALID" },
	{ EM_STR("{\"event\":5,\"name\":\"a\"}"),
	    "\"\"? name=\"a\" (event is not a string) INVALID" },
	{ EM_STR("{\"Event\":\"log\",\"type\":\"suite\"}"),
	    "\"\"? (event is missing) INVALID" },
	/* Known elsewhere is unknown here, and in its order. */
	{ EM_STR("{\"event\":\"run_cancel\",\"x.a\":1,\"outcome\":\"pass\","
		 "\"x.a\":2,\"location\":5,\"location\":6}"),
	    "\"run_cancel\" +x.a=1 +outcome=\"pass\" +x.a=2 +location=5 "
	    "+location=6" },
	{ EM_STR("{\"outcome\":\"pass\",\"x.b\":1,\"reason\":\"r\","
		 "\"text\":7,\"event\":\"run_cancel\"}"),
	    "\"run_cancel\" reason=\"r\" +outcome=\"pass\" +x.b=1 +text=7" },
	{ EM_STR("{\"event\":\"run_cancel\",\"Reason\":\"r\",\"\":0,"
		 "\"reaso\":1,\"reasons\":2,\"event\\u0000\":3,"
		 "\"__proto__\":{\"a\":[]}}"),
	    "\"run_cancel\" +Reason=\"r\" +=0 +reaso=1 +reasons=2 "
	    "+event\\u0000=3 +__proto__={\"a\":[]}" },
	/* More unknown members than there is room for at first. */
	{ EM_STR("{\"event\":\"run_cancel\",\"a.a\":1,\"a.b\":2,\"a.c\":3,"
		 "\"a.d\":4,\"a.e\":5,\"a.f\":6,\"a.g\":7,\"a.h\":8,"
		 "\"a.i\":9,\"a.j\":10}"),
	    "\"run_cancel\" +a.a=1 +a.b=2 +a.c=3 +a.d=4 +a.e=5 +a.f=6 "
	    "+a.g=7 +a.h=8 +a.i=9 +a.j=10" },
	{ EM_STR("{\"event\":\"run_cancel\",\"a.a\":1.0,\"a.b\":1e400,"
		 "\"a.c\":-0,\"a.d\":18446744073709551616}"),
	    "\"run_cancel\" +a.a=1.0 +a.b=1e400 +a.c=-0 "
	    "+a.d=18446744073709551616" },
	/* Strings. */
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"}"), "\"log\" text=\"\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcde\"}"),
	    "\"log\" text=\"0123456789abcde\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcdef\"}"),
	    "\"log\" text=\"0123456789abcdef\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"0123456789abcdef0\"}"),
	    "\"log\" text=\"0123456789abcdef0\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\\nb\\u0000\\u00e9\x7f\"}"),
	    "\"log\" text=\"a\\nb\\u0000\xc3\xa9\\u007f\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"gr\xc3\xb6\xc3\x9f"
		 "e \xe6\x97\xa5 \xf0\x9f\x98\x80 and ASCII behind it\"}"),
	    "\"log\" text=\"gr\xc3\xb6\xc3\x9f"
	    "e \xe6\x97\xa5 \xf0\x9f\x98\x80 and ASCII behind it\"" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"\\ud83d\\ude00\"}"),
	    "\"case_start\" name=\"\xf0\x9f\x98\x80\"" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"\\ud800\"}"),
	    "\"case_start\" name=\"\xef\xbf\xbd\"" },
	/* Bytes. */
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\"" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"\"}"),
	    "\"log\" text=\"\"" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"aGk*\"}"),
	    "\"log\" (text_b64 is not base64 in a string) INVALID" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":7}"),
	    "\"log\" (text_b64 is not base64 in a string) INVALID" },
	{ EM_STR("{\"event\":\"log\",\"text\":null,\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\",\"text_b64\":null}"),
	    "\"log\" text=\"a\"" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\",\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\" (text is there in several forms) INVALID" },
	{ EM_STR("{\"event\":\"log\"}"), "\"log\" (text is missing) INVALID" },
	/* A form of a wrong type is absent (VAL-2): another may be there. */
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\",\"text_b64\":7}"),
	    "\"log\" text=\"a\" (text_b64 is not base64 in a string)" },
	{ EM_STR("{\"event\":\"log\",\"text_b64\":\"a*k=\",\"text\":\"a\"}"),
	    "\"log\" text=\"a\" (text_b64 is not base64 in a string)" },
	{ EM_STR("{\"event\":\"log\",\"text\":7,\"text_b64\":\"aGk=\"}"),
	    "\"log\" text=\"hi\" (text is not a string)" },
	{ EM_STR("{\"event\":\"log\",\"text\":7,\"text_b64\":null}"),
	    "\"log\" (text is not a string) INVALID" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"data_b64\":false,\"path\":\"p\",\"url\":{}}"),
	    "\"case_attachment\" name=\"a\" path=\"p\" "
	    "(data_b64 is not base64 in a string)" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"line\":0,\"elapsed_ns\":-1,\"path\":1,\"url\":null}"),
	    "\"case_attachment\" name=\"a\" +line=0 "
	    "(path is not a string) INVALID" },
	/* One of several. */
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"path\":\"p\"}"),
	    "\"case_attachment\" name=\"a\" path=\"p\"" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"data_b64\":\"/wAB\",\"data\":\"x\"}"),
	    "\"case_attachment\" name=\"a\" data=\"\xef\xbf\xbd\\u0000\\u0001\""
	    " +data=\"x\"" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\"}"),
	    "\"case_attachment\" name=\"a\" (path is missing) INVALID" },
	{ EM_STR("{\"event\":\"case_attachment\",\"name\":\"a\","
		 "\"path\":\"p\",\"url\":\"u\"}"),
	    "\"case_attachment\" name=\"a\" path=\"p\" url=\"u\" "
	    "(path is there in several forms) INVALID" },
	/* Outcomes. */
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"fail\"}"),
	    "\"case_complete\" name=\"a\" outcome=fail" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"s\\u006bip\"}"),
	    "\"case_complete\" name=\"a\" outcome=skip" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":\"passed\"}"),
	    "\"case_complete\" name=\"a\" outcome=invalid "
	    "(outcome is not pass, fail or skip)" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":[\"pass\"]}"),
	    "\"case_complete\" name=\"a\" outcome=invalid "
	    "(outcome is not pass, fail or skip) INVALID" },
	{ EM_STR("{\"event\":\"suite_complete\",\"suite\":\"s\","
		 "\"outcome\":true}"),
	    "\"suite_complete\" suite=\"s\" outcome=invalid "
	    "(outcome is not pass, fail or skip)" },
	{ EM_STR("{\"event\":\"case_complete\",\"name\":\"a\","
		 "\"outcome\":null}"),
	    "\"case_complete\" name=\"a\" (outcome is missing) INVALID" },
	/* Several things wrong: the worst is named. */
	{ EM_STR("{\"event\":\"case_complete\",\"duration_ns\":-1,"
		 "\"outcome\":\"pass\",\"name\":7,\"suite\":8}"),
	    "\"case_complete\" outcome=pass (name is not a string) INVALID" },
	/* Identity: optional, and still not to be got wrong. */
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"attempt\":\"2\"}"),
	    "\"case_start\" name=\"a\" "
	    "(attempt is not an integer from 1 to 2^53-1) INVALID" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"suite\":null}"),
	    "\"case_start\" name=\"a\"" },
	/* Objects. */
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":{\"name\":\"n\",\"version\":\"v\",\"x\":[1],"
		 "\"n\\u0061m\":{}},\"features\":[\"a.b\",\"c\"],"
		 "\"requires\":[]}"),
	    "\"protocol\" version=\"1.0\" features=[\"a.b\",\"c\"] "
	    "producer.name=\"n\" producer.version=\"v\" +producer.x=[1] "
	    "+producer.n\\u0061m={}" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":{\"version\":\"v\"}}"),
	    "\"protocol\" version=\"1.0\" (producer.name is missing) "
	    "INVALID" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\","
		 "\"producer\":\"x\"}"),
	    "\"protocol\" version=\"1.0\" (producer is not an object) "
	    "INVALID" },
	{ EM_STR("{\"event\":\"protocol\",\"version\":\"1.0\"}"),
	    "\"protocol\" version=\"1.0\" (producer is missing) INVALID" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"file\":\"f.c\",\"l\\u0069ne\":3,\"end_line\":null,"
		 "\"end_column\":7}}"),
	    "\"discover_case\" name=\"a\" location.file=\"f.c\" "
	    "location.line=3 location.end_column=7" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"file\":\"f.c\",\"line\":0}}"),
	    "\"discover_case\" name=\"a\" location.file=\"f.c\" "
	    "(location.line is not an integer from 1 to 2^53-1)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"line\":3,\"x\":1}}"),
	    "\"discover_case\" name=\"a\" +location.x=1 "
	    "(location.file is missing)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\",\"location\":"
		 "{\"line\":3,\"file\":8,\"end_column\":4}}"),
	    "\"discover_case\" name=\"a\" (location.file is not a string)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":{}}"),
	    "\"discover_case\" name=\"a\" (location.file is missing)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":null}"),
	    "\"discover_case\" name=\"a\"" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"location\":[\"f.c\",3]}"),
	    "\"discover_case\" name=\"a\" (location is not an object)" },
	/* Counts that were stated wrongly agree with nothing. */
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"fail\":0,\"skip\":2},"
		 "\"filtered\":true}"),
	    "\"run_complete\" outcome=pass filtered=true counts.pass=1 "
	    "counts.fail=0 counts.skip=2" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"skip\":\"2\"}}"),
	    "\"run_complete\" outcome=pass counts.pass=1 counts.fail=-1 "
	    "counts.skip=-1 (counts.skip is not an integer from 0 to "
	    "2^53-1)" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":{\"pass\":1,\"fail\":null,\"skip\":2}}"),
	    "\"run_complete\" outcome=pass counts.pass=1 counts.fail=-1 "
	    "counts.skip=2" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":3}"),
	    "\"run_complete\" outcome=pass counts.pass=-1 counts.fail=-1 "
	    "counts.skip=-1 (counts is not an object)" },
	{ EM_STR("{\"event\":\"run_complete\",\"outcome\":\"pass\","
		 "\"counts\":null}"),
	    "\"run_complete\" outcome=pass" },
	/* Lists and maps. */
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"tags\":[ \"a\" , \"b\\\"\" ]}"),
	    "\"case_start\" name=\"a\" tags=[\"a\",\"b\\\"\"]" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"tags\":[\"a\",1]}"),
	    "\"case_start\" name=\"a\" (tags is not an array of strings)" },
	{ EM_STR("{\"event\":\"case_metric\",\"name\":\"a\",\"metric\":\"m\","
		 "\"unit\":\"ns\",\"value\":1.50e3,\"min\":-0,"
		 "\"samples\":[1,2.0,-3e-1]}"),
	    "\"case_metric\" name=\"a\" metric=\"m\" value=\"1.50e3\" "
	    "unit=\"ns\" min=\"-0\" samples=[\"1\",\"2.0\",\"-3e-1\"]" },
	{ EM_STR("{\"event\":\"case_metric\",\"name\":\"a\",\"metric\":\"m\","
		 "\"unit\":\"ns\",\"value\":1,\"samples\":[1,\"2\"]}"),
	    "\"case_metric\" name=\"a\" metric=\"m\" value=\"1\" "
	    "unit=\"ns\" (samples is not an array of numbers)" },
	{ EM_STR("{\"event\":\"run_start\",\"properties\":{\"a\":\"b\",\"\":1,"
		 "\"n\":null, \"l\":[1, 2],\"a\":true,\"k\\t\":\"\\n\"},"
		 "\"env\":{},\"command\":[\"a b\"],\"seed\":\"42\"}"),
	    "\"run_start\" properties={\"a\":\"b\",\"\"=\"1\",\"n\"=\"null\","
	    "\"l\"=\"[1, 2]\",\"a\"=\"true\",\"k\\t\":\"\\n\"} seed=\"42\" "
	    "command=[\"a b\"]" },
	/* Times. */
	{ EM_STR(
	      "{\"event\":\"run_start\",\"time\":\"1970-01-01T00:00:01.5Z\"}"),
	    "\"run_start\" time=1500000000" },
	{ EM_STR("{\"event\":\"run_start\",\"time\":\"yesterday\"}"),
	    "\"run_start\" (time is not a time (RFC 3339) in a string)" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"selected\":false}"),
	    "\"discover_case\" name=\"a\" selected=false" },
	{ EM_STR("{\"event\":\"discover_case\",\"name\":\"a\","
		 "\"selected\":\"false\"}"),
	    "\"discover_case\" name=\"a\" (selected is not true or false)" },
};

const size_t scan_good_count = ARRAY_LEN(scan_good);

const struct scan_row scan_bad[] = {
	{ EM_STR(""), "unexpected end at 0" },
	{ EM_STR("  "), "unexpected end at 2" },
	{ EM_STR("[]"), "object expected at 0" },
	{ EM_STR("{"), "unexpected end at 1" },
	{ EM_STR("{oops"), "member name expected at 1" },
	{ EM_STR("{,}"), "member name expected at 1" },
	{ EM_STR("{\"event\""), "unexpected end at 8" },
	{ EM_STR("{\"event\":"), "unexpected end at 9" },
	{ EM_STR("{\"event\":\"log"), "unexpected end at 13" },
	{ EM_STR("{\"event\":\"log\""), "unexpected end at 14" },
	{ EM_STR("{\"event\":\"log\","), "unexpected end at 15" },
	{ EM_STR("{\"event\":\"log\",}"), "member name expected at 15" },
	{ EM_STR("{\"event\":\"log\"{\"text\":\"\"}"),
	    "comma or } expected at 14" },
	{ EM_STR("{\"text\":\"\"{\"event\":\"log\"}"),
	    "comma or } expected at 10" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"}}"),
	    "text behind the object at 25" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\"} {}"),
	    "text behind the object at 26" },
	{ EM_STR("{\"event\":\"log\" \"text\":\"\"}"),
	    "comma or } expected at 15" },
	{ EM_STR("{\"event\":\"log\",\"text\" \"\"}"), "colon expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"text\":}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\x1f\"}"),
	    "control character in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"a\0b\"}"),
	    "control character in a string at 24" },
	{ EM_STR("{\"event\":\"log\",\"te\nxt\":\"\"}"),
	    "control character in a string at 18" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\\x\"}"),
	    "bad escape in a string at 24" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\\u12g4\"}"),
	    "hexadecimal digit expected at 27" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"ok \xff\"}"),
	    "bad UTF-8 in a string at 26" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xc0\x80\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xed\xa0\x80\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"text\":\"\xc3\"}"),
	    "bad UTF-8 in a string at 23" },
	{ EM_STR("{\"event\":\"log\",\"x\xff\":1}"),
	    "bad UTF-8 in a string at 17" },
	{ EM_STR("{\"event\":\"log\",\"x\":\xef\xbb\xbf"
		 "1}"),
	    "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":[\"a\xf5\"]}"),
	    "bad UTF-8 in a string at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":NaN}"), "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":tru}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":truee}"),
	    "comma or } expected at 23" },
	{ EM_STR("{\"event\":\"log\",\"x\":01}"), "comma or } expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":1.}"), "digit expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":1e}"), "digit expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":-}"), "digit expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":+1}"), "value expected at 19" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1,]}"), "value expected at 22" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1}}"),
	    "comma or ] expected at 21" },
	{ EM_STR("{\"event\":\"log\",\"x\":{\"a\":1]}"),
	    "comma or } expected at 25" },
	{ EM_STR("{\"event\":\"log\",\"x\":{1:1}}"),
	    "member name expected at 20" },
	{ EM_STR("{\"event\":\"log\",\"x\":[1,[2,{\"a\":[]}"),
	    "unexpected end at 33" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[\"a\""
		 "\"b\"]}"),
	    "comma or ] expected at 44" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\",\"tags\":[\"a\","
		 "1,]}"),
	    "value expected at 47" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"properties\":{\"a\":1,}}"),
	    "member name expected at 53" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"elapsed_ns\":012}"),
	    "comma or } expected at 47" },
	{ EM_STR("{\"event\":\"case_start\",\"name\":\"a\","
		 "\"elapsed_ns\":}"),
	    "value expected at 46" },
	/* Twice. */
	{ EM_STR("{\"event\":\"log\",\"event\":\"log\",\"text\":\"\"}"),
	    "member is there twice at 15" },
	{ EM_STR("{\"text\":\"\",\"event\":\"log\",\"event\":\"log\"}"),
	    "member is there twice at 25" },
	{ EM_STR("{\"event\":5,\"event\":\"log\",\"text\":\"\"}"),
	    "member is there twice at 11" },
	{ EM_STR("{\"event\":\"log\",\"\\u0065vent\":\"x.y\"}"),
	    "member is there twice at 15" },
	{ EM_STR("{\"event\":\"protocol\",\"producer\":{\"name\":\"a\","
		 "\"n\\u0061me\":\"a\"}}"),
	    "member is there twice at 43" },
};

const size_t scan_bad_count = ARRAY_LEN(scan_bad);
