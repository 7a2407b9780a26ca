#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py FORMAT FILE...: is each well-formed, to Python's own libraries?

One line a file: "ok FILE" or "bad FILE: why".
"""
import csv
import io
import json
import re
import sys
import unicodedata


def lf_lines(data):
    # str.splitlines() would also cut at what is text in JSON.
    return [l for l in data.decode("utf-8").split("\n") if l]


def json_per_line(data):
    for n, line in enumerate(lf_lines(data), 1):
        if not isinstance(json.loads(line), dict):
            raise ValueError("line %d is no object" % n)


def chrometrace(data):
    doc = json.loads(data)
    events = doc["traceEvents"] if isinstance(doc, dict) else doc
    for e in events:
        if e["ph"] in "XBEi" and not isinstance(e["ts"], (int, float)):
            raise ValueError("no time: %r" % e)
        if e["ph"] == "X" and e["dur"] < 0:
            raise ValueError("ends before it starts: %r" % e)


def table(data):
    csv.field_size_limit(1 << 30)
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""),
                           strict=True))
    for n, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            raise ValueError("row %d has %d columns" % (n, len(row)))


MESSAGE = re.compile(
    r"##teamcity\[\w+(?:\s+'(?:[^|'\[\]\n\r]|\|(?:[|'nrxlp\[\]]|0x[0-9a-fA-F]{4}))*'"
    r"|(?:\s+[\w.]+='(?:[^|'\[\]\n\r]|\|(?:[|'nrxlp\[\]]|0x[0-9a-fA-F]{4}))*')*)\s*\]$")


def teamcity(data):
    for n, line in enumerate(lf_lines(data), 1):
        if "##teamcity[" in line and not MESSAGE.match(line.rstrip("\r")):
            raise ValueError("line %d: %s" % (n, line[:100]))


COMMAND = re.compile(
    r"::(error|warning|notice|debug|group|endgroup|add-mask|stop-commands|[-\w]+)"
    r"( \w+=[^,:]*(,\w+=[^,:]*)*)?::")


def github(data):
    plain(data)
    for n, line in enumerate(lf_lines(data), 1):
        if line.startswith("::") and not COMMAND.match(line):
            raise ValueError("line %d: %s" % (n, line[:100]))


def plain(data):
    """Nothing that a terminal would obey, or that turns text around."""
    for c in data.decode("utf-8"):
        if c in "\n\t":
            continue
        if unicodedata.category(c) == "Cc" or c in "\u202a\u202b\u202c" \
                "\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029":
            raise ValueError("holds U+%04X" % ord(c))


def gcc(data):
    plain(data)
    for n, line in enumerate(lf_lines(data), 1):
        if not re.search(r": (error|warning|note): ", line + " "):
            raise ValueError("line %d: %s" % (n, line[:100]))


JUDGES = {
    "native": json_per_line, "libtest": json_per_line,
    "libtest2": json_per_line, "gojson": json_per_line,
    "chrometrace": chrometrace, "csv": table, "teamcity": teamcity,
    "github": github, "gcc": gcc, "markdown": plain, "pretty": plain,
    "terse": plain, "ctrf": json.loads, "difftests": plain,
}


def main():
    judge = JUDGES[sys.argv[1]]
    for name in sys.argv[2:]:
        with open(name, "rb") as f:
            data = f.read()
        try:
            judge(data)
            print("ok", name)
        except (ValueError, KeyError, TypeError, csv.Error) as e:
            print("bad %s: %s" % (name, str(e).replace("\n", " ")[:200]))


main()
