use wspring::prelude::*;

#[derive(Default)]
#[server_endpoint("/chat/<room>")]
struct Chat;

#[server_endpoint]
impl Chat {
    #[on_message]
    fn say(self, text: &str, #[path_param] rom: String) -> String {
        rom + text
    }

    #[on_close]
    fn close(&self, #[query_param = 1] why: i64) -> Result<(), String> {
        Err(why.to_string())
    }
}

/// Nothing is said about the variable, which may be one of the path that was meant.
#[derive(Default)]
struct Nowhere;

#[server_endpoint(path = "/nowhere/<room>")]
impl Nowhere {
    #[on_message]
    fn say(&self, text: &str, #[path_param] room: String) -> String {
        room + text
    }

    #[on_message]
    fn nothing(&self) {}
}

fn main() {}
