// SPDX-License-Identifier: MIT
fn main() {}

#[test]
fn adds() {
    nasty_names::ran("pass", "bin adds");
}

#[test]
fn subtracts() {
    nasty_names::ran("fail", "bin subtracts");
}
