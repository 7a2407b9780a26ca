/* SPDX-License-Identifier: MIT */
module.exports = {
	testDir: 'tests',
	projects: [{ name: 'small screen' }, { name: 'large' }],
};
