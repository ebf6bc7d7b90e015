//! The shape of the code: which folder of the runtime may import which, and that no files import each other.

mod sources;

use std::collections::HashMap;
use std::path::Path;

use petgraph::algo::tarjan_scc;
use petgraph::graphmap::DiGraphMap;

use self::sources::Crate;

/// The layers of `runtime/src`, from the top. What stands in a line may import what stands in the lines below it, and
/// nothing of its own line or above.
const LAYERS: &[&[&str]] = &[
    // Glue for users and generated code: it re-exports, and is imported by nobody.
    &["the crate's root", "prelude", "__private", "__fuzz"],
    &["server", "client"],
    &["connection"],
    &["endpoint"],
    &["handshake"],
    &["push"],
    &["cluster"],
    &["registry"],
    &["session"],
    &["request"],
    &["site"],
    &["error"],
    &["message"],
    // They import nothing of ours but crates.
    &["bounds", "box_error", "escaped", "log_limits"],
];

/// The crates that stand below all layers, under the names that the runtime has for them.
const CRATES: &[&str] = &["protocol"];

/// The sources in which no files import each other, each with the root of its crate.
const SOURCES: &[&str] = &[
    "benches/src",
    "benches/src/clusters",
    "benches/src/compare",
    "benches/src/instructions",
    "benches/src/load",
    "benches/src/node",
    "benches/src/server",
    "fuzz/promises/src",
    "macros/src",
    "path/src",
    "port/src",
    "protocol/src",
    "runtime/src",
];

#[test]
fn no_folder_of_the_runtime_imports_one_beside_or_above_it() {
    let runtime = Crate::read(&root().join("runtime/src"));
    let wrong = upward(&runtime);
    assert!(
        wrong.is_empty(),
        "arrows that run up:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn no_files_of_a_crate_import_each_other() {
    let circles: Vec<_> = SOURCES
        .iter()
        .flat_map(|sources| circles(&Crate::read(&root().join(sources))))
        .collect();
    assert!(
        circles.is_empty(),
        "files that import each other:\n\n{}",
        circles.join("\n\n")
    );
}

#[test]
fn an_arrow_that_runs_up_is_found_however_it_is_written() {
    for text in [
        "use crate::connection::Wire;",
        "use crate::{bounds, connection::Wire};",
        "fn wire() -> crate::connection::Wire {}",
        "mod tests { use super::super::super::connection::Wire; }",
        "log!(crate::connection::Wire);",
        "use crate::Session;",
    ] {
        let site = Crate::of(&[
            ("site/key.rs", text),
            ("connection/mod.rs", "struct Wire;"),
            ("bounds.rs", ""),
        ]);
        assert_eq!(upward(&site).len(), 1, "{text}");
    }
    let down = "use crate::bounds::size; /// [`crate::connection::Wire`]\nfn f() { let _ = \"crate::connection\"; }";
    let site = Crate::of(&[("site/key.rs", down), ("bounds.rs", "fn size() {}")]);
    assert!(upward(&site).is_empty());
}

#[test]
fn a_circle_is_found_through_the_names_that_a_module_hands_on() {
    let handing_on = [
        (
            "a/mod.rs",
            "mod b; mod c; pub(crate) use b::B; pub(crate) use self::c::C;",
        ),
        ("a/b.rs", "use super::C; struct B;"),
        ("a/c.rs", "use crate::a::B; struct C;"),
    ];
    assert_eq!(circles(&Crate::of(&handing_on)).len(), 1);
    let one_way = [
        (
            "a/mod.rs",
            "mod b; mod c; pub(crate) use b::B; pub(crate) use self::c::C;",
        ),
        ("a/b.rs", "use super::C; struct B;"),
        ("a/c.rs", "struct C;"),
    ];
    assert!(circles(&Crate::of(&one_way)).is_empty());
}

/// Returns the arrows between folders that do not run down, one a line.
fn upward(runtime: &Crate) -> Vec<String> {
    let floors: HashMap<&str, usize> = LAYERS
        .iter()
        .enumerate()
        .flat_map(|(floor, names)| names.iter().map(move |name| (*name, floor)))
        .collect();
    let mut wrong = Vec::new();
    for (file, folder, import) in runtime.imports_between_folders() {
        if CRATES.contains(&import) {
            continue;
        }
        match (floors.get(folder), floors.get(import)) {
            // Glue may import glue.
            (Some(0), Some(_)) => {}
            (Some(from), Some(to)) if from < to => {}
            (Some(_), Some(_)) => wrong.push(format!("{file}: {folder} imports {import}")),
            _ => wrong.push(format!("{file}: `{folder}` or `{import}` is in no layer")),
        }
    }
    wrong
}

/// Returns the circles of files, each as the arrows that tie it.
fn circles(sources: &Crate) -> Vec<String> {
    let arrows = sources.arrows();
    let graph: DiGraphMap<&str, ()> = arrows.iter().copied().collect();
    tarjan_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| {
            let mut ties: Vec<_> = arrows
                .iter()
                .filter(|(from, to)| circle.contains(from) && circle.contains(to))
                .map(|(from, to)| format!("{}: {from} imports {to}", sources.name()))
                .collect();
            ties.sort_unstable();
            ties.dedup();
            ties.join("\n")
        })
        .collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
