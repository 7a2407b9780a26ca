#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""roundtrip.py BEFORE AFTER [ALLOWED...]: what of one stream is not in another.

Both are in the protocol.  Prints "WHAT: where" for each difference whose kind
is not allowed, and "lost WHAT" once for each kind that is.  Kinds: runs,
suites, classes, variants, iterations, joined (parts of the identity that the
name has taken in), cases, added (cases that were not there), listed (cases not
run), outcome, late (errors behind the end of a case), status, reason, attempts,
ns (durations, by less than a microsecond), us (by less than a millisecond),
durations, messages, details (of messages), output, streams (whose output),
verdict.
"""
import base64
import json
import re
import sys

PARTS = {0: "runs", 1: "suites", 2: "classes", 4: "variants", 5: "iterations"}
KEY = ("run", "suite", "class", "name", "variant", "iteration")


def whole(value):
    """Half of a character is read as U+FFFD."""
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, dict):
        return {whole(k): whole(v) for k, v in value.items()}
    return value


class Attempt:
    def __init__(self):
        self.outcome = self.status = self.reason = self.duration = None
        self.began, self.late = None, False
        self.messages, self.details, self.output = [], [], {}


def text(event):
    if "text_b64" in event:
        return base64.b64decode(event["text_b64"]).decode("utf-8", "replace")
    return event["text"]


def read(path):
    """Cases by identity, each a map of attempts; and the verdict stated."""
    cases, listed, verdict = {}, set(), None
    with open(path, encoding="utf-8", errors="replace") as f:
        for line in f.read().split("\n"):
            if not line:
                continue
            e = whole(json.loads(line))
            kind = e["event"]
            if kind == "run_complete":
                verdict = "fail" if "fail" in (verdict, e["outcome"]) else e["outcome"]
            if "name" not in e:
                continue
            # What says nothing of itself is the same as its absence.
            key = tuple(e.get(k) or None for k in KEY[:-1]) + (e.get("iteration", 1),)
            if kind == "discover_case":
                if e.get("selected", True):
                    listed.add(key)
                continue
            a = cases.setdefault(key, {}).setdefault(e.get("attempt", 1), Attempt())
            if kind == "case_start":
                a.began = e.get("elapsed_ns")
            elif kind == "case_complete":
                a.outcome, a.status = e["outcome"], e.get("status")
                a.reason, a.duration = e.get("reason"), e.get("duration_ns")
                if a.duration is None and a.began is not None and "elapsed_ns" in e:
                    a.duration = e["elapsed_ns"] - a.began
            elif kind == "case_message":
                if e["kind"] == "error":
                    # An error behind the end decides.
                    if a.outcome not in (None, "fail"):
                        a.outcome, a.status, a.late = "fail", None, True
                    a.messages.append(e.get("message"))
                    a.details.append(e.get("detail"))
            elif kind == "case_output":
                s = e["stream"]
                a.output[s] = a.output.get(s, "") + text(e)
    return cases, listed - set(cases), verdict


def letters(s):
    """A text without what white space and repair of characters change."""
    return "".join(c for c in s if c.isalnum())


def joined(key):
    """An identity as one name; an iteration counts when it is not the first."""
    return letters("".join(k for k in key[:-1] if k) +
                   (str(key[-1]) if key[-1] > 1 else ""))


def ended(attempts):
    return attempts[max(attempts)].outcome or "fail"


class Judge:
    def __init__(self, allowed):
        self.allowed, self.lost, self.bad = set(allowed), set(), []

    def differs(self, what, where):
        if what in self.allowed:
            self.lost.add(what)
        else:
            self.bad.append("%s: %s" % (what, where))

    def match(self, before, after):
        """Pairs of cases, by as much of the identity as is kept."""
        drop = [i for i, what in PARTS.items() if what in self.allowed]

        def short(key):
            return tuple(None if i in drop else k for i, k in enumerate(key))

        def index(cases):
            found = {}
            for key, value in sorted(cases, key=lambda c: ended(c[1])):
                found.setdefault(short(key), []).append((key, value))
            return found

        # The same names may stand for others when some parts are not kept.
        same = {k for k in before.keys() & after.keys()
                if not drop or ended(before[k]) == ended(after[k])}
        for key in same:
            yield key, before[key], after[key]
        old = index((k, x) for k, x in before.items() if k not in same)
        new = index((k, x) for k, x in after.items() if k not in same)
        left, spare = [], []
        for key in old.keys() | new.keys():
            a, b = old.get(key, []), new.get(key, [])
            if len(a) != len(b):
                left += a
                spare += b
                continue
            for (k, x), (l, y) in zip(a, b):
                self.lost |= {PARTS[i] for i in drop if k[i] != l[i]}
                yield k, x, y
        if "joined" in self.allowed:
            left, pairs = self.join(left, spare)
            yield from pairs
        for key, _ in left:
            self.differs("cases", "%r is not there" % (key,))
        for key, _ in spare:
            self.differs("added", "%r was not there" % (key,))

    def join(self, left, spare):
        """Pairs of cases whose identity has become a part of a name."""
        unmatched, pairs = [], []
        for key, x in sorted(left, key=lambda c: -len(joined(c[0]))):
            whole, name = joined(key), letters(key[3] or "")
            last = joined((key[3], key[4], key[5]))
            core = joined(key[:-1] + (1,))
            fits = [(core not in joined(l),
                     not joined(l).endswith(last), ended(x) != ended(y),
                     abs(len(joined(l)) - len(whole)), i)
                    for i, (l, y) in enumerate(spare) if name in joined(l)]
            if not fits:
                unmatched.append((key, x))
                continue
            self.lost.add("joined")
            pairs.append((key, x, spare.pop(min(fits)[-1])[1]))
        return unmatched, pairs

    def attempt(self, where, a, b):
        incomplete = a.outcome is None
        if (a.outcome or "fail") != (b.outcome or "fail"):
            self.differs("late" if a.late else "outcome", "%s: %s, then %s" % (where, a.outcome, b.outcome))
        elif not incomplete and not a.late and a.status != b.status:
            self.differs("status", "%s: %s, then %s" % (where, a.status, b.status))
        if a.reason != b.reason and not incomplete:
            self.differs("reason", "%s: %r, then %r" % (where, a.reason, b.reason))
        if a.duration != b.duration:
            x, y = a.duration, b.duration
            near = x is not None and y is not None and abs(x - y)
            what = "durations" if near is None or near is False or near > 999999 \
                else "us" if near > 999 else "ns"
            self.differs(what, "%s: %s, then %s" % (where, x, y))
        for what, x, y in (("messages", a.messages, b.messages),
                           ("details", a.details, b.details)):
            if x != y:
                self.differs(what, "%s: %.80r, then %.80r" % (where, x, y))
        if a.output != b.output:
            whole, again = "".join(a.output.values()), "".join(b.output.values())
            what = "streams" if sorted(letters(whole)) == sorted(letters(again)) else "output"
            self.differs(what, "%s: %.80r, then %.80r" % (where, a.output, b.output))

    def repetition(self, x, y, again):
        """What has become of attempts, or of an error behind the end: the
        iteration that ended as they did."""
        if "iterations" not in self.allowed or ended(x) == ended(y):
            return y
        at = next(k for k, z in again.items() if z is y)
        for k, z in sorted(again.items(), key=lambda c: c[0][-1]):
            if k[:-1] == at[:-1] and ended(z) == ended(x):
                self.lost.add("iterations")
                return z
        return y

    def compare(self, before, after):
        cases, listed, verdict = before
        again, listed_again, verdict_again = after
        for key, x, y in self.match(cases, again):
            where = "/".join(str(k) for k in key if k)[:80]
            y = self.repetition(x, y, again)
            if sorted(x) != sorted(y):
                self.differs("attempts", "%s: %s, then %s" % (where, sorted(x), sorted(y)))
                self.attempt(where, x[max(x)], y[max(y)])
                continue
            for n in x:
                self.attempt("%s #%d" % (where, n), x[n], y[n])
        if listed != listed_again:
            self.differs("listed", "%d, then %d" % (len(listed), len(listed_again)))
        if verdict == "fail" and verdict_again == "pass":
            self.differs("verdict", "a failed run has passed")


def main():
    judge = Judge(sys.argv[3:])
    judge.compare(read(sys.argv[1]), read(sys.argv[2]))
    for line in judge.bad:
        print(line.encode("unicode_escape").decode())
    for what in sorted(judge.lost):
        print("lost", what)


main()
