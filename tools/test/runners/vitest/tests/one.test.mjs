/* SPDX-License-Identifier: MIT */
import { test, describe } from 'vitest';
import fs from 'node:fs';

function make(outcome, name, id) {
	test(name, () => {
		fs.appendFileSync(process.env.RAN,
		    outcome + ' one: ' + (id || name) + '\n');
		if (outcome === 'fail')
			throw new Error('as it should');
	});
}

make('pass', 'adds');
make('fail', 'adds 1 + 1 (really?)');
make('fail', 'it\'s "quoted" `here`');
make('fail', 'a/b\\c');
make('pass', 'a/b');
make('fail', '$HOME ${x} $(y) [0] {1,2}');
make('fail', 'größe → 日本');
make('fail', 'std::vec<T> | .* ^anchored$');
make('fail', 'prefix');
make('pass', 'prefix and more');
make('pass', 'no prefix');
make('fail', '-starts with a dash');
describe('outer (a)', () => {
	make('fail', 'same', 'a same');
	describe('in/ner', () => {
		make('fail', 'same', 'a inner same');
		make('pass', 'other', 'a inner other');
	});
});
describe('outer (b)', () => {
	make('pass', 'same', 'b same');
});
