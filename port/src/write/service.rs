//! Services: a trait for each outside type that is used, with the methods that are used.

use super::body::Body;
use super::value::{Val, Why};
use crate::decide::{Ty, service_name, snake};
use crate::model::Expr;

/// The services of all endpoints.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services {
    methods: Vec<Method>,
}

/// A method that is called.
#[derive(Clone, Debug)]
struct Method {
    service: String,
    java: String,
    name: String,
    params: Vec<Ty>,
    result: Ty,
}

impl Services {
    /// Returns the Rust name of a method with these parameters, which is added if it is new.
    fn method(&mut self, service: &str, java: &str, params: &[Ty], result: &Ty) -> String {
        let of_service = self
            .methods
            .iter()
            .filter(|method| method.service == service);
        let base = snake(java);
        let mut same_name = 0;
        for method in of_service {
            if method.java == java && method.params == params && method.result == *result {
                return method.name.clone();
            }
            same_name += usize::from(snake(&method.java) == base);
        }
        let name = if same_name == 0 {
            base
        } else {
            format!("{base}_{}", same_name + 1)
        };
        self.methods.push(Method {
            service: service.to_owned(),
            java: java.to_owned(),
            name: name.clone(),
            params: params.to_vec(),
            result: result.clone(),
        });
        name
    }

    /// Returns the names of the traits.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .methods
            .iter()
            .map(|method| method.service.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the module with the traits.
    pub(super) fn module(&self) -> String {
        let mut code = String::from(
            "//! The services that the endpoints call, with the methods that they call.\n\n\
             /// Stands in for services that are not written yet: each of its methods panics.\n\
             #[derive(Debug)]\npub struct Missing;\n",
        );
        for service in self.names() {
            let methods = self
                .methods
                .iter()
                .filter(|method| method.service == service);
            let (mut declared, mut missing) = (String::new(), String::new());
            for method in methods {
                let params: Vec<_> = method
                    .params
                    .iter()
                    .enumerate()
                    .map(|(at, ty)| format!("value_{}: {}", at + 1, ty.rust()))
                    .collect();
                let params = std::iter::once("&self".to_owned())
                    .chain(params)
                    .collect::<Vec<_>>()
                    .join(", ");
                let result = if method.result == Ty::Unit {
                    String::new()
                } else {
                    format!(" -> {}", method.result.rust())
                };
                let head = format!("fn {}({params}){result}", method.name);
                declared.push_str(&format!("    /// Java: `{}`.\n    {head};\n", method.java));
                missing.push_str(&format!(
                    "    {head} {{\n        todo!(\"{service}::{}\")\n    }}\n",
                    method.name
                ));
            }
            code.push_str(&format!(
                "\n/// Java: `{service}`.\npub trait {service}: Send + Sync {{\n{declared}}}\n\nimpl {service} for Missing {{\n{missing}}}\n"
            ));
        }
        code
    }
}

impl Body<'_, '_> {
    /// Translates an expression of which the type is known from what is around it.
    pub(super) fn expr_as(&mut self, expr: &Expr, ty: Option<Ty>) -> Result<Val, Why> {
        self.expected = ty;
        let val = self.settled_expr(expr);
        self.expected = None;
        val
    }

    /// Calls a method of a service.
    pub(super) fn service_call(
        &mut self,
        ty: &str,
        name: &str,
        args: &[Expr],
        expected: Option<Ty>,
    ) -> Result<Val, Why> {
        let service = service_name(ty);
        let variable = snake(&service);
        let result =
            expected.ok_or_else(|| format!("`{ty}.{name}`, whose result has no type here"))?;
        if !is_plain(&result) {
            return Err(format!("`{}.{name}` returns a `{}`", ty, result.rust()));
        }
        if self.has_variable(&variable) {
            return Err(format!("`{ty}`, beside a variable of that name"));
        }
        let (mut params, mut code) = (Vec::new(), Vec::new());
        for arg in args {
            let val = self.settled_expr(arg)?;
            let ty = match &val.ty {
                Ty::Usize => Ty::I32,
                ty if is_plain(ty) && *ty != Ty::Unit => ty.clone(),
                ty => return Err(format!("a `{}` for `{name}` of a service", ty.rust())),
            };
            code.push(self.coerce(val, &ty)?);
            params.push(ty);
        }
        self.w.need(self.index, &service);
        self.w.differs(crate::report::Difference::Blocking);
        let method = self.w.services.method(&service, name, &params, &result);
        Ok(Val::owned(
            format!("{variable}.{method}({})", code.join(", ")),
            result,
        ))
    }
}

/// Returns whether a value of the type can be given to a service, or taken from it.
fn is_plain(ty: &Ty) -> bool {
    match ty {
        Ty::Unit
        | Ty::Bool
        | Ty::I32
        | Ty::I64
        | Ty::F64
        | Ty::Char
        | Ty::Bytes
        | Ty::String
        | Ty::Json => true,
        Ty::List(inner) | Ty::Option(inner) => is_plain(inner),
        _ => false,
    }
}
