use std::fmt::Write as _;

use serde::Serialize;

use super::Difference;
use crate::write::Todo;

/// The report on all files.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The classes with endpoints.
    pub endpoints: Vec<Reported>,
    /// Classes that are not endpoints, with their files; they are not translated.
    pub others: Vec<(String, String)>,
    /// Syntax errors that hide something else than an endpoint: file and line.
    pub syntax_errors: Vec<(String, usize)>,
}

/// The report on one endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct Reported {
    /// The Java class.
    pub class: String,
    /// The Java file.
    pub java_file: String,
    /// The Rust file.
    pub rust_file: String,
    /// How many statements it has.
    pub statements: usize,
    /// How many of them were translated.
    pub translated: usize,
    /// What is left to do.
    pub todos: Vec<Todo>,
    /// What behaves differently, in order of risk.
    pub differences: Vec<Difference>,
}

impl Report {
    /// Returns how many TODOs there are.
    #[must_use]
    pub fn todos(&self) -> usize {
        self.endpoints
            .iter()
            .map(|endpoint| endpoint.todos.len())
            .sum()
    }

    /// Returns the page `PORTING.md`.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = String::from("# What was ported, and what is left\n\n");
        page.push_str("| class | Java | Rust | statements | translated | TODOs |\n|---|---|---|---|---|---|\n");
        for it in &self.endpoints {
            let _ = writeln!(
                page,
                "| `{}` | {} | {} | {} | {} | {} |",
                it.class,
                it.java_file,
                it.rust_file,
                it.statements,
                it.translated,
                it.todos.len()
            );
        }
        for it in &self.endpoints {
            let _ = writeln!(page, "\n## {}\n", it.class);
            if it.todos.is_empty() {
                page.push_str("Everything was translated.\n");
            } else {
                page.push_str("Left to do. The Java stands beside each TODO in the Rust file.\n\n");
                page.push_str("| Java line | Rust line | reason |\n|---|---|---|\n");
            }
            for todo in &it.todos {
                let reason = todo.reason.replace('|', "\\|").replace('\n', " ");
                let _ = writeln!(
                    page,
                    "| {} | {}:{} | {reason} |",
                    todo.java_line, todo.rust_file, todo.rust_line
                );
            }
            page.push_str("\nWhat behaves differently, the riskiest first:\n\n");
            for difference in &it.differences {
                let _ = writeln!(page, "* {}", difference.text());
            }
        }
        if !self.others.is_empty() {
            page.push_str("\n## Not translated\n\nClasses that are not endpoints:\n\n");
            for (class, file) in &self.others {
                let _ = writeln!(page, "* `{class}` in {file}");
            }
        }
        if !self.syntax_errors.is_empty() {
            page.push_str("\n## Syntax errors\n\n");
            for (file, line) in &self.syntax_errors {
                let _ = writeln!(page, "* {file}, line {line}");
            }
        }
        page
    }

    /// Returns the page for the terminal.
    #[must_use]
    pub fn terminal(&self) -> String {
        let mut page = String::new();
        for it in &self.endpoints {
            let _ = writeln!(
                page,
                "{} -> {}: {} of {} statements translated, {} to do",
                it.class,
                it.rust_file,
                it.translated,
                it.statements,
                it.todos.len()
            );
            for todo in &it.todos {
                let reason = todo.reason.replace('\n', " ");
                let _ = writeln!(page, "  {}:{}  {reason}", todo.rust_file, todo.rust_line);
            }
        }
        page
    }
}
