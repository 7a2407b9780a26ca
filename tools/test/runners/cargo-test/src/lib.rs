// SPDX-License-Identifier: MIT
//! Tests under names that are hard to say.

pub fn ran(outcome: &str, name: &str) {
    use std::io::Write;
    let path = std::env::var("RAN").unwrap();
    let mut f = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    f.write_all(format!("{outcome} {name}\n").as_bytes()).unwrap();
    assert_eq!(outcome, "pass");
}

/// ```
/// nasty_names::ran("fail", "doc of one");
/// ```
pub fn one() {}

/// ```
/// nasty_names::ran("pass", "doc of two");
/// ```
pub fn two<T>() {}

pub struct Vecs<T>(T);

impl<T> Vecs<T> {
    /// ```
    /// nasty_names::ran("fail", "doc of a method");
    /// ```
    pub fn method() {}
}

#[cfg(test)]
mod tests {
    use super::ran;

    #[test]
    fn adds() {
        ran("fail", "lib tests::adds");
    }

    #[test]
    fn adds_more() {
        ran("pass", "lib tests::adds_more");
    }

    #[test]
    fn größe() {
        ran("fail", "lib tests::größe");
    }

    #[test]
    fn r#match() {
        ran("fail", "lib tests::match");
    }

    mod r#async {
        #[test]
        fn adds() {
            crate::ran("pass", "lib tests::async::adds");
        }
    }
}
