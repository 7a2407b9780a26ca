#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""documents.py SAMPLE COUNT: the JSON document of one of testdata's runners,
grown to at least COUNT tests: its tests repeated under other names until
there are a thousand in a file, and then the file."""
import copy
import json
import sys

PER_FILE = 1000


def files_of(doc):
    """The list of test files, what names one, the member with its tests and
    what names those.  No list: one flat list of tests."""
    if "rust-suites" in doc:
        return doc["rust-suites"], "binary-id", "testcases", []
    if "testsuites" in doc:
        return doc["testsuites"], "name", "testsuite", ["name"]
    if "testResults" in doc:
        files = doc["testResults"]
        if "assertionResults" in files[0]:
            return files, "name", "assertionResults", ["title", "fullName"]
        return files, "testFilePath", "testResults", ["title", "fullName"]
    if "suites" in doc:
        return doc["suites"], "file", "specs", ["title"]
    return None, None, "tests", ["title", "fullTitle"]


def grow(file, key, names, count):
    tests = file[key]
    if isinstance(tests, dict):
        sample = list(tests.items())
        for i in range(count - len(sample)):
            name, value = sample[i % len(sample)]
            tests[f"{name}_{i}"] = value
        return
    sample = list(tests)
    for i in range(count - len(sample)):
        test = copy.deepcopy(sample[i % len(sample)])
        for name in names:
            if name in test:
                test[name] += f" {i}"
        tests.append(test)


with open(sys.argv[1], encoding="utf-8") as f:
    doc = json.load(f)
count = int(sys.argv[2])
files, label, key, names = files_of(doc)
if files is None:
    grow(doc, key, names, count)
elif isinstance(files, dict):
    first = next(iter(files.values()))
    grow(first, key, names, PER_FILE)
    for i in range(count // PER_FILE):
        files[f"more-{i}"] = dict(first, **{label: f"more-{i}"})
else:
    grow(files[0], key, names, PER_FILE)
    for i in range(count // PER_FILE):
        files.append(dict(files[0], **{label: f"{files[0][label]}-{i}"}))
json.dump(doc, sys.stdout, indent=2)
