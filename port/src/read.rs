//! From bytes to the model: the encoding, the syntax tree, then classes and bodies.

mod class;
mod depth;
mod expr;
mod stmt;
mod tree;
mod ty;

use encoding_rs::{Encoding, UTF_8};

use crate::error::PortError;
use crate::model::File;
pub(crate) use tree::Node;

/// The largest file that is read, in bytes.
const MAX_FILE: usize = 1024 * 1024;

/// Decodes and parses one file.
///
/// # Errors
///
/// [`PortError`] if the file is too large, or is not text in `encoding`.
pub(crate) fn file(path: &str, bytes: &[u8], encoding: Option<&str>) -> Result<File, PortError> {
    if bytes.len() > MAX_FILE {
        return Err(PortError::TooLarge {
            path: path.to_owned(),
            max: MAX_FILE,
        });
    }
    if path.ends_with(".kt") || path.ends_with(".kts") {
        return Err(PortError::Kotlin(path.to_owned()));
    }
    let text = decode(path, bytes, encoding)?;
    let tree = tree::parse(&text).ok_or_else(|| PortError::NotJava(path.to_owned()))?;
    let root = Node::new(tree.root_node(), &text);
    Ok(class::file(path, root))
}

/// Returns the encoding of that name, such as `gbk`.
pub(crate) fn encoding(name: &str) -> Result<&'static Encoding, PortError> {
    Encoding::for_label(name.as_bytes()).ok_or_else(|| PortError::UnknownEncoding(name.to_owned()))
}

fn decode(path: &str, bytes: &[u8], name: Option<&str>) -> Result<String, PortError> {
    let encoding = name.map_or(Ok(UTF_8), encoding)?;
    let (text, _, has_errors) = encoding.decode(bytes);
    if has_errors {
        return Err(PortError::Encoding {
            path: path.to_owned(),
            encoding: encoding.name(),
        });
    }
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}
