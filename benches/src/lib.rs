//! What the programs of this crate share.

pub mod arguments;
pub mod ending;
pub mod health;
pub mod histogram;
pub mod nats;
pub mod open_files;
pub mod peers;
pub mod process;
pub mod programs;
pub mod pushes;
pub mod running;
pub mod timed;
