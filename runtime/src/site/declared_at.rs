use std::fmt;

/// Where an endpoint was declared, as `file:line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeclaredAt {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl fmt::Display for DeclaredAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column } = self;
        write!(f, "{file}:{line}:{column}")
    }
}
