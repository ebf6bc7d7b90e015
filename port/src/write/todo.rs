//! Comments in generated code. A syntax tree has none, so a macro call stands where one belongs until the text is printed.

use serde::Serialize;

/// The name of the macro that stands for a comment.
const MARKER: &str = "port_comment!";

/// Something that was not translated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Todo {
    /// The reason, and the choices if there are several.
    pub reason: String,
    /// The Java file.
    pub java_file: String,
    /// Its line, from 1.
    pub java_line: usize,
    /// The Rust file.
    pub rust_file: String,
    /// Its line, from 1.
    pub rust_line: usize,
    /// The Java text.
    pub java: String,
}

/// The comments of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Comments {
    found: Vec<(usize, Vec<String>, String)>,
}

impl Comments {
    /// Adds a TODO and returns the code that stands for it.
    pub(super) fn todo(&mut self, line: usize, reason: String, java: &str) -> String {
        let marker = format!("{MARKER}({});", self.found.len());
        self.found.push((line, vec![reason], java.to_owned()));
        marker
    }

    /// Adds more Java to a TODO that stands directly before; returns whether there is one.
    pub(super) fn extend(&mut self, code: Option<&String>, reason: &str, java: &str) -> bool {
        let index = code.and_then(|code| marker(code));
        let Some((_, reasons, text)) = index.and_then(|index| self.found.get_mut(index)) else {
            return false;
        };
        if !reasons.iter().any(|known| known == reason) {
            reasons.push(reason.to_owned());
        }
        text.push('\n');
        text.push_str(java);
        true
    }

    /// Replaces the markers in `printed` by comments, and lists the TODOs.
    pub(super) fn put_into(
        &self,
        printed: &str,
        java_file: &str,
        rust_file: &str,
    ) -> (String, Vec<Todo>) {
        let mut lines: Vec<String> = Vec::new();
        let mut todos = Vec::new();
        for line in printed.lines() {
            let entry = marker(line.trim()).and_then(|index| self.found.get(index));
            let Some((java_line, reasons, java)) = entry else {
                lines.push(line.to_owned());
                continue;
            };
            let indent = &line[..line.len() - line.trim_start().len()];
            let reason = reasons.join("; ");
            todos.push(Todo {
                reason: reason.clone(),
                java_file: java_file.to_owned(),
                java_line: *java_line,
                rust_file: rust_file.to_owned(),
                rust_line: lines.len() + 1,
                java: java.clone(),
            });
            lines.push(format!(
                "{indent}// TODO(line {java_line}): {}",
                one_line(&reason)
            ));
            for java in java.lines() {
                let java: String = java.chars().filter(|char| !is_hidden(*char)).collect();
                lines.push(format!("{indent}//     {java}").trim_end().to_owned());
            }
        }
        lines.push(String::new());
        (lines.join("\n"), todos)
    }
}

/// Returns whether the line of code stands for a comment.
pub(super) fn is_marker(code: &str) -> bool {
    marker(code).is_some()
}

fn marker(code: &str) -> Option<usize> {
    let rest = code.strip_prefix(MARKER)?;
    rest.strip_prefix('(')?.strip_suffix(");")?.parse().ok()
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join(" ")
}

/// Characters that compilers refuse in comments: a bare carriage return, and those that change the direction of text.
fn is_hidden(char: char) -> bool {
    char == '\r' || matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
