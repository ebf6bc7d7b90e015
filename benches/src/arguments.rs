//! The arguments of the programs.

use std::process::exit;

use clap::Parser;
use clap::error::ErrorKind;

/// Parses the arguments of this process, or ends it: with 2 and the usage when they are wrong.
pub fn parse<T: Parser>() -> T {
    T::try_parse().unwrap_or_else(|error| {
        // clap shows the usage only where it thinks it helps.
        if error.kind() == ErrorKind::ValueValidation {
            eprint!("{error}\n{}\n", T::command().render_usage());
            exit(2);
        }
        error.exit()
    })
}
