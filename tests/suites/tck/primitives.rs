//! Numbers, truth values and characters as messages (TCK: `ee/websocketmessage`), in and out.

use wspring::prelude::*;

use crate::{Seen, start};

/// One endpoint for each type, which sends back what it got; and the texts to try, with what they are no value of.
macro_rules! primitives {
    ($($name:ident at $path:literal: $ty:ty, [$($good:expr),*], [$($bad:literal),*];)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_message]
                fn echo(&self, session: &Session, value: $ty) -> $ty {
                    assert!(session.is_open());
                    value
                }

                #[on_error]
                fn error(error: &Error, seen: Seen) {
                    seen.record(format!("{:?}: {error}", error.kind()));
                }
            }
        )*

        fn primitives() -> Vec<(&'static str, Vec<String>, Vec<&'static str>)> {
            vec![$(($path, vec![$($good.to_string()),*], vec![$($bad),*])),*]
        }
    };
}

primitives! {
    I8 at "/i8": i8, [i8::MIN, i8::MAX], ["128", "", "1.0", " 1"];
    I16 at "/i16": i16, [i16::MIN, i16::MAX], ["32768", "one"];
    I32 at "/i32": i32, [i32::MIN, 0, i32::MAX], ["2147483648", "0x10"];
    I64 at "/i64": i64, [i64::MIN, i64::MAX], ["9223372036854775808", "1L"];
    I128 at "/i128": i128, [i128::MIN, i128::MAX], ["-"];
    Isize at "/isize": isize, [isize::MIN, isize::MAX], ["1e3"];
    U8 at "/u8": u8, [u8::MIN, u8::MAX], ["-1", "256"];
    U16 at "/u16": u16, [u16::MAX], ["-1", "65536"];
    U32 at "/u32": u32, [u32::MAX], ["-1"];
    U64 at "/u64": u64, [u64::MAX], ["-1"];
    U128 at "/u128": u128, [u128::MAX], ["-1"];
    Usize at "/usize": usize, [usize::MAX], ["1 000"];
    F32 at "/f32": f32, [f32::MIN, f32::MAX, 0.1], ["0,1", "1f"];
    F64 at "/f64": f64, [f64::MIN, f64::MAX, f64::EPSILON, f64::NEG_INFINITY], ["", "pi"];
    Bool at "/bool": bool, [true, false], ["TRUE", "1", ""];
    Char at "/char": char, ['a', 'é', '\u{10ffff}', ' '], ["", "ab"];
}

#[tokio::test]
async fn b7_e5_every_primitive_comes_in_and_goes_out_as_text() {
    let (server, mut events) = start().await;
    for (path, good, bad) in primitives() {
        let mut client = server.connect(path).await;
        for text in bad {
            client.send(text).await;
            let error = events.next().await;
            assert!(error.starts_with("Decode: "), "{path} {text}: {error}");
            assert!(error.contains(&format!("`{text}`")), "{path}: {error}");
        }
        // The session is still open, and every value comes back as it was.
        for text in good {
            client.send(text.as_str()).await;
            assert_eq!(client.text().await, text, "{path}");
        }
    }
}

/// One endpoint for each pair of types; the one that goes out is made from the one that came in.
macro_rules! conversions {
    ($($name:ident at $path:literal: $in:ty => $out:ty, $convert:expr, $sent:literal => $got:literal;)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_message]
                async fn convert(&self, value: $in) -> $out {
                    ($convert)(value)
                }
            }
        )*

        fn conversions() -> Vec<(&'static str, &'static str, &'static str)> {
            vec![$(($path, $sent, $got)),*]
        }
    };
}

conversions! {
    Widened at "/i32/f64": i32 => f64, f64::from, "-7" => "-7";
    Asked at "/str/bool": &str => bool, |text: &str| text == "yes", "yes" => "true";
    First at "/string/char": String => char, |text: String| text.chars().next().unwrap_or('-'), "éa" => "é";
    Counted at "/str/usize": &str => usize, str::len, "é" => "2";
    Coded at "/char/u32": char => u32, u32::from, "a" => "97";
    Written at "/bool/string": bool => String, |flag: bool| format!("it is {flag}"), "false" => "it is false";
}

#[tokio::test]
async fn b7_e5_what_goes_out_need_not_be_what_came_in() {
    let (server, _events) = start().await;
    for (path, sent, got) in conversions() {
        let mut client = server.connect(path).await;
        client.send(sent).await;
        assert_eq!(client.text().await, got, "{path}");
    }
}
