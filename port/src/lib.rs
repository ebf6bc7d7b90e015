//! Turns Java endpoints into a Rust crate that compiles.
//!
//! [`sources`] reads Java files, [`port`] translates them, and [`Ported::write_to`] writes the crate. Everything that is not
//! translated is a named TODO in the crate, with the Java beside it, and a row of `PORTING.md`.
//!
//! Bytes become the [`model`] of the classes; the `decide` module makes decisions from it, each with its evidence; the
//! `write` module turns model and decisions into Rust, and what it leaves out into the [`report`](Report). A collection that holds
//! the open sessions is replaced by what wspring does itself only if all its uses allow that: the porter never changes
//! who gets a message without saying so.
//!
//! ```
//! use wspring_port::{Options, Source, port};
//!
//! let java = r#"
//!     @ServerEndpoint("/echo")
//!     public class Echo {
//!         @OnMessage
//!         public String onMessage(String message) { return message; }
//!     }
//! "#;
//! let source = Source { path: "Echo.java".to_owned(), bytes: java.as_bytes().to_vec() };
//! let ported = port(&[source], &Options::default())?;
//! assert!(ported.files.iter().any(|(path, _)| path == "src/echo.rs"));
//! assert_eq!(ported.report.todos(), 0);
//! # Ok::<(), wspring_port::PortError>(())
//! ```

mod decide;
mod error;
pub mod model;
mod output;
mod read;
mod report;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub use decide::{
    Element, FieldPlan, Handler, HandlerKind, Key, Plan, Registry, Role, Side, Ty, Verdict,
};
pub use error::PortError;
use model::{Class, File};
pub use output::sources;
pub use report::{Difference, Report, Reported};
pub use write::Todo;

/// A Java file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its path, for messages.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Options of a port.
#[derive(Clone, Debug)]
pub struct Options {
    /// The encoding of the files, such as `gbk`; UTF-8 if there is none.
    pub encoding: Option<String>,
    /// The path of wspring's runtime, for the crate's `Cargo.toml`; the published version if there is none.
    pub runtime: Option<String>,
    /// The name of the crate.
    pub name: String,
}

/// A crate that is not written yet.
#[derive(Clone, Debug)]
pub struct Ported {
    /// The files with their paths in the crate.
    pub files: Vec<(String, String)>,
    /// What was translated, and what is left.
    pub report: Report,
    /// The decisions, for `--explain`.
    pub plans: Vec<Plan>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            encoding: None,
            runtime: None,
            name: "ported".to_owned(),
        }
    }
}

/// Translates the endpoints in `sources`.
///
/// # Errors
///
/// [`PortError`] if a file cannot be read as Java, or if no file has an endpoint.
pub fn port(sources: &[Source], options: &Options) -> Result<Ported, PortError> {
    let mut files = Vec::new();
    for source in sources {
        let file = read::file(&source.path, &source.bytes, options.encoding.as_deref())?;
        if file.classes.is_empty() && file.syntax_error.is_some() && sources.len() == 1 {
            return Err(PortError::NotJava(source.path.clone()));
        }
        files.push(file);
    }
    let constants = constants(&files);
    let mut report = Report {
        endpoints: Vec::new(),
        others: Vec::new(),
        syntax_errors: Vec::new(),
    };
    let (mut written, mut modules, mut plans) = (Vec::new(), Vec::new(), Vec::new());
    let mut taken = BTreeSet::new();
    let mut uses_json = false;
    let mut services = write::Services::default();
    for file in &files {
        if let Some(line) = file.syntax_error {
            report.syntax_errors.push((file.path.clone(), line));
        }
        for class in all(&file.classes) {
            let Some(mut plan) = Plan::of(class, &constants) else {
                report.others.push((class.name.clone(), file.path.clone()));
                continue;
            };
            plan.module = free(&mut taken, &plan.module);
            let (written_file, reported, has_json) =
                write::endpoint(class, &plan, &file.path, &mut services)?;
            uses_json |= has_json;
            written.push(written_file);
            modules.push(plan.module.clone());
            report.endpoints.push(reported);
            plans.push(plan);
        }
    }
    if plans.is_empty() {
        return Err(match report.syntax_errors.first() {
            Some((path, line)) => PortError::Syntax {
                path: path.clone(),
                line: *line,
            },
            None => PortError::NoEndpoint,
        });
    }
    written.extend(write::around(&modules, uses_json, &services, options));
    written.push(("PORTING.md".to_owned(), report.markdown()));
    Ok(Ported {
        files: written,
        report,
        plans,
    })
}

/// Returns the values of the static constants, as `Class.NAME`.
fn constants(files: &[File]) -> BTreeMap<String, model::Expr> {
    let mut found = BTreeMap::new();
    for class in files.iter().flat_map(|file| all(&file.classes)) {
        for field in class
            .fields
            .iter()
            .filter(|field| field.is_static && field.is_final)
        {
            if let Some(value) = &field.value {
                found.insert(format!("{}.{}", class.name, field.name), value.clone());
            }
        }
    }
    found
}

/// Returns the classes and those inside them.
fn all(classes: &[Class]) -> Vec<&Class> {
    let mut found = Vec::new();
    let mut open: Vec<&Class> = classes.iter().rev().collect();
    while let Some(class) = open.pop() {
        found.push(class);
        open.extend(class.nested.iter().rev());
    }
    found
}

fn free(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}
