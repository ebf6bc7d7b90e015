//! Finds tests and their rows in the sources.

use std::fs;
use std::path::Path;

/// A function with `#[test]` or `#[tokio::test]`.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    /// Its name.
    pub(crate) name: String,
    /// Its file, from the root of the repository.
    pub(crate) file: String,
}

impl Test {
    /// The rows that its name begins with: `o5_o6_the_peer_closes` has `O5` and `O6`, and `q_1007_and_1009_…` has
    /// `Q1007` and `Q1009`.
    pub(crate) fn rows(&self) -> Vec<String> {
        let mut words = self.name.split('_').peekable();
        if let Some(section) = words.next_if(|word| matches!(*word, "q" | "r")) {
            let section = section.to_uppercase();
            let mut rows = Vec::new();
            for word in words {
                match word {
                    "and" => {}
                    code if is_code(code) => rows.push(format!("{section}{code}")),
                    _ => break,
                }
            }
            if rows.is_empty() {
                rows.push(section);
            }
            return rows;
        }
        words
            .take_while(|word| is_row(word))
            .map(str::to_uppercase)
            .collect()
    }
}

/// The tests in all files below `folder`, but for those that are not run.
pub(crate) fn tests(root: &Path, folder: &str) -> Vec<Test> {
    let mut entries: Vec<_> = fs::read_dir(root.join(folder))
        .expect("a folder of sources")
        .map(|entry| entry.expect("an entry of a folder").file_name())
        .map(|name| format!("{folder}/{}", name.display()))
        .collect();
    entries.sort();
    let mut tests = Vec::new();
    for path in entries {
        // Here stand tests in strings.
        if path.ends_with("/coverage") {
            continue;
        }
        if root.join(&path).is_dir() {
            tests.extend(self::tests(root, &path));
        } else if path.ends_with(".rs") {
            let source = fs::read_to_string(root.join(&path)).expect("a source file");
            tests.extend(names(&source).map(|name| Test {
                name: name.to_owned(),
                file: path.clone(),
            }));
        }
    }
    tests
}

/// The names of the tests in a file. Formatted code has attributes and names on lines of their own.
fn names(source: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    source.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if line.starts_with("#[ignore") {
            is_test = false;
        } else if let Some((_, name)) = line.split_once("fn ").filter(|_| is_test) {
            is_test = false;
            return name.split('(').next();
        }
        None
    })
}

/// `c3`, `e10`: a section of the feature table and a number. Names of RFC sections (`s5_…`) begin above the three rows
/// of section S.
fn is_row(word: &str) -> bool {
    let mut letters = word.chars();
    let is_section = letters
        .next()
        .is_some_and(|letter| matches!(letter, 'a'..='s'));
    let number = letters.as_str().parse::<u8>();
    is_section && number.is_ok_and(|number| number > 0 && !(word.starts_with('s') && number > 3))
}

fn is_code(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn rows_are_read_from_the_names_of_tests() {
    for (name, rows) in [
        ("c3_a_literal_beats_a_variable", &["C3"][..]),
        ("o5_o6_the_peer_closes", &["O5", "O6"]),
        ("s5_5_1_a_reason_is_utf8", &[]),
        ("s1_pings", &["S1"]),
        ("q_1007_and_1009_are_told", &["Q1007", "Q1009"]),
        ("q_a_reason_has_123_bytes", &["Q"]),
        ("r_pings_are_no_activity", &["R"]),
        ("a_message_that_nobody_takes", &[]),
    ] {
        let test = Test {
            name: name.to_owned(),
            file: String::new(),
        };
        assert_eq!(test.rows(), rows, "{name}");
    }
}

#[test]
fn tests_that_are_not_run_do_not_count() {
    let source = "
        #[test]
        fn c1_one() {}
        fn c2_no_test() {}
        #[tokio::test(start_paused = true)]
        async fn c3_three() {}
        #[test]
        #[ignore = \"slow\"]
        fn c4_never_run() {}
    ";
    assert_eq!(names(source).collect::<Vec<_>>(), ["c1_one", "c3_three"]);
}
