// SPDX-License-Identifier: MIT
fn main() {}

#[test]
fn adds() {
    nasty_names::ran("fail", "example adds");
}
