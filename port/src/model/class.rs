use serde::Serialize;

use super::{Expr, Stmt, Type};

/// One Java file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its path as it was given.
    pub path: String,
    /// The imported names, as written: `java.util.List`, `java.util.*`.
    pub imports: Vec<String>,
    /// The classes at the top of the file.
    pub classes: Vec<Class>,
    /// The first line with a syntax error, from 1.
    pub syntax_error: Option<usize>,
}

/// A class, interface, enum or record.
#[derive(Clone, Debug, Serialize)]
pub struct Class {
    /// Its simple name.
    pub name: String,
    /// The kind of declaration.
    pub kind: ClassKind,
    /// The first line, from 1.
    pub line: usize,
    /// The annotations before it.
    pub annotations: Vec<Annotation>,
    /// The class that it extends.
    pub superclass: Option<Type>,
    /// The interfaces that it implements.
    pub interfaces: Vec<Type>,
    /// Fields, and the components of a record.
    pub fields: Vec<Field>,
    /// Methods; constructors have the name of the class and no result.
    pub methods: Vec<Method>,
    /// The classes declared inside.
    pub nested: Vec<Self>,
    /// Its text.
    pub text: String,
}

/// The kinds of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ClassKind {
    /// `class`
    Class,
    /// `interface`
    Interface,
    /// `enum`
    Enum,
    /// `record`
    Record,
}

/// An annotation with its arguments.
#[derive(Clone, Debug, Serialize)]
pub struct Annotation {
    /// Its simple name: `ServerEndpoint`.
    pub name: String,
    /// Its arguments by name; a single argument without a name is `value`.
    pub arguments: Vec<(String, Expr)>,
}

/// A field, one for each name that a declaration declares.
#[derive(Clone, Debug, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether it belongs to the class.
    pub is_static: bool,
    /// Whether it is `final`.
    pub is_final: bool,
    /// The annotations before it.
    pub annotations: Vec<Annotation>,
    /// Its initial value.
    pub value: Option<Expr>,
    /// Its line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// A method or constructor.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its result; `void` for a constructor.
    pub result: Type,
    /// Its parameters.
    pub params: Vec<Param>,
    /// Whether it belongs to the class.
    pub is_static: bool,
    /// Whether it is a constructor.
    pub is_constructor: bool,
    /// The annotations before it.
    pub annotations: Vec<Annotation>,
    /// Whether it declares checked exceptions.
    pub throws: bool,
    /// Its statements; none for an abstract method.
    pub body: Option<Vec<Stmt>>,
    /// Its first line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// A parameter.
#[derive(Clone, Debug, Serialize)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// The annotations before it.
    pub annotations: Vec<Annotation>,
}

impl Annotation {
    /// Returns the argument of that name.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<&Expr> {
        let found = self.arguments.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value)
    }
}

impl Class {
    /// Returns the annotation of that simple name.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        find(&self.annotations, name)
    }

    /// Returns the field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Method {
    /// Returns the annotation of that simple name.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        find(&self.annotations, name)
    }
}

impl Field {
    /// Returns the annotation of that simple name.
    #[must_use]
    pub fn annotation(&self, name: &str) -> Option<&Annotation> {
        find(&self.annotations, name)
    }
}

impl Param {
    /// Returns the name in `@PathParam`.
    #[must_use]
    pub fn path_param(&self) -> Option<String> {
        let annotation = find(&self.annotations, "PathParam")?;
        let name = annotation.argument("value").and_then(Expr::as_str);
        Some(name.map_or_else(|| self.name.clone(), str::to_owned))
    }
}

fn find<'a>(annotations: &'a [Annotation], name: &str) -> Option<&'a Annotation> {
    annotations
        .iter()
        .find(|annotation| annotation.name == name)
}
