//! Names of the user and of generated code do not meet, and modules are no obstacle.
#![deny(warnings)]
#![allow(dead_code)]

mod core {}
mod std {}

mod inner {
    use wspring::prelude::*;

    #[derive(Default)]
    struct Private;

    struct Secret(u8);

    impl ::std::str::FromStr for Secret {
        type Err = String;

        fn from_str(text: &str) -> Result<Self, String> {
            text.parse().map(Self).map_err(|_| "no secret".to_owned())
        }
    }

    #[server_endpoint("/private/<secret>")]
    impl Private {
        #[on_message]
        fn on_message(&self, #[path_param] secret: Secret, message: &str) -> usize {
            usize::from(secret.0) + message.len()
        }
    }

    #[derive(Default)]
    struct Neighbour;

    #[server_endpoint("/neighbour")]
    impl Neighbour {
        #[on_close]
        fn on_close(&self, reason: CloseReason) {
            drop(reason);
        }

        #[on_error]
        fn on_error(error: &Error) {
            let _ = error;
        }
    }
}

struct Option;
struct Result;
struct String;
struct Ok;
struct Some;

struct Shadow;

#[wspring::server_endpoint("/shadow/<session>/<type>")]
impl Shadow {
    #[on_open]
    fn on_open(
        #[path_param] session: u8,
        #[path_param] r#type: u8,
        #[query_param("call")] call: ::std::option::Option<u8>,
    ) -> Self {
        let _ = (session, r#type, call);
        Self
    }

    #[on_message]
    fn message(&self, message: ::std::string::String, session: &wspring::Session) {
        let _ = (message, session);
    }
}

/// An endpoint in a function, and one that a macro writes.
fn local() {
    use wspring::prelude::*;

    #[derive(Default)]
    struct Local;

    #[server_endpoint("/local")]
    impl Local {
        #[on_message]
        fn say(&self, text: &str) {
            drop(text.to_owned());
        }
    }
}

macro_rules! echo {
    ($name:ident, $path:literal, $payload:ty) => {
        #[derive(Default)]
        struct $name;

        #[wspring::server_endpoint($path)]
        impl $name {
            #[on_message]
            fn echo(&self, payload: $payload) -> $payload {
                payload
            }
        }
    };
}

echo!(Numbers, "/numbers", i64);
echo!(Letters, "/letters", char);

fn main() {
    local();
}
