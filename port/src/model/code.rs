use serde::Serialize;

/// A type as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Type {
    /// Its simple name: `Map`, `int`.
    pub name: String,
    /// Its type arguments.
    pub args: Vec<Self>,
    /// How many `[]` follow.
    pub dimensions: usize,
}

/// A statement.
#[derive(Clone, Debug, Serialize)]
pub struct Stmt {
    /// The statement itself.
    pub kind: StmtKind,
    /// Its first line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
}

/// The kinds of statement.
#[derive(Clone, Debug, Serialize)]
pub enum StmtKind {
    /// A local variable.
    Local {
        /// Its type, or `var`.
        ty: Type,
        /// Its name.
        name: String,
        /// Its initial value.
        value: Option<Expr>,
    },
    /// An expression for its effect.
    Expr(Expr),
    /// `if`
    If {
        /// The condition.
        condition: Expr,
        /// The statements of the first branch.
        then: Vec<Stmt>,
        /// The statements of `else`.
        otherwise: Option<Vec<Stmt>>,
    },
    /// `while`
    While {
        /// The condition.
        condition: Expr,
        /// The statements.
        body: Vec<Stmt>,
    },
    /// `for (init; condition; update)`
    For {
        /// The declarations and expressions before.
        init: Vec<Stmt>,
        /// The condition.
        condition: Option<Expr>,
        /// The expressions after each round.
        update: Vec<Expr>,
        /// The statements.
        body: Vec<Stmt>,
    },
    /// `for (type name : values)`
    ForEach {
        /// The type of the variable.
        ty: Type,
        /// The variable.
        name: String,
        /// The values.
        values: Expr,
        /// The statements.
        body: Vec<Stmt>,
    },
    /// `try`
    Try {
        /// The statements.
        body: Vec<Stmt>,
        /// The catch clauses.
        catches: Vec<Catch>,
        /// The statements of `finally`.
        finally: Option<Vec<Stmt>>,
    },
    /// `switch` over constants, without a fall-through.
    Switch {
        /// The value.
        value: Expr,
        /// The cases.
        cases: Vec<SwitchCase>,
    },
    /// `synchronized`
    Synchronized {
        /// What is locked.
        on: Expr,
        /// The statements.
        body: Vec<Stmt>,
    },
    /// `return`
    Return(Option<Expr>),
    /// `throw`
    Throw(Expr),
    /// `break` without a label
    Break,
    /// `continue` without a label
    Continue,
    /// A block.
    Block(Vec<Stmt>),
    /// Any other statement.
    Other,
}

/// A catch clause.
#[derive(Clone, Debug, Serialize)]
pub struct Catch {
    /// The types that it catches.
    pub types: Vec<String>,
    /// The variable.
    pub name: String,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// A case of a `switch`.
#[derive(Clone, Debug, Serialize)]
pub struct SwitchCase {
    /// The constants; none for `default`.
    pub labels: Vec<Expr>,
    /// The statements, without the `break` at the end.
    pub body: Vec<Stmt>,
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Expr {
    /// A literal.
    Literal(Literal),
    /// A name: a variable, a field, or a class.
    Name(String),
    /// `this`
    This,
    /// `on.name`
    Field(Box<Self>, String),
    /// `on.name(args)`
    Call {
        /// The receiver.
        on: Option<Box<Self>>,
        /// The method.
        name: String,
        /// The arguments.
        args: Vec<Self>,
    },
    /// `new Type(args)`, without a body
    New {
        /// The class.
        ty: Type,
        /// The arguments.
        args: Vec<Self>,
    },
    /// `target = value`, `target += value`
    Assign {
        /// The target.
        target: Box<Self>,
        /// The operator: `=`, `+=`.
        op: String,
        /// The value.
        value: Box<Self>,
    },
    /// `!value`, `-value`
    Unary(String, Box<Self>),
    /// `target++`, `--target`
    Update {
        /// `++` or `--`.
        op: String,
        /// The target.
        target: Box<Self>,
        /// Whether the operator stands first, and the value is the new one.
        is_prefix: bool,
    },
    /// `left op right`
    Binary(Box<Self>, String, Box<Self>),
    /// `condition ? then : otherwise`
    Ternary(Box<Self>, Box<Self>, Box<Self>),
    /// `(Type) value`
    Cast(Type, Box<Self>),
    /// `params -> body`
    Lambda(Vec<String>, LambdaBody),
    /// `Type.class`
    Class(Type),
    /// `values[index]`
    Index(Box<Self>, Box<Self>),
    /// `{a, b}` of an annotation or an array.
    Array(Vec<Self>),
    /// Any other expression, as its text.
    Other(String),
}

/// The body of a lambda.
#[derive(Clone, Debug, Serialize)]
pub enum LambdaBody {
    /// An expression.
    Expr(Box<Expr>),
    /// Statements.
    Block(Vec<Stmt>),
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Literal {
    /// `null`
    Null,
    /// `true`
    Bool(bool),
    /// `1`
    Int(i64),
    /// `1L`
    Long(i64),
    /// `1.5`
    Double(String),
    /// `"text"`, unescaped
    Str(String),
    /// `'c'`
    Char(char),
}

impl PartialEq for LambdaBody {
    /// Compares expressions; blocks are never equal.
    fn eq(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Expr(one), Self::Expr(two)) if one == two)
    }
}

impl Eq for LambdaBody {}

impl Expr {
    /// Returns the text of a string literal.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Literal(Literal::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns the name, if the expression is nothing but one.
    #[must_use]
    pub fn as_name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Returns whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Self::Literal(Literal::Null)
    }
}

impl Type {
    /// Returns whether it is the type of that simple name, and no array.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.dimensions == 0 && self.name == name
    }
}
