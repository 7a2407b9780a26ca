/* SPDX-License-Identifier: MIT */
import { test, describe } from 'vitest';
import fs from 'node:fs';

function make(outcome, name, id) {
	test(name, () => {
		fs.appendFileSync(process.env.RAN,
		    outcome + ' two words: ' + (id || name) + '\n');
		if (outcome === 'fail')
			throw new Error('as it should');
	});
}

make('pass', 'prefix');
make('fail', 'adds');
make('pass', 'a/b\\c');
