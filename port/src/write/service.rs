//! Services: a trait for each outside type that is used, with the methods that are used.

use crate::decide::{Ty, snake};

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
    pub(super) fn method(
        &mut self,
        service: &str,
        java: &str,
        params: &[Ty],
        result: &Ty,
    ) -> String {
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
