//! What the programs of this crate share.

pub mod arguments;
pub mod open_files;
pub mod peers;
pub mod process;
pub mod programs;
pub mod running;
