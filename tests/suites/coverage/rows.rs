//! The rows of `rows.txt`: a number, what it is, what we do with it, and the compile-time cases that cover it.

const ROWS: &str = include_str!("rows.txt");

/// One feature of Jakarta WebSocket.
pub(crate) struct Row {
    /// Section and number, such as `C3`.
    pub(crate) id: &'static str,
    /// The title of its section, where it is the first of it.
    pub(crate) section: Option<&'static str>,
    /// What it is.
    pub(crate) what: &'static str,
    /// What we do with it.
    pub(crate) here: &'static str,
    /// Whether it must have a test.
    pub(crate) standing: Standing,
    /// Names of files in `runtime/tests/ui`.
    pub(crate) cases: Vec<&'static str>,
}

/// Whether a row has tests.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It must.
    Covered,
    /// It must not: the row says why.
    LeftOut,
}

/// All rows, in the order of the file.
pub(crate) fn all() -> Vec<Row> {
    let mut section = None;
    let mut rows = Vec::new();
    for line in ROWS.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("# ") {
            Some(title) => section = Some(title),
            None => rows.push(row(line, section.take())),
        }
    }
    rows
}

fn row(line: &'static str, section: Option<&'static str>) -> Row {
    let fields: Vec<_> = line.split(" | ").collect();
    let (id, what, here, cases) = match *fields {
        [id, what, here] => (id, what, here, ""),
        [id, what, here, cases] => (id, what, here, cases),
        _ => panic!("a row is `number | what | here` or `number | what | here | cases`: {line}"),
    };
    let standing = match here.split_once(':').map_or(here, |(verb, _)| verb) {
        "match" | "improve" | "compile error" | "start-up error" => Standing::Covered,
        "left out" if here.len() > "left out: ".len() => Standing::LeftOut,
        _ => panic!("{id}: what is done with it? {here}"),
    };
    Row {
        id,
        section,
        what,
        here,
        standing,
        cases: cases.split_whitespace().collect(),
    }
}
