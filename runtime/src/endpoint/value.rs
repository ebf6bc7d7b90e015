//! Values of `#[path_param]` and `#[query_param]`.

use std::any::type_name;
use std::fmt::Display;
use std::str::FromStr;

use crate::box_error::BoxError;

/// A type that a path or query parameter can have: a `&str`, any `FromStr`, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path or query parameter",
    label = "neither `FromStr` nor `Option` of a `FromStr` nor `&str`",
    note = "implement `std::str::FromStr` for it, with an error that implements `Display`"
)]
pub trait FromValue<'v, V: via::Via>: Sized {
    /// Makes it from the decoded value; `None` when the request has no such parameter.
    ///
    /// # Errors
    ///
    /// When the value is missing or is no `Self`.
    fn from_value(value: Option<&'v str>) -> Result<Self, BoxError>;
}

/// The ways in which a value is made.
pub mod via {
    /// Sealed: the ways are ours.
    pub trait Via {}

    /// By `FromStr`.
    #[derive(Debug)]
    pub enum Parsed {}
    /// By `FromStr`, or `None` when it is missing.
    #[derive(Debug)]
    pub enum Optional {}
    /// As it is.
    #[derive(Debug)]
    pub enum Borrowed {}

    impl Via for Parsed {}
    impl Via for Optional {}
    impl Via for Borrowed {}
}

#[diagnostic::do_not_recommend]
impl<'v, T> FromValue<'v, via::Parsed> for T
where
    T: FromStr,
    T::Err: Display,
{
    fn from_value(value: Option<&'v str>) -> Result<Self, BoxError> {
        parse(value.ok_or("it is missing")?)
    }
}

#[diagnostic::do_not_recommend]
impl<'v, T> FromValue<'v, via::Optional> for Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    fn from_value(value: Option<&'v str>) -> Result<Self, BoxError> {
        value.map(parse).transpose()
    }
}

impl<'v> FromValue<'v, via::Borrowed> for &'v str {
    fn from_value(value: Option<&'v str>) -> Result<Self, BoxError> {
        Ok(value.ok_or("it is missing")?)
    }
}

fn parse<T>(value: &str) -> Result<T, BoxError>
where
    T: FromStr,
    T::Err: Display,
{
    value.parse().map_err(|error: T::Err| {
        let shown: String = value.chars().take(40).collect();
        let name = type_name::<T>();
        let name = name.rsplit("::").next().unwrap_or(name);
        format!("`{shown}` is not a valid {name}: {error}").into()
    })
}
