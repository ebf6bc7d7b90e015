//! Java classes in `corpus/java`, each with an idiom or a trap, and the Rust that they become in `corpus/src`.
//!
//! The crate `wspring-port-corpus` is that Rust, so whatever builds the workspace proves that all of it compiles.
//! `PORT=overwrite cargo test -p wspring-port --test corpus` writes what the porter makes now; then read the difference.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use wspring_port::{Options, port, sources};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir(corpus().join("java")).expect("the corpus is there");
    let mut cases: Vec<_> = entries
        .map(|entry| {
            entry
                .expect("a folder")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    cases.sort();
    cases
}

/// Returns the files of the corpus crate that the porter makes.
fn made() -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut lib = String::from(
        "//! The ported classes of `../java`, a module for each case. The test `corpus` of wspring-port writes it.\n",
    );
    for case in cases() {
        let java = corpus().join("java").join(&case);
        let mut sources = sources(&[java]).expect("Java files");
        for source in &mut sources {
            let name = Path::new(&source.path).file_name().expect("a name");
            source.path = name.to_string_lossy().into_owned();
        }
        let ported = port(&sources, &Options::default()).expect("an endpoint");
        for (path, text) in ported.files {
            let kept = path
                .strip_prefix("src/")
                .or_else(|| (path == "PORTING.md").then_some("PORTING.md"));
            if let Some(path) = kept {
                files.insert(Path::new("src").join(&case).join(path), text);
            }
        }
        lib.push_str(&format!(
            "\n#[rustfmt::skip]\n#[path = \"{case}/main.rs\"]\nmod {case};\n"
        ));
    }
    files.insert(PathBuf::from("src/lib.rs"), lib);
    files
}

#[test]
fn each_java_class_becomes_the_expected_rust() {
    let made = made();
    if env::var_os("PORT").is_some_and(|value| value == "overwrite") {
        fs::remove_dir_all(corpus().join("src")).expect("it can be removed");
        for (path, text) in &made {
            let path = corpus().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        }
        return;
    }
    for (path, text) in &made {
        let expected = fs::read_to_string(corpus().join(path)).unwrap_or_default();
        assert_eq!(
            *text,
            expected,
            "{}: see the top of this file",
            path.display()
        );
    }
}

#[test]
fn porting_twice_gives_the_same() {
    assert_eq!(made(), made());
}

#[test]
fn every_todo_is_reported_with_its_lines() {
    for case in cases() {
        let sources = sources(&[corpus().join("java").join(&case)]).expect("Java files");
        let ported = port(&sources, &Options::default()).expect("an endpoint");
        let todos: Vec<_> = ported
            .report
            .endpoints
            .iter()
            .flat_map(|it| &it.todos)
            .collect();
        let mut written = 0;
        for (path, text) in &ported.files {
            for (index, line) in text.lines().enumerate() {
                if !line.trim_start().starts_with("// TODO(line ") {
                    continue;
                }
                written += 1;
                let is_reported = todos
                    .iter()
                    .any(|todo| todo.rust_file == *path && todo.rust_line == index + 1);
                assert!(is_reported, "{case}: {path}:{}: {line}", index + 1);
            }
        }
        assert_eq!(written, todos.len(), "{case}");
    }
}
