//! How the programs end.

use std::process::ExitCode;

/// The exit code of a program that ends so; what went wrong is told on its standard error.
pub fn exit_code(program: &str, ended: anyhow::Result<()>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
