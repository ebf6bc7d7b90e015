#![deny(warnings)]

use wspring::prelude::*;

mod declared {
    use wspring::prelude::*;

    #[server_endpoint("/webSocket/<uId>")]
    #[derive(Debug, Default)]
    pub struct Push {
        pub messages: usize,
    }
}

#[server_endpoint]
impl declared::Push {
    #[on_message]
    fn count(&mut self, #[path_param("uId")] _user: i64, _message: &str) -> usize {
        self.messages += 1;
        self.messages
    }
}

fn main() {
    assert_eq!(declared::Push::sessions().len(), 0);
}
