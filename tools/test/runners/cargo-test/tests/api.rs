// SPDX-License-Identifier: MIT
#[test]
fn adds() {
    nasty_names::ran("fail", "api adds");
}

#[test]
fn adds_more() {
    nasty_names::ran("pass", "api adds_more");
}
