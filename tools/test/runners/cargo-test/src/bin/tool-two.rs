// SPDX-License-Identifier: MIT
fn main() {}

#[test]
fn adds() {
    nasty_names::ran("fail", "bin two adds");
}
