//! Any text at all: the porter neither panics nor hangs, and what it writes is Rust.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use wspring_port::{Options, PortError, Source, port};

/// Ports a text; whatever comes out has to be Rust.
fn try_port(text: &str) {
    let source = Source {
        path: "Any.java".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    match port(&[source], &Options::default()) {
        Ok(ported) => {
            for (path, text) in &ported.files {
                if path.ends_with(".rs") {
                    assert!(syn::parse_file(text).is_ok(), "{path} is not Rust:\n{text}");
                }
            }
        }
        Err(PortError::Unparsable { file, error }) => panic!("{file}: {error}\n{text}"),
        Err(_) => {}
    }
}

fn corpus() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/java");
    let mut files: Vec<PathBuf> = Vec::new();
    for case in fs::read_dir(root).expect("the corpus is there") {
        let case = case.expect("a folder").path();
        files.extend(
            fs::read_dir(case)
                .expect("a folder")
                .map(|file| file.expect("a file").path()),
        );
    }
    files.sort();
    files
        .iter()
        .map(|file| fs::read_to_string(file).expect("Java"))
        .collect()
}

#[test]
fn a_class_that_is_cut_anywhere_is_no_harm() {
    for text in corpus() {
        // Every place would take minutes; each run of the corpus has thousands all the same.
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(17).collect();
        for end in ends {
            try_port(&text[..end]);
        }
    }
}

#[test]
fn nesting_without_end_is_no_harm() {
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("if (a) {", "}"),
        ("x -> ", ""),
        ("new int[] {", "}"),
        ("\"a\" + (", ")"),
    ] {
        let inner = format!("{}{}", open.repeat(5000), close.repeat(5000));
        try_port(&format!(
            "@ServerEndpoint(\"/a\") class A {{ @OnMessage void m(String a) {{ String b = {inner}; {inner} }} }}"
        ));
    }
    let sum = vec!["a"; 5000].join(" + ");
    try_port(&format!(
        "@ServerEndpoint(\"/a\") class A {{ @OnMessage String m(String a) {{ return {sum}; }} }}"
    ));
}

#[test]
fn strange_names_are_no_harm() {
    for name in [
        "类", "_", "$", "self", "Self", "crate", "Session", "Error", "main", "json", "Json",
        "r#type", "r",
    ] {
        try_port(&format!(
            "@ServerEndpoint(\"/{{{name}}}\") public class {name} {{ private String {name}; \
             @OnOpen void {name}(Session s, @PathParam(\"{name}\") String {name}) {{ this.{name} = {name}; }} \
             @OnMessage void m{name}(String {name}) {{ {name}({name}); System.out.println({name}); }} }}"
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_class_with_pieces_moved_is_no_harm(
        case in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 3),
    ) {
        let corpus = corpus();
        let one: Vec<char> = case.get(&corpus).chars().collect();
        let two: Vec<char> = other.get(&corpus).chars().collect();
        let at = cuts[0].index(one.len());
        let (mut from, mut to) = (cuts[1].index(two.len()), cuts[2].index(two.len()));
        if from > to {
            std::mem::swap(&mut from, &mut to);
        }
        let mut text: String = one[..at].iter().collect();
        text.extend(&two[from..to]);
        text.extend(&one[at..]);
        try_port(&text);
    }

    #[test]
    fn any_expression_is_no_harm(body in "[a-z(){};=+!\".,<>?: 0-9\\\\]{0,80}") {
        try_port(&format!(
            "@ServerEndpoint(\"/a\") class A {{ static Set<Session> s = x; @OnMessage void m(String a, Session b) {{ {body} }} }}"
        ));
    }
}
