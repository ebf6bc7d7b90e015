//! Endpoints that answer every text with what they took from their request.

use std::convert::Infallible;
use std::fmt::{self, Display};
use std::str::FromStr;

use wspring::prelude::*;

/// Sends texts back.
#[derive(Default)]
pub(crate) struct Echo;

/// Has a number as its key.
pub(crate) struct Number(i64);

/// Has a path variable of each type.
struct Typed(String);

/// Has query parameters of each type.
struct Search(String);

/// Takes its path parameter only when a message comes.
#[derive(Default)]
struct Room;

/// Its key can be parsed and not printed.
struct Leveled;

/// Its key is printed in lower case.
struct Tagged;

/// Has a variable and a query parameter of one name.
struct Shadowed(String);

/// A type of the application that is parsed and not printed.
#[derive(Debug)]
enum Level {
    Low,
    High,
}

/// A type of the application that prints itself in its usual form.
struct Tag(String);

#[server_endpoint("/echo")]
impl Echo {
    #[on_message]
    fn echo(&self, text: String) -> String {
        text
    }
}

#[server_endpoint("/number/<id>")]
impl Number {
    #[on_open]
    fn open(#[path_param] id: i64) -> Self {
        Self(id)
    }

    #[on_message]
    fn answer(&self, _text: &str) -> i64 {
        self.0
    }
}

#[server_endpoint("/typed/<count>/<flag>/<name>/<level>")]
impl Typed {
    #[on_open]
    fn open(
        #[path_param] level: Level,
        #[path_param] count: u8,
        #[path_param("flag")] is_on: bool,
        #[path_param] name: &str,
    ) -> Self {
        Self(format!("{count} {is_on} {name} {level:?}"))
    }

    #[on_message]
    fn answer(&self, _text: &str) -> String {
        self.0.clone()
    }
}

#[server_endpoint("/search")]
impl Search {
    #[on_open]
    fn open(
        #[query_param("q")] text: &str,
        #[query_param] page: u32,
        #[query_param] limit: Option<u8>,
        #[query_param] exact: Option<bool>,
        #[query_param] author: Option<String>,
        #[query_param] level: Option<Level>,
    ) -> Self {
        Self(format!(
            "{text} {page} {limit:?} {exact:?} {author:?} {level:?}"
        ))
    }

    #[on_message]
    fn answer(&self, _text: &str) -> String {
        self.0.clone()
    }
}

#[server_endpoint("/room/<name>")]
impl Room {
    #[on_message]
    fn answer(
        &self,
        text: &str,
        #[path_param] name: &str,
        #[query_param] seat: Option<u8>,
    ) -> String {
        format!("{name} {seat:?} {text}")
    }
}

#[server_endpoint("/leveled/<level>")]
impl Leveled {
    #[on_open]
    fn open(#[path_param("level")] _: Level) -> Self {
        Self
    }

    #[on_message]
    fn answer(&self, text: String) -> String {
        text
    }
}

#[server_endpoint("/tagged/<tag>")]
impl Tagged {
    #[on_open]
    fn open(#[path_param("tag")] _: Tag) -> Self {
        Self
    }

    #[on_message]
    fn answer(&self, text: String) -> String {
        text
    }
}

#[server_endpoint("/shadowed/<id>")]
impl Shadowed {
    #[on_open]
    fn open(
        session: &Session,
        #[path_param] id: u8,
        #[query_param("id")] other: Option<u8>,
    ) -> Self {
        let named = session.path_param("extra");
        Self(format!("{id} {other:?} {named:?}"))
    }

    #[on_message]
    fn answer(&self, _text: &str) -> String {
        self.0.clone()
    }
}

impl FromStr for Level {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "low" | "LOW" => Ok(Self::Low),
            "high" | "HIGH" => Ok(Self::High),
            _ => Err("a level is low or high"),
        }
    }
}

impl FromStr for Tag {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_lowercase()))
    }
}

impl Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
