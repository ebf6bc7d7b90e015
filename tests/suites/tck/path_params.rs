//! Path parameters in handlers of every kind (TCK: `ee/server/pathparam`, 25 tests: five handlers, five lists).

#![expect(
    clippy::too_many_arguments,
    reason = "the TCK has handlers with eleven path parameters"
)]

use wspring::prelude::*;

use crate::{Seen, start};

/// One endpoint for each list of parameters; each of its handlers tells what it got.
macro_rules! lists {
    ($($name:ident at $path:literal ($($param:ident: $ty:ty),*): $uri:literal => $seen:literal;)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_open]
                fn open(&self, seen: Seen, $(#[path_param] $param: $ty),*) {
                    seen.record(format!("open {}", [$(format!("{:?}", $param)),*].join(" ")));
                }

                #[on_message]
                fn message($(#[path_param] $param: $ty,)* text: &str, seen: Seen) -> Result<(), String> {
                    seen.record(format!("message {}", [$(format!("{:?}", $param)),*].join(" ")));
                    assert_ne!(text, "panic");
                    Err(text.to_owned())
                }

                #[on_error]
                fn error(&self, error: &Error, $(#[path_param] $param: $ty,)* seen: Seen) {
                    let values = [$(format!("{:?}", $param)),*].join(" ");
                    seen.record(format!("{:?} {values}", error.kind()));
                }

                #[on_close]
                fn close(&self, $(#[path_param] $param: $ty,)* reason: CloseReason, seen: Seen) {
                    let values = [$(format!("{:?}", $param)),*].join(" ");
                    seen.record(format!("close {} {values}", reason.code.as_u16()));
                }
            }
        )*

        fn lists() -> Vec<(&'static str, &'static str)> {
            vec![$(($uri, $seen)),*]
        }
    };
}

lists! {
    Eleven at "/eleven/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}"
        (a: &str, b: String, c: &str, d: &str, e: &str, f: &str, g: &str, h: &str, i: &str, j: &str, k: String):
        "/eleven/1/2/3/4/5/6/7/8/9/10/11" => r#""1" "2" "3" "4" "5" "6" "7" "8" "9" "10" "11""#;
    Long at "/long/<number>" (number: i64): "/long/-9223372036854775808" => "-9223372036854775808";
    Truth at "/truth/<flag>/<letter>" (letter: char, flag: bool): "/truth/true/%C3%A9" => "'é' true";
    Floats at "/floats/<double>/<float>" (double: f64, float: f32): "/floats/1.25e2/-0.5" => "125.0 -0.5";
    Plain at "/plain/<text>" (text: &str): "/plain/a=b&c;d" => r#""a=b&c;d""#;
    Given at "/given/<there>/<word>" (there: Option<u8>, word: &str): "/given/7/a%2Fb" => r#"Some(7) "a/b""#;
}

#[tokio::test]
async fn d1_d2_d3_handlers_of_every_kind_take_path_parameters() {
    let (server, mut events) = start().await;
    for (uri, values) in lists() {
        let mut client = server.connect(uri).await;
        assert_eq!(events.next().await, format!("open {values}"));
        client.send("an error").await;
        assert_eq!(events.next().await, format!("message {values}"));
        assert_eq!(events.next().await, format!("Handler {values}"));
        client.close().await;
        assert_eq!(events.next().await, format!("close 1000 {values}"));

        let mut client = server.connect(uri).await;
        assert_eq!(events.next().await, format!("open {values}"));
        client.send("panic").await;
        assert_eq!(client.closed().await.0, 1011);
        assert_eq!(events.next().await, format!("message {values}"));
        assert_eq!(events.next().await, format!("Panic {values}"));
        assert_eq!(events.next().await, format!("close 1011 {values}"));
    }
}
