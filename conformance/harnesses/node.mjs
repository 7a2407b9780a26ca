#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// Tests in JavaScript that speak test-events 1.0, with Node alone. Copy this
// file and replace what is below "scenarios" by your own
//
//	test("name", (t) => { t.check(got === 3, `got ${got}`); });
//
// Tests run in this process, asynchronous ones at the same time if asked. What
// they print by process.stdout and console is told as case_output.
import { AsyncLocalStorage } from "node:async_hooks";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import process from "node:process";

const current = new AsyncLocalStorage();
const begin = process.hrtime.bigint();
const tests = [];
const open = new Set();
const suites = [];
const counts = { pass: 0, fail: 0, skip: 0 };
let fd = 1;

class Skip extends Error {}
class Usage extends Error {}

// ---- for tests ----

// test(name, body, { suite, ignored: "reason", bench: true })
export function test(name, body, more = {}) {
	tests.push({ name, body, ...more });
}

class Attempt {
	constructor(test, iteration, attempt) {
		this.test = test;
		this.attempt = attempt ?? 1;
		this.who = { suite: test.suite, name: test.name, iteration, attempt };
		this.output = { stdout: [], stderr: [] };
		this.outcome = "pass";
	}

	// Goes on when it is not so.
	check(good, message) {
		if (!good)
			this.fail({ message });
		return good;
	}

	skip(reason) {
		throw new Skip(reason);
	}

	metric(metric, value, unit) {
		emit("case_metric", { ...this.who, metric, value, unit });
	}

	fail(what) {
		this.outcome = "fail";
		emit("case_message", { ...this.who, kind: "error", ...what });
	}
}

// ---- the stream ----

function openStream() {
	const number = process.env.TEST_EVENTS_FD || "1";
	const most = process.env.TEST_EVENTS_MAX_VERSION || "1.0";
	delete process.env.TEST_EVENTS_FD;
	delete process.env.TEST_EVENTS_MAX_VERSION;
	if (!/^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$/.test(most) || +most.split(".")[0] < 1)
		throw new Usage(`cannot write test-events as low as "${most}"`);
	try {
		fs.fstatSync(Number(number));
	} catch {
		throw new Usage(`TEST_EVENTS_FD is no open descriptor: "${number}"`);
	}
	fd = Number(number);
}

function writeAll(data) {
	while (data.length > 0) {
		try {
			data = data.subarray(fs.writeSync(fd, data));
		} catch (e) {
			if (e.code === "EAGAIN")
				Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
			else
				process.exit(1);
		}
	}
}

function emit(event, members = {}) {
	const elapsed_ns = Number(process.hrtime.bigint() - begin);
	// undefined members are left out; half a surrogate pair has no place
	const line = JSON.stringify({ event, ...members, elapsed_ns },
		(key, value) => typeof value === "string" ? value.toWellFormed() : value);
	writeAll(Buffer.from(line + "\n"));
}

function emitOutput(run) {
	for (const [stream, pieces] of Object.entries(run.output)) {
		const bytes = Buffer.concat(pieces);
		if (bytes.length === 0)
			continue;
		let text, text_b64;
		try {
			text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
				.decode(bytes);
		} catch {
			text_b64 = bytes.toString("base64");
		}
		emit("case_output", { ...run.who, stream, text, text_b64 });
	}
}

// ---- running ----

function capture(name) {
	const stream = process[name];
	stream.write = (data, encoding, done) => {
		const run = current.getStore();
		const bytes = typeof data === "string" ?
			Buffer.from(data, typeof encoding === "string" ? encoding : "utf8") :
			Buffer.from(data);
		if (run)
			run.output[name].push(bytes);
		else
			fs.writeSync(2, bytes);
		(typeof encoding === "function" ? encoding : done)?.();
		return true;
	};
}

function failure(e) {
	if (!(e instanceof Error))
		return { message: String(e) };
	return { message: e.message, type: e.name, detail: e.stack };
}

async function runAttempt(run) {
	open.add(run);
	emit("case_start", { ...run.who, mode: run.test.bench ? "bench" : undefined });
	let status, reason;
	try {
		if (run.test.ignored !== undefined)
			throw new Skip(run.test.ignored);
		await current.run(run, () => run.test.body(run));
	} catch (e) {
		if (e instanceof Skip) {
			run.outcome = "skip";
			reason = e.message || undefined;
		} else {
			run.fail(failure(e));
			status = "error";
		}
	}
	emitOutput(run);
	emit("case_complete", { ...run.who, outcome: run.outcome, status, reason });
	open.delete(run);
}

