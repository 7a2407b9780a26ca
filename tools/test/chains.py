#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random chains of runs through trerun --state, and what has to hold.

chains.py COUNT: status 1 when something did not; a line for each violation,
"PROPERTY: where", and at the end how many chains there were.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

NAMES = ["a", "b c", "d::e", "f"]
SUITES = ["one", "two/three"]
LEFT_OUT = ["ignored", "filtered", "partition"]


def make_run(rnd):
    """What a run says of each (suite, name), and its stream."""
    lines = [{"event": "protocol", "version": "1.0",
              "producer": {"name": "chains"}}, {"event": "discover_start"}]
    says, after = {}, []
    for suite in SUITES:
        here = rnd.random()
        for name in NAMES:
            key = (suite, name)
            if here < 0.15:
                says[key] = "no suite"
                continue
            if rnd.random() < 0.15:
                says[key] = "not listed"
                continue
            found = {"event": "discover_case", "suite": suite, "name": name}
            kind = rnd.choice(["pass", "pass", "fail", "not seen", "skip",
                               "left out", "passed before", "flaky"])
            says[key] = kind
            lines.append(found)
            if kind in ("left out", "passed before"):
                found["selected"] = False
                found["status"] = ("already-passed" if kind == "passed before"
                                   else rnd.choice(LEFT_OUT))
                continue
            if kind == "not seen" and rnd.random() < 0.5:
                continue
            start = {"event": "case_start", "suite": suite, "name": name}
            end = dict(start, event="case_complete", outcome="fail")
            if kind == "flaky":
                after += [start, end]
                start = dict(start, attempt=2)
                end = dict(start, event="case_complete")
            if kind in ("pass", "flaky"):
                end = dict(end, outcome="pass")
            if kind == "skip":
                end = dict(end, outcome="skip", status="ignored")
            after.append(start)
            if kind != "not seen":
                after.append(end)
        if here >= 0.15 and not any(
                says[suite, n] not in ("not listed",) for n in NAMES):
            for name in NAMES:
                says[suite, name] = "no suite"
    lines += [{"event": "discover_complete"}, {"event": "run_start"}]
    lines += after
    if rnd.random() < 0.8:
        lines.append({"event": "run_complete", "outcome": "fail"})
    return says, "".join(json.dumps(x) + "\n" for x in lines)


def read_state(path):
    passing, outstanding = [], []
    with open(path, encoding="utf-8") as f:
        for line in f:
            e = json.loads(line)
            if e["event"] != "discover_case":
                continue
            key = (e["suite"], e["name"])
            (outstanding if e.get("selected", True) else passing).append(key)
    return passing, outstanding


def trerun(*args):
    """Status 7 says that the last run has no end."""
    done = subprocess.run(["trerun", "-q", *args], stdout=subprocess.DEVNULL)
    if done.returncode not in (0, 7):
        raise subprocess.CalledProcessError(done.returncode, done.args)


bad = 0


def complain(prop, *where):
    global bad
    bad = 1
    print(prop + ":", *where)


def check(says, before, after, where):
    passing0, outstanding0 = map(set, before)
    passing, outstanding = map(set, after)
    if len(after[0]) + len(after[1]) != len(passing | outstanding):
        complain("the sets are disjoint", *where)
    for key, kind in says.items():
        at = (*where, key, kind)
        if key in passing0 and key not in passing and kind not in (
                "fail", "not seen", "not listed"):
            complain("passing is monotone", *at)
        if key in outstanding0 and key not in outstanding and kind not in (
                "pass", "flaky", "passed before"):
            complain("outstanding leaves by passing", *at)
        if kind in ("fail", "not seen") and key not in outstanding:
            complain("what failed or was not seen is outstanding", *at)
        if kind == "not listed" and (key in passing or
                                     (key in outstanding0) !=
                                     (key in outstanding)):
            complain("removal keeps outstanding and drops passing", *at)
        if kind in ("pass", "flaky", "fail", "not seen") and \
                key not in passing | outstanding:
            complain("what matched and ended is tracked", *at)


def main():
    count = int(sys.argv[1])
    runs = 0
    with tempfile.TemporaryDirectory() as tmp:
        state = os.path.join(tmp, "state")
        for seed in range(count):
            rnd = random.Random(seed)
            if os.path.exists(state):
                os.unlink(state)
            before, files = ([], []), []
            for i in range(rnd.randint(2, 6)):
                says, text = make_run(rnd)
                files.append(os.path.join(tmp, "run%d" % i))
                with open(files[-1], "w", encoding="utf-8") as f:
                    f.write(text)
                trerun("--state", state, files[-1])
                after = read_state(state)
                check(says, before, after, (seed, i))
                before = after
                runs += 1
            os.unlink(state)
            trerun("--state", state, *files)
            if sorted(map(sorted, read_state(state))) != \
                    sorted(map(sorted, before)):
                complain("a chain of files is the chain of its states", seed)
    print("%d chains of %d runs" % (count, runs))
    sys.exit(bad)


main()
