//! An endpoint in a crate of its own: a program that links this crate serves it.

use wspring::prelude::*;

/// Says where it comes from.
#[derive(Debug, Default)]
pub struct Shelf;

#[server_endpoint("/library/<book>")]
impl Shelf {
    #[on_message]
    fn answer(&self, text: &str, #[path_param] book: &str) -> String {
        format!("{text}: {book} of the library")
    }
}
