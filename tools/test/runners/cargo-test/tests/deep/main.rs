// SPDX-License-Identifier: MIT
#[test]
fn adds() {
    nasty_names::ran("fail", "deep/main adds");
}

#[test]
fn adds_more() {
    nasty_names::ran("pass", "deep/main adds_more");
}
