use serde::Serialize;

use crate::model::Type;

/// The Rust type that a Java type becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Ty {
    /// `()`
    Unit,
    /// `bool`
    Bool,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f64`
    F64,
    /// `char`
    Char,
    /// `Vec<u8>`
    Bytes,
    /// `String`
    String,
    /// `serde_json::Value`: a JSON document.
    Json,
    /// `usize`: a length or a count.
    Usize,
    /// `Vec<T>`
    List(Box<Self>),
    /// `Option<T>`: a reference that may be `null`.
    Option(Box<Self>),
    /// The session of the connection, or any other.
    Session,
    /// A session of a registry, in a loop over it.
    Peer,
    /// The sessions with a key, or none: the result of `map.get(key)`.
    Keyed,
    /// `CloseReason`
    CloseReason,
    /// An error.
    Error,
}

impl Ty {
    /// Returns the Rust type of a Java type, or none if the porter has none.
    #[must_use]
    pub fn of(java: &Type) -> Option<Self> {
        if java.dimensions > 0 {
            return (java.dimensions == 1 && java.name == "byte").then_some(Self::Bytes);
        }
        Some(match java.name.as_str() {
            "void" => Self::Unit,
            "boolean" | "Boolean" => Self::Bool,
            "int" | "Integer" | "short" | "Short" => Self::I32,
            "long" | "Long" => Self::I64,
            "double" | "Double" => Self::F64,
            "char" | "Character" => Self::Char,
            "String" | "CharSequence" => Self::String,
            "JSONObject" | "JsonNode" | "JsonObject" => Self::Json,
            "Session" => Self::Session,
            "CloseReason" => Self::CloseReason,
            "Map" | "HashMap" | "LinkedHashMap"
                if matches!(java.args.as_slice(), [key, value] if key.is("String")
                    && ["Object", "String", "Integer", "Long", "Boolean", "Double"].iter().any(|name| value.is(name))) =>
            {
                Self::Json
            }
            "List" | "ArrayList" | "LinkedList" | "Collection" if java.args.len() == 1 => {
                let item = Self::of(java.args.first()?)?;
                matches!(item, Self::String | Self::I32 | Self::I64 | Self::F64)
                    .then(|| Self::List(Box::new(item)))?
            }
            _ => return None,
        })
    }

    /// Returns whether Java's type is a reference, which may be `null`.
    #[must_use]
    pub fn is_reference(java: &Type) -> bool {
        let primitives = ["boolean", "int", "short", "long", "double", "char", "byte"];
        java.dimensions > 0 || !primitives.contains(&java.name.as_str())
    }

    /// Returns the type as Rust writes it.
    #[must_use]
    pub fn rust(&self) -> String {
        match self {
            Self::Unit => "()".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::I32 => "i32".to_owned(),
            Self::I64 => "i64".to_owned(),
            Self::F64 => "f64".to_owned(),
            Self::Char => "char".to_owned(),
            Self::Bytes => "Vec<u8>".to_owned(),
            Self::String | Self::Keyed => "String".to_owned(),
            Self::Json => "serde_json::Value".to_owned(),
            Self::Usize => "usize".to_owned(),
            Self::List(item) => format!("Vec<{}>", item.rust()),
            Self::Option(inner) => format!("Option<{}>", inner.rust()),
            Self::Session | Self::Peer => "Session".to_owned(),
            Self::CloseReason => "CloseReason".to_owned(),
            Self::Error => "BoxError".to_owned(),
        }
    }

    /// Returns whether values are copied.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        match self {
            Self::Unit
            | Self::Bool
            | Self::I32
            | Self::I64
            | Self::F64
            | Self::Char
            | Self::Usize => true,
            Self::Option(inner) => inner.is_copy(),
            _ => false,
        }
    }

    /// Returns whether it is a number.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::F64 | Self::Usize)
    }

    /// Returns the value that stands for an unset variable of the type.
    #[must_use]
    pub fn default(&self) -> Option<&'static str> {
        Some(match self {
            Self::Bool => "false",
            Self::I32 | Self::I64 | Self::Usize => "0",
            Self::F64 => "0.0",
            Self::String => "String::new()",
            Self::Bytes | Self::List(_) => "Vec::new()",
            Self::Option(_) => "None",
            Self::Json => "serde_json::Value::Null",
            _ => return None,
        })
    }
}
