//! Ports Java endpoints to a Rust crate; `wspring-port --help` says how.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Parser;
use wspring_port::{Options, PortError, Ported, port, sources};

/// Ports Java endpoints to a Rust crate that uses wspring.
///
/// Exit codes: 0, everything was translated; 1, there are TODOs; 2, nothing was written; 3, `cargo check` failed.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Java files, or folders of them
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The folder to write the crate into
    #[arg(long)]
    out: PathBuf,
    /// The path of wspring's runtime, for the crate's Cargo.toml; the published version without it
    #[arg(long)]
    path: Option<String>,
    /// The encoding of the files, such as gbk
    #[arg(long)]
    encoding: Option<String>,
    /// Replace files in a folder that is not empty
    #[arg(long)]
    force: bool,
    /// Run `cargo check` on the crate
    #[arg(long)]
    check: bool,
    /// Print the decisions and their evidence as JSON, and write nothing
    #[arg(long)]
    explain: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "wspring-port: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8, PortError> {
    let options = Options {
        encoding: arguments.encoding.clone(),
        runtime: arguments.path.clone(),
        name: crate_name(&arguments.out),
    };
    let ported = port(&sources(&arguments.paths)?, &options)?;
    if arguments.explain {
        print(&serde_json::to_string_pretty(&ported.plans).unwrap_or_default());
        return Ok(0);
    }
    ported.write_to(&arguments.out, arguments.force)?;
    report(arguments, &ported);
    if arguments.check && !check(arguments)? {
        return Ok(3);
    }
    Ok(u8::from(ported.report.todos() > 0))
}

fn report(arguments: &Arguments, ported: &Ported) {
    if arguments.json {
        print(&serde_json::to_string_pretty(&ported.report).unwrap_or_default());
        return;
    }
    let todos = ported.report.todos();
    print(&format!(
        "{}\n{} endpoints, {todos} TODOs; PORTING.md in {} has them all",
        ported.report.terminal(),
        ported.report.endpoints.len(),
        arguments.out.display()
    ));
}

fn check(arguments: &Arguments) -> Result<bool, PortError> {
    let manifest = arguments.out.join("Cargo.toml");
    let mut command = Command::new("cargo");
    command.arg("check").arg("--manifest-path").arg(&manifest);
    let status = command.status().map_err(|source| PortError::Io {
        path: "cargo".to_owned(),
        source,
    })?;
    Ok(status.success())
}

/// Returns the name of the folder, as far as it is the name of a crate.
fn crate_name(out: &std::path::Path) -> String {
    let name = out
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase());
    let name: String = name
        .unwrap_or_default()
        .chars()
        .map(|char| {
            if char.is_ascii_alphanumeric() || char == '_' {
                char
            } else {
                '-'
            }
        })
        .collect();
    let name = name.trim_matches('-');
    if name.starts_with(|char: char| char.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("ported-{name}").trim_end_matches('-').to_owned()
    }
}

/// Prints, and does not mind a reader that has gone.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
