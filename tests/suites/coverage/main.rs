//! `docs/jakarta-coverage.md`: which test covers which row of Jakarta WebSocket, made from the names of the tests.
//!
//! A test that covers a row begins with its number: `c3_a_literal_beats_a_variable`, `o5_o6_the_application_closes`,
//! `q_1009_…`. The rows stand in `rows.txt`. What covers a mistake that does not compile is a case in
//! `runtime/tests/ui`, and `rows.txt` names it.
//!
//! After a test or a row was added, `COVERAGE=overwrite cargo test -p wspring-tests --test coverage` writes the page.

mod page;
mod rows;
mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use rows::{Row, Standing};
use scan::Test;

/// Where tests stand, and where the page is, from the root of the repository.
const SOURCES: [&str; 5] = [
    "macros/src",
    "path/src",
    "runtime/src",
    "runtime/tests",
    "tests/suites",
];
const CASES: [&str; 2] = ["runtime/tests/ui/fail", "runtime/tests/ui/pass"];
const PAGE: &str = "docs/jakarta-coverage.md";

/// The tests of each row.
type Covered = BTreeMap<String, Vec<Test>>;

#[test]
fn the_page_says_what_the_tests_are() {
    let (rows, covered) = (rows::all(), covered());
    let page = page::write(&rows, &covered, &root());
    let path = root().join(PAGE);
    if env::var_os("COVERAGE").is_some_and(|value| value == "overwrite") {
        fs::write(&path, page).expect("the page can be written");
        return;
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "{PAGE} is not what the tests say; write it anew with\n\
         COVERAGE=overwrite cargo test -p wspring-tests --test coverage"
    );
}

#[test]
fn every_row_is_covered_or_left_out() {
    let covered = covered();
    let has_test = |row: &Row| !row.cases.is_empty() || covered.contains_key(row.id);
    let mut wrong = Vec::new();
    for row in rows::all() {
        match (row.standing, has_test(&row)) {
            (Standing::Covered, false) => wrong.push(format!("{} has no test", row.id)),
            (Standing::LeftOut, true) => wrong.push(format!("{} is left out and has one", row.id)),
            (Standing::Covered, true) | (Standing::LeftOut, false) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_and_every_case_that_is_named_is_there() {
    let rows = rows::all();
    let known: BTreeSet<&str> = rows.iter().map(|row| row.id).collect();
    assert_eq!(known.len(), rows.len(), "a row stands there twice");
    for (id, tests) in covered() {
        assert!(known.contains(&*id), "no row {id}: {tests:?}");
    }
    for row in &rows {
        for case in &row.cases {
            assert!(
                case_path(&root(), case).is_some(),
                "{}: no case {case}",
                row.id
            );
        }
    }
}

#[test]
fn the_guide_has_every_name_of_the_java_api() {
    const NAMES: &str = include_str!("names.txt");
    let guide = fs::read_to_string(root().join("docs/porting-from-java.md")).expect("the guide");
    let words: BTreeSet<&str> = guide
        .split(|character: char| !character.is_ascii_alphanumeric() && character != '_')
        .collect();
    let has = |name: &str| match name.split_once('.') {
        Some(_) => guide.contains(name),
        None => words.contains(name),
    };
    let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
    let missing: Vec<_> = lines
        .flat_map(str::split_whitespace)
        .filter(|name| !has(name))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/porting-from-java.md lacks {missing:?}"
    );
}

/// Where the case of this name is, from the root of the repository.
fn case_path(root: &Path, name: &str) -> Option<String> {
    CASES
        .iter()
        .map(|folder| format!("{folder}/{name}.rs"))
        .find(|path| root.join(path).is_file())
}

fn covered() -> Covered {
    let mut covered = Covered::new();
    for source in SOURCES {
        for test in scan::tests(&root(), source) {
            for row in test.rows() {
                covered.entry(row).or_default().push(test.clone());
            }
        }
    }
    covered
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    root.expect("the tests are a folder of the repository")
        .to_owned()
}
