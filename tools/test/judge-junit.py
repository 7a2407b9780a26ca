#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge-junit.py FILE...: cases of each as junitparser sees them.

"FILE PASSED FAILED SKIPPED", nothing for a file that it does not read.
"""
import sys

import junitparser


def cases(suites):
    for item in suites:
        if isinstance(item, junitparser.TestSuite):
            yield from cases(item)
        else:
            yield item


for name in sys.argv[1:]:
    try:
        document = junitparser.JUnitXml.fromfile(name)
    except Exception as e:
        print("%s: %s" % (name, e), file=sys.stderr)
        continue
    passed = failed = skipped = 0
    for case in cases(document):
        kinds = {type(r).__name__ for r in case.result or []}
        if kinds & {"Failure", "Error"}:
            failed += 1
        elif "Skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    print(name, passed, failed, skipped)
