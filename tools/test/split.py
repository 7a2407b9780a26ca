#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""split.py N DIR: deals the cases of a native stream on standard input to N
shards, DIR/1.jsonl ...; what belongs to no case goes to each of them."""
import json
import sys
import zlib

n, where = int(sys.argv[1]), sys.argv[2]
out = [open(f"{where}/{i + 1}.jsonl", "wb") for i in range(n)]
for line in sys.stdin.buffer:
    ev = json.loads(line)
    kind = ev["event"]
    # Counts are of the whole run, not of a shard.
    if kind in ("suite_complete", "run_complete") and "counts" in ev:
        del ev["counts"]
        line = json.dumps(ev).encode() + b"\n"
    if kind.startswith("case_") or kind == "discover_case":
        key = [ev.get(k) for k in
               ("run", "suite", "class", "name", "variant", "iteration")]
        out[zlib.crc32(repr(key).encode()) % n].write(line)
    elif kind == "log":
        out[0].write(line)
    else:
        # A shard fails by its own cases; the first one speaks for the run.
        for f in out:
            f.write(line)
