use wspring::prelude::*;

#[derive(Default)]
struct Keyless;

#[server_endpoint("/keyless", on_duplicate = "reject")]
impl Keyless {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

#[derive(Default)]
struct OfTwoVariables;

#[server_endpoint("/<room>/<user>", on_duplicate = "close_older")]
impl OfTwoVariables {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

#[derive(Default)]
#[server_endpoint("/struct", on_duplicate = "all")]
struct OnStruct;

#[server_endpoint]
impl OnStruct {
    #[on_message]
    fn echo(text: String) -> String {
        text
    }
}

fn main() {}
