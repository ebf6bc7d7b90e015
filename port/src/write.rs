//! From decisions to Rust: a module for each endpoint, and the crate around them.

mod argument;
mod attempt;
mod body;
mod call;
mod class;
mod close;
mod coerce;
mod counter;
mod expr;
mod flow;
mod handler;
mod json;
mod library;
mod loops;
mod method;
mod operator;
mod payload;
mod registry;
mod service;
mod service_call;
mod session;
mod set;
mod shared;
mod signature;
mod stmt;
mod string;
mod text;
mod todo;
mod value;
mod writer;

use crate::Options;
use crate::decide::{HandlerKind, Plan, Side};
use crate::error::PortError;
use crate::model::Class;
use crate::report::{Difference, Reported};
pub(crate) use service::Services;
pub use todo::Todo;

/// A generated file: its path in the crate, and its text.
pub(crate) type File = (String, String);

/// Writes the module of one endpoint, and reports on it; says whether it uses the JSON module.
pub(crate) fn endpoint(
    class: &Class,
    plan: &Plan,
    java_file: &str,
    services: &mut Services,
) -> Result<(File, Reported, bool), PortError> {
    let path = format!("src/{}.rs", plan.module);
    let written = class::write(class, plan, services);
    let printed = print(&path, &written.code)?;
    let (text, todos) = written.comments.put_into(&printed, java_file, &path);
    let mut differences = written.differences;
    differences.insert(Difference::CloseCodes);
    if matches!(plan.side, Side::Server(_)) {
        differences.insert(Difference::Origins);
    }
    let messages = plan
        .handlers
        .iter()
        .filter(|handler| handler.kind == HandlerKind::Message);
    if messages.count() < 2 {
        differences.insert(Difference::Unhandled);
    }
    let text = format!(
        "//! `{}` of `{}`, ported from Java.\n\n{text}",
        plan.class,
        file_name(java_file)
    );
    // The two lines at the top.
    let moved = |todo: Todo| Todo {
        rust_line: todo.rust_line + 2,
        ..todo
    };
    let reported = Reported {
        class: plan.class.clone(),
        java_file: java_file.to_owned(),
        rust_file: path.clone(),
        statements: written.statements,
        translated: written.statements.saturating_sub(written.lost),
        todos: todos.into_iter().map(moved).collect(),
        differences: differences.into_iter().collect(),
    };
    Ok(((path, text), reported, written.uses_json))
}

/// Writes what is around the modules.
pub(crate) fn around(
    modules: &[String],
    uses_json: bool,
    services: &Services,
    options: &Options,
) -> Vec<File> {
    let mut modules: Vec<_> = modules.to_vec();
    let mut files = vec![
        ("Cargo.toml".to_owned(), manifest(options)),
        (".gitignore".to_owned(), "/target\n".to_owned()),
    ];
    if uses_json {
        modules.push("json".to_owned());
        files.push(("src/json.rs".to_owned(), json::MODULE.to_owned()));
    }
    let names = services.names();
    if !names.is_empty() {
        modules.push("services".to_owned());
        files.push(("src/services.rs".to_owned(), services.module()));
    }
    let states: String = names
        .iter()
        .map(|name| {
            format!("        .state(Arc::new(services::Missing) as Arc<dyn services::{name}>)\n")
        })
        .collect();
    let run = if names.is_empty() {
        "    wspring::run().await\n".to_owned()
    } else {
        format!(
            "    wspring::Server::builder()\n{states}        .configure()?\n        .run()\n        .await\n"
        )
    };
    let imports = if names.is_empty() {
        ""
    } else {
        "use std::sync::Arc;\n\n"
    };
    modules.sort_unstable();
    let modules: String = modules
        .iter()
        .map(|module| format!("mod {module};\n"))
        .collect();
    let main = format!(
        "//! The endpoints that were ported from Java; see PORTING.md.\n\n\
         #![allow(\n    unused,\n    reason = \"some of it is for classes that were not ported\"\n)]\n\n\
         {modules}\n{imports}\
         #[tokio::main]\n\
         async fn main() -> Result<(), wspring::Error> {{\n    \
             tracing_subscriber::fmt().init();\n\
         {run}\
         }}\n"
    );
    files.push(("src/main.rs".to_owned(), main));
    files
}

fn manifest(options: &Options) -> String {
    let wspring = match &options.runtime {
        Some(path) => format!("{{ path = {path:?} }}"),
        None => format!("{:?}", env!("CARGO_PKG_VERSION")),
    };
    format!(
        "[package]\nname = {:?}\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\", \"time\"] }}\n\
         tracing = \"0.1\"\ntracing-subscriber = \"0.3\"\nwspring = {wspring}\n\n[workspace]\n",
        options.name
    )
}

/// Formats code, with an empty line between items.
fn print(path: &str, code: &str) -> Result<String, PortError> {
    let parsed = syn::parse_file(code).map_err(|error| PortError::Unparsable {
        file: path.to_owned(),
        error: error.to_string(),
    })?;
    let printed = prettyplease::unparse(&parsed);
    let mut text = String::new();
    let mut before = "";
    for line in printed.lines() {
        let indent = line.len() - line.trim_start().len();
        let ends = before.trim() == "}" && before.len() == indent + 1 && indent <= 4;
        let begins_block = (before.starts_with("use ") && !line.starts_with("use "))
            || before.starts_with("pub struct ") && before.ends_with(';');
        if (ends || begins_block) && line.trim() != "}" && !line.trim().is_empty() {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        before = line;
    }
    Ok(text)
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
