#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Python's unittest, speaking test-events 1.0 and the usual command line.

Copy this file, replace what is below "scenarios" by your own TestCase
classes, and end it with:  sys.exit(main(sys.argv[1:], [MyTests, ...]))

Methods test_NAME are tests, methods bench_NAME are benchmarks. Each test runs
in a TestSuite of its own, in a thread of its own, so that --test-threads works
and a signal finds the main thread waiting.
"""
import argparse
import base64
import concurrent.futures
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import types
import unittest

VERSION = (1, 0)


class Usage(Exception):
    pass


class Stream:
    """Writes events, one whole line at a time, whoever calls."""

    def __init__(self):
        try:
            fd = int(os.environ.pop("TEST_EVENTS_FD", "") or 1)
            self.fd = os.dup(fd)  # not inherited by what the tests start
        except (ValueError, OSError) as e:
            raise Usage(f"TEST_EVENTS_FD is no open descriptor: {e}") from None
        most = os.environ.pop("TEST_EVENTS_MAX_VERSION", "") or "1.0"
        try:
            major, minor = most.split(".")
            if not (major + minor).isdigit() or not (major + minor).isascii():
                raise ValueError
            low = (int(major), int(minor)) < VERSION
        except ValueError:
            low = True
        if low:
            raise Usage(f'cannot write test-events as low as "{most}"')
        if fd == 1:  # what tests print must not come between
            sys.stdout.flush()
            os.dup2(2, 1)
        elif fd > 2:
            os.close(fd)
        self.lock = threading.Lock()
        self.start = time.monotonic_ns()
        self.open = {}  # identity of what has started: its attempt
        self.counts = {"pass": 0, "fail": 0, "skip": 0}
        self.closed = False

    def emit(self, event, **members):
        with self.lock:
            if not self.closed:
                self._write(event, members)

    def _write(self, event, members):
        members = {k: v for k, v in members.items() if v is not None}
        line = {"event": event, **members}
        line["elapsed_ns"] = time.monotonic_ns() - self.start
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        # half a surrogate pair has no place in a stream
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        data = text.encode("utf-8") + b"\n"
        while data:
            data = data[os.write(self.fd, data):]

    def started(self, who, **more):
        with self.lock:
            if not self.closed:
                self.open[tuple(who.items())] = time.monotonic_ns()
                self._write("case_start", {**who, **more})

    def completed(self, who, outcome, last=True, **more):
        with self.lock:
            if not self.closed:
                self._complete(who, outcome, last, more)

    def _complete(self, who, outcome, last, more):
        took = time.monotonic_ns() - self.open.pop(tuple(who.items()))
        if last:
            self.counts[outcome] += 1
        self._write("case_complete", {
            **who, "outcome": outcome, "duration_ns": took, **more})

    def finish(self, status=None, reason=None):
        """The end of the run; True when it is good."""
        with self.lock:
            if status:
                self._write("run_cancel", {"reason": reason})
            for who in list(self.open):
                self._complete(dict(who), "fail", True, {"status": status})
            good = not status and self.counts["fail"] == 0
            self._write("run_complete", {
                "outcome": "pass" if good else "fail", "status": status,
                "counts": self.counts})
            self.closed = True
            return good


class Capture(io.TextIOBase):
    """Standard output and error of each thread apart."""

    def __init__(self, name, real):
        self.name, self.real, self.own = name, real, threading.local()
        self.buffer = self

    def begin(self):
        self.own.bytes = io.BytesIO()

    def end(self):
        return self.own.__dict__.pop("bytes").getvalue()

    def write(self, data):
        raw = data.encode("utf-8", "surrogateescape") \
            if isinstance(data, str) else bytes(data)
        (getattr(self.own, "bytes", None) or self.real.buffer).write(raw)
        return len(data)

    def flush(self):
        self.real.flush()

    def fileno(self):
        return self.real.fileno()


class Result(unittest.TestResult):
    """What unittest tells about one attempt, passed on."""

    def __init__(self, stream, who):
        super().__init__()
        self.events, self.who = stream, who
        self.outcome, self.more = "pass", {}

    def _error(self, err, status=None):
        kind, value, trace = err
        place = traceback.extract_tb(trace)[-1]
        self.outcome, self.more = "fail", {"status": status}
        self.events.emit(
            "case_message", **self.who, kind="error",
            message=str(value) or kind.__name__, type=kind.__name__,
            detail="".join(traceback.format_exception(*err)),
            location={"file": place.filename, "line": place.lineno})

    def addFailure(self, test, err):
        self._error(err)

    def addError(self, test, err):
        self._error(err, "error")

    def addSubTest(self, test, subtest, err):
        if err:
            self._error(err)

    def addSkip(self, test, reason):
        self.outcome, self.more = "skip", {"reason": reason or None}

    def addExpectedFailure(self, test, err):
        self.outcome, self.more = "skip", {"status": "xfail"}

    def addUnexpectedSuccess(self, test):
        self.outcome, self.more = "fail", {"status": "xpass"}


class Case:
    def __init__(self, test):
        self.test, self.method = test, test._testMethodName
        self.bench = self.method.startswith("bench_")
        self.name = self.method.partition("_")[2]
        body = getattr(test, self.method)
        self.ignored = getattr(body, "__unittest_skip__", False) or \
            getattr(type(test), "__unittest_skip__", False)
        self.who = {"class": type(test).__qualname__, "name": self.name}

    def run(self, stream, options):
        for iteration in range(1, options.repeat + 1):
            who = dict(self.who)
            if options.repeat > 1:
                who["iteration"] = iteration
            for attempt in range(1, options.retries + 2):
                if attempt > 1:
                    who["attempt"] = attempt
                last = attempt == options.retries + 1
                if self.attempt(stream, who, last, options) != "fail":
                    break

    def attempt(self, stream, who, last, options):
        stream.started(who, mode="bench" if self.bench else None)
        result = Result(stream, who)
        body = getattr(self.test, self.method)
        if self.ignored and (options.ignored or options.include_ignored):
            body = types.MethodType(body.__wrapped__, self.test)
            setattr(self.test, self.method, body)
        if not options.no_capture:
            sys.stdout.begin()
            sys.stderr.begin()
        before = time.monotonic_ns()
        unittest.TestSuite([self.test])(result)
        took = time.monotonic_ns() - before
        if not options.no_capture:
            for capture in (sys.stdout, sys.stderr):
                self.output(stream, who, capture.name, capture.end())
        if options.bench and result.outcome == "pass":
            stream.emit("case_metric", **who, metric="time", value=took,
                        unit="ns/iter")
        stream.completed(who, result.outcome,
                         last or result.outcome != "fail", **result.more)
        return result.outcome

    @staticmethod
    def output(stream, who, name, data):
        if not data:
            return
        try:
            what = {"text": data.decode("utf-8")}
        except UnicodeDecodeError:
            what = {"text_b64": base64.b64encode(data).decode("ascii")}
        stream.emit("case_output", **who, stream=name, **what)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Usage(message)


def parse(argv):
    p = Parser(prog="tests", fromfile_prefix_chars="@", allow_abbrev=False)
    p.add_argument("filters", nargs="*", metavar="FILTER")
    p.add_argument("--exact", action="store_true")
    p.add_argument("--skip", action="append", default=[], metavar="FILTER")
    p.add_argument("--list", action="store_true")
    p.add_argument("--format", choices=["pretty", "json"], default="pretty")
    which = p.add_mutually_exclusive_group()
    which.add_argument("--ignored", action="store_true")
    which.add_argument("--include-ignored", action="store_true")
    what = p.add_mutually_exclusive_group()
    what.add_argument("--test", action="store_true")
    what.add_argument("--bench", action="store_true")
    p.add_argument("--no-capture", "--nocapture", action="store_true")
    p.add_argument("--show-output", action="store_true")
    p.add_argument("--test-threads", type=int, default=1, metavar="N")
    p.add_argument("--retries", type=int, default=0, metavar="N")
    p.add_argument("--repeat", type=int, default=1, metavar="N")
    options = p.parse_intermixed_args(argv)
    if options.test_threads < 1:
        raise Usage("--test-threads is at least 1")
    return options


def find(classes):
    loader = unittest.TestLoader()
    for prefix in ("test_", "bench_"):
        loader.testMethodPrefix = prefix
        for c in classes:
            yield from map(Case, loader.loadTestsFromTestCase(c))


def select(cases, options):
    """Those to run, in the order of the filters."""
    def matches(case, f):
        return case.name == f if options.exact else f in case.name

    chosen = []
    for f in options.filters or [None]:
        chosen += [c for c in cases if c not in chosen and
                   (f is None or matches(c, f))]
    return [c for c in chosen
            if not any(matches(c, f) for f in options.skip)
            and (c.ignored or not options.ignored)
            and (c.bench or not options.bench)
            and not (c.bench and options.test)]


def run_json(cases, options):
    stream = Stream()
    chosen = select(cases, options)
    stream.emit("protocol", version="1.0",
                producer={"name": "python_unittest", "version": "1"})
    stream.emit("discover_start")
    for c in chosen + [c for c in cases if c not in chosen]:
        stream.emit("discover_case", **c.who,
                    mode="bench" if c.bench else None,
                    selected=None if c in chosen else False,
                    status="ignored" if c.ignored else None)
    stream.emit("discover_complete", total=len(cases))
    if options.list:
        return 0

    def stop(number, frame):
        stream.finish("abort", signal.Signals(number).name)
        os._exit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if not options.no_capture:
        sys.stdout = Capture("stdout", sys.stdout)
        sys.stderr = Capture("stderr", sys.stderr)
    stream.emit("run_start", total=len(chosen))
    with concurrent.futures.ThreadPoolExecutor(options.test_threads) as pool:
        for done in [pool.submit(c.run, stream, options) for c in chosen]:
            done.result()
    return 0 if stream.finish() else 1


def run_pretty(cases, options):
    chosen = select(cases, options)
    if options.list:
        for c in chosen:
            print(f"{c.name}: {'benchmark' if c.bench else 'test'}")
        return 0
    suite = unittest.TestSuite(c.test for c in chosen)
    result = unittest.TextTestRunner(buffer=not options.no_capture).run(suite)
    return 0 if result.wasSuccessful() else 1


def main(argv, classes):
    try:
        options = parse(argv)
        cases = list(find(classes))
        run = run_json if options.format == "json" else run_pretty
        return run(cases, options)
    except Usage as e:
        print(f"tests: {e}", file=sys.stderr)
        return 2


# ---- scenarios: the test programs of the conformance suite ----

def define(**methods):
    """A TestCase with these methods."""
    return type("Scenario", (unittest.TestCase,), methods)


def passes(self):
    pass


def fails(message):
    return lambda self: self.fail(message)


def skips(reason):
    return lambda self: self.skipTest(reason)


def ignored(reason, body=passes):
    return unittest.skip(reason)(lambda self: body(self))


def sleeps(seconds):
    return lambda self: time.sleep(seconds)


def writes(data):
    return lambda self: sys.stdout.buffer.write(data) and None


def fail_multi(self):
    for message in ("first", "second", "third"):
        with self.subTest(message):
            self.fail(message)


def lost(self):
    time.sleep(0.2)
    self.fail("lost")


tries = []


def flaky(self):
    tries.append(1)
    if len(tries) == 1:
        self.fail("too early")


def liar(self):
    print('{"event":"run_complete","outcome":"pass"}')
    self.fail("caught")


def boom(self):
    raise RuntimeError("boom")


def fork(self):
    sys.stdout.flush()
    os.waitpid(os.posix_spawn("/bin/echo", ["echo", "hello from the child"],
                              os.environ), 0)


def starter(self):
    subprocess.run(["sh", "-c", 'echo "fd=[$TEST_EVENTS_FD] '
                    'max=[$TEST_EVENTS_MAX_VERSION]"; echo stray >&3'],
                   close_fds=False, stderr=subprocess.DEVNULL)


def total(self):
    sum(range(100000))


def param(n):
    return fails("no answer") if n == 42 else passes


def load(i):
    return writes(bytes([ord("a") + i]) * 65536)


class left(unittest.TestCase):
    test_same = fails("left is wrong")


class right(unittest.TestCase):
    test_same = passes


three = {"test_one": passes, "test_two": passes, "test_three": passes}
greek = {"test_alpha": passes, "test_beta": passes, "test_gamma": passes}

SCENARIOS = {
    "pass": ([define(test_one=passes)], []),
    "fail": ([define(test_one=fails("left != right"))], []),
    "fail-multi": ([define(test_one=fail_multi)], []),
    "quotes": ([define(test_quoted=fails(
        'say "hi" to C:\\new\n%s ]]> é'))], []),
    "skip-static": ([define(
        test_one=ignored("not today", fails("it ran")))], []),
    "skip-dynamic": ([define(test_one=skips("no network"))], []),
    "skip-noreason": ([define(test_one=ignored(""))], []),
    "zero": ([], []),
    "one-of-each": ([define(
        test_good=passes, test_bad=fails("wrong answer"),
        test_idle=ignored("not today"))], []),
    "same-name": ([left, right], []),
    "param-100": ([define(
        **{f"test_param_{n}": param(n) for n in range(100)})], []),
    "retry-2": ([define(test_flaky=flaky)], ["--retries=2"]),
    "retry-exhaust": ([define(test_never=fails("still not"))],
                      ["--retries=2"]),
    "stress-3": ([define(test_steady=passes)], ["--repeat=3"]),
    "bench": ([define(bench_sum=total)], ["--bench"]),
    "bench-as-test": ([define(bench_sum=total)], []),
    "list": ([define(**three)], ["--list"]),
    "filter-some": ([define(**greek)], ["beta"]),
    "filter-none": ([define(**greek)], ["delta"]),
    "slow": ([define(test_slow=sleeps(1.5))], []),
    "parallel-4": ([define(
        test_north=sleeps(0.2), test_east=sleeps(0.2), test_south=lost,
        test_west=sleeps(0.2))], ["--test-threads=4"]),
    "parallel-16x64k": ([define(
        **{f"test_load{i:02}": load(i) for i in range(16)})],
        ["--test-threads=16"]),
    "stdout-noise": ([define(
        test_noisy=writes(b"hello from the test\nno line end"))], []),
    "stdout-spoof": ([define(test_liar=liar)], []),
    "stdout-binary": ([define(test_bytes=writes(b"\xff\xfe\0A\n"))], []),
    "long-name": ([define(**{"test_long_" + 1000 * "n": passes})], []),
    "panic": ([define(test_boom=boom, test_after=passes)], []),
    "abort": ([define(test_dies=lambda self: os.abort())], []),
    "exit0": ([define(test_leaves=lambda self: os._exit(0))], []),
    "sigterm": ([define(test_waits=sleeps(30))], []),
    "start": ([define(test_starter=starter)], []),
    "fork": ([define(test_parent=fork)], []),
    "cli": ([define(
        test_alpha=passes, test_alphabet=passes, test_beta=passes,
        test_gamma=passes, test_bad=fails("wrong answer"),
        test_delta=ignored("not today"), bench_sum=total,
        test_loud=writes(b"loud and clear\n"))], []),
}

if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] not in SCENARIOS:
        sys.exit(77)  # nested-3: classes do not nest
    tests, arguments = SCENARIOS[sys.argv[1]] if sys.argv[1:] else ([], [])
    sys.exit(main(arguments + sys.argv[2:], tests))
