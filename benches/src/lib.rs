//! What the programs of this crate share.

pub mod arguments;
pub mod open_files;
pub mod process;
