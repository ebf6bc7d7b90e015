//! JSON as fastjson reads it: a number has a text, and a text that is a number has a number.

use serde_json::Value;
use wspring::BoxError;

/// Parses any JSON.
pub(crate) fn parse(text: &str) -> Result<Value, BoxError> {
    Ok(serde_json::from_str(text)?)
}

/// Parses a JSON object.
pub(crate) fn object(text: &str) -> Result<Value, BoxError> {
    let value = parse(text)?;
    if value.is_object() { Ok(value) } else { Err("not a JSON object".into()) }
}

/// Returns a member that is there and not null.
pub(crate) fn member(value: &Value, key: &str) -> Option<Value> {
    value.get(key).filter(|found| !found.is_null()).cloned()
}

/// Returns a member as a text.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    as_text(value.get(key)?)
}

/// Returns a member as a number.
pub(crate) fn integer<T: TryFrom<i64>>(value: &Value, key: &str) -> Option<T> {
    T::try_from(as_integer(value.get(key)?)?).ok()
}

/// Returns a member as a truth value.
pub(crate) fn boolean(value: &Value, key: &str) -> Option<bool> {
    match value.get(key)? {
        Value::Bool(found) => Some(*found),
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => Some(number.as_i64() == Some(1)),
        _ => None,
    }
}

/// Sets a member of an object.
pub(crate) fn put(value: &mut Value, key: &str, member: impl Into<Value>) {
    if let Value::Object(members) = value {
        members.insert(key.to_owned(), member.into());
    }
}

/// Returns a value as a text.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Returns a value as a number.
pub(crate) fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