async function runCase(test, options, iteration) {
	let run;
	for (let n = 1; n <= options.retries + 1; n++) {
		run = new Attempt(test, iteration, n > 1 ? n : undefined);
		await runAttempt(run);
		if (run.outcome !== "fail")
			break;
	}
	counts[run.outcome]++;
}

async function runAll(chosen, options) {
	const queue = [];
	for (const t of chosen)
		for (let i = 1; i <= options.repeat; i++)
			queue.push([t, options.repeat > 1 ? i : undefined]);
	const lane = async () => {
		for (let next; (next = queue.shift());)
			await runCase(next[0], options, next[1]);
	};
	await Promise.all(Array.from({ length: options.jobs }, lane));
}

// The tests of one suite, then the suites in it: "a/b" is in "a".
async function runSuite(chosen, options, suite, parent) {
	const inner = new Map();
	const own = chosen.filter((t) => t.suite === suite);
	for (const t of chosen.filter((t) => t.suite !== suite)) {
		const rest = suite === undefined ? t.suite : t.suite.slice(suite.length + 1);
		const name = rest.split("/")[0];
		inner.set(name, [...inner.get(name) ?? [], t]);
	}
	if (suite !== undefined) {
		emit("suite_start", { suite, parent });
		suites.push(suite);
	}
	await runAll(own, options);
	for (const [name, those] of inner)
		await runSuite(those, options,
			suite === undefined ? name : `${suite}/${name}`, suite);
	if (suite !== undefined)
		emit("suite_complete", { suite: suites.pop() });
}

function finish(status) {
	const outcome = status || counts.fail > 0 ? "fail" : "pass";
	emit("run_complete", { outcome, status, counts });
	process.exit(outcome === "pass" ? 0 : 1);
}

function stop(signal) {
	emit("run_cancel", { reason: signal });
	for (const run of open) {
		counts.fail++;
		emit("case_complete", { ...run.who, outcome: "fail", status: "abort" });
	}
	while (suites.length > 0)
		emit("suite_complete", { suite: suites.pop() });
	finish("abort");
}

function parse(args) {
	const options = { retries: 0, repeat: 1, jobs: 1 };
	for (let arg; (arg = args.shift()) !== undefined;) {
		const [, name, value] = /^--(format|retries|repeat|jobs)(?:=(.*))?$/s.exec(arg) ?? [];
		if (name === "format")
			options.format = value ?? args.shift();
		else if (name)
			options[name] = Number(value ?? args.shift());
		else if (arg === "--list")
			options.list = true;
		else if (!arg.startsWith("-"))
			options.filter = arg;
		else
			throw new Usage(`unknown option: ${arg}`);
	}
	if (options.format !== "json")
		throw new Usage("--format json is all it can do");
	return options;
}

export async function main(args) {
	try {
		const options = parse(args);
		openStream();
		const chosen = tests.filter((t) => t.name.includes(options.filter ?? ""));
		emit("protocol", { version: "1.0", producer: { name: "node.mjs" } });
		if (options.list) {
			emit("discover_start");
			for (const { suite, name } of chosen)
				emit("discover_case", { suite, name });
			emit("discover_complete", { total: chosen.length });
			return;
		}
		capture("stdout");
		capture("stderr");
		process.on("SIGTERM", stop);
		process.on("SIGINT", stop);
		emit("run_start", { total: chosen.length });
		await runSuite(chosen, options);
		finish();
	} catch (e) {
		fs.writeSync(2, `tests: ${e instanceof Usage ? e.message : e.stack}\n`);
		process.exit(e instanceof Usage ? 2 : 1);
	}
}

// ---- scenarios: the test programs of the conformance suite ----

const passes = () => {};
const fails = (message) => (t) => t.check(false, message);
const sleeps = (ms) => () => new Promise((done) => setTimeout(done, ms));

function sum(t) {
	const start = process.hrtime.bigint();
	let total = 0;
	for (let i = 0; i < 100000; i++)
		total += i;
	t.metric("time", Number(process.hrtime.bigint() - start), "ns/iter");
	return total;
}

