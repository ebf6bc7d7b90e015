#![allow(unused)]

use wspring::prelude::*;

struct Chat;

#[server_endpoint("/chat")]
impl Chat {
    #[on_open]
    async fn open(session: &Session) {}

    #[on_message]
    fn generic<T: FromMessage<'static>, const N: usize>(&self, message: T) {}

    #[on_message]
    fn abstracted(&self, bytes: impl AsRef<[u8]>, list: Vec<impl Copy>) {}

    #[on_message]
    fn configured(&self, #[cfg(unix)] session: &Session, text: &str) {}

    #[on_close]
    unsafe fn unsafely(&self) {}

    #[on_error]
    extern "C" fn from_c(&self, error: &Error) {}
}

fn main() {}
