//! The report: what was translated, what is left, and what behaves differently.

mod difference;
mod page;

pub use difference::Difference;
pub use page::{Report, Reported};