const scenarios = {
	"pass": () => test("one", passes),
	"fail": () => test("one", fails("left != right")),
	"fail-multi": () => test("one", (t) => {
		for (const message of ["first", "second", "third"])
			t.check(false, message);
	}),
	"quotes": () => test("quoted", fails('say "hi" to C:\\new\n%s ]]> é')),
	"skip-static": () => test("one", fails("it ran"), { ignored: "not today" }),
	"skip-dynamic": () => test("one", (t) => t.skip("no network")),
	"skip-noreason": () => test("one", (t) => t.skip()),
	"zero": () => {},
	"one-of-each": () => {
		test("good", passes);
		test("bad", fails("wrong answer"));
		test("idle", passes, { ignored: "not today" });
	},
	"nested-3": () => {
		test("in_outer", passes, { suite: "outer" });
		test("in_middle", passes, { suite: "outer/middle" });
		test("in_inner", passes, { suite: "outer/middle/inner" });
	},
	"same-name": () => {
		test("same", fails("left is wrong"), { suite: "left" });
		test("same", passes, { suite: "right" });
	},
	"param-100": () => {
		for (let n = 0; n < 100; n++)
			test(`param ${n}`, n === 42 ? fails("no answer") : passes);
	},
	"retry-2": () => {
		test("flaky", (t) => t.check(t.attempt > 1, "too early"));
		return ["--retries=2"];
	},
	"retry-exhaust": () => {
		test("never", fails("still not"));
		return ["--retries=2"];
	},
	"stress-3": () => {
		test("steady", passes);
		return ["--repeat=3"];
	},
	"bench": () => test("sum", sum, { bench: true }),
	"bench-as-test": () => test("sum", passes, { bench: true }),
	"list": () => {
		["one", "two", "three"].forEach((name) => test(name, passes));
		return ["--list"];
	},
	"filter-some": () => {
		["alpha", "beta", "gamma"].forEach((name) => test(name, passes));
		return ["beta"];
	},
	"filter-none": () => {
		["alpha", "beta", "gamma"].forEach((name) => test(name, passes));
		return ["delta"];
	},
	"slow": () => test("slow", sleeps(1500)),
	"parallel-4": () => {
		for (const name of ["north", "east", "west"])
			test(name, sleeps(200));
		test("south", async (t) => {
			await sleeps(200)();
			t.check(false, "lost");
		});
		return ["--jobs=4"];
	},
	"parallel-16x64k": () => {
		for (let i = 0; i < 16; i++)
			test(`load${String(i).padStart(2, "0")}`, async () => {
				await sleeps(10)();
				process.stdout.write(String.fromCharCode(97 + i).repeat(65536));
			});
		return ["--jobs=16"];
	},
	"stdout-noise": () => test("noisy", () => {
		process.stdout.write("hello from the test\nno line end");
	}),
	"stdout-spoof": () => test("liar", (t) => {
		console.log('{"event":"run_complete","outcome":"pass"}');
		t.check(false, "caught");
	}),
	"stdout-binary": () => test("bytes", () => {
		process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x41, 0x0a]));
	}),
	"long-name": () => test("long_" + "n".repeat(1000), passes),
	"panic": () => {
		test("boom", () => {
			throw new TypeError("boom");
		});
		test("after", passes);
	},
	"abort": () => test("dies", () => process.abort()),
	"exit0": () => test("leaves", () => process.exit(0)),
	"sigterm": () => test("waits", sleeps(30000)),
	"start": () => test("starter", () => {
		const { stdout } = spawnSync("sh", ["-c", 'echo "fd=[$TEST_EVENTS_FD] ' +
			'max=[$TEST_EVENTS_MAX_VERSION]"; echo stray >&3']);
		process.stdout.write(stdout);
	}),
	"fork": () => test("parent", () => {
		process.stdout.write(execFileSync("echo", ["hello from the child"]));
	}),
};

const [scenario, ...args] = process.argv.slice(2);
if (scenario !== undefined && !Object.hasOwn(scenarios, scenario))
	process.exit(77);
const own = scenario === undefined ? [] : scenarios[scenario]();
await main([...Array.isArray(own) ? own : [], ...args]);
