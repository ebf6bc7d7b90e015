//! The types that a part may have.

use bytes::Bytes;
use wspring::prelude::*;

use super::text;
use crate::{Event, FIRST_BINARY, FIRST_TEXT, LAST, PONG, Scene, Seen};

/// One endpoint for each type of part, which answers with what it got.
macro_rules! parts {
    ($($name:ident at $path:literal takes $ty:ty;)*) => {
        $(
            #[derive(Default)]
            struct $name;

            #[server_endpoint($path)]
            impl $name {
                #[on_message]
                async fn take(
                    &self,
                    #[path_param] user: &str,
                    part: Partial<$ty>,
                    session: &Session,
                ) -> String {
                    let is_own = session.path_param("user") == Some(user);
                    format!("{user} {is_own} {:?} {}", part.data, part.is_last)
                }
            }
        )*
    };
}

parts! {
    Borrowed at "/part/str/<user>" takes &str;
    Owned at "/part/string/<user>" takes String;
    Slice at "/part/slice/<user>" takes &[u8];
    Vector at "/part/vec/<user>" takes Vec<u8>;
    Shared at "/part/bytes/<user>" takes Bytes;
}

/// A reply to each part; B7 holds for parts as for messages.
async fn assert_parts(path: &str, first: u8, parts: [&str; 2]) {
    let scene = Scene::start().await;
    let mut client = scene.connect(path).await;
    client.frame(first, b"ab").await;
    let expected = format!("ann true {} false", parts[0]);
    assert_eq!(client.read_frame().await.payload, expected.as_bytes());
    client.frame(LAST, b"").await;
    let expected = format!("ann true {} true", parts[1]);
    assert_eq!(client.read_frame().await.payload, expected.as_bytes());
}

#[tokio::test]
async fn b4_a_part_of_a_text_is_a_str_or_a_string() {
    for path in ["/part/str/ann", "/part/string/ann"] {
        assert_parts(path, FIRST_TEXT, [r#""ab""#, r#""""#]).await;
    }
}

#[tokio::test]
async fn b5_a_part_of_a_binary_message_is_a_slice_a_vec_or_bytes() {
    assert_parts("/part/slice/ann", FIRST_BINARY, ["[97, 98]", "[]"]).await;
    assert_parts("/part/vec/ann", FIRST_BINARY, ["[97, 98]", "[]"]).await;
    assert_parts("/part/bytes/ann", FIRST_BINARY, [r#"b"ab""#, r#"b"""#]).await;
}

/// Both kinds in parts.
#[derive(Default)]
struct Both;

#[server_endpoint("/partial/both")]
impl Both {
    #[on_message]
    fn text(&self, part: Partial<String>, seen: Seen) {
        seen.record(Event::Text(part.data, part.is_last));
    }

    #[on_message]
    fn binary(&self, part: Partial<&[u8]>, seen: Seen) {
        seen.record(Event::Binary(part.data.to_vec(), part.is_last));
    }
}

#[tokio::test]
async fn e9_a_message_stays_with_the_handler_in_which_it_began() {
    let mut scene = Scene::start().await;
    let mut client = scene.connect("/partial/both").await;
    client.frame(FIRST_TEXT, b"a").await;
    client.frame(PONG, b"").await;
    client.frame(LAST, b"b").await;
    client.frame(FIRST_BINARY, b"c").await;
    client.frame(LAST, b"d").await;
    for event in [
        text("a", false),
        text("b", true),
        Event::Binary(b"c".to_vec(), false),
        Event::Binary(b"d".to_vec(), true),
    ] {
        scene.assert_next(event).await;
    }
}
