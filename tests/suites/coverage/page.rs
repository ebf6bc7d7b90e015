//! Writes the page.

use std::fmt::Write as _;
use std::path::Path;

use crate::Covered;
use crate::rows::Row;

const HEAD: &str = "\
# Jakarta WebSocket, row by row

What Jakarta WebSocket 2.2 offers, what wspring does with it, and the tests that would fail without it. The test
`coverage` makes this page from the names of the tests and from `tests/suites/coverage/rows.txt`, and fails when it is
not up to date:

```sh
COVERAGE=overwrite cargo test -p wspring-tests --test coverage
```

[porting-from-java.md](porting-from-java.md) shows what to write instead of what.
";

/// The whole page.
pub(crate) fn write(rows: &[Row], covered: &Covered, root: &Path) -> String {
    let mut page = HEAD.to_owned();
    for row in rows {
        if let Some(section) = row.section {
            let (letter, title) = section.split_once(' ').unwrap_or((section, ""));
            let _ = write!(page, "\n## {letter}. {title}\n\n");
            page.push_str("| | in Java | here | tests |\n|---|---|---|---|\n");
        }
        let tests = tests(row, covered, root);
        let _ = writeln!(
            page,
            "| {} | {} | {} | {tests} |",
            row.id, row.what, row.here
        );
    }
    page
}

/// Links to the tests of a row, and to its cases.
fn tests(row: &Row, covered: &Covered, root: &Path) -> String {
    let cases = row.cases.iter().filter_map(|case| {
        let path = crate::case_path(root, case)?;
        Some(format!("[ui: `{case}`](../{path})"))
    });
    let tests = covered.get(row.id).into_iter().flatten();
    let tests = tests.map(|test| format!("[`{}`](../{})", test.name, test.file));
    cases.chain(tests).collect::<Vec<_>>().join("<br>")
}
