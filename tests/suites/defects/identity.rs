//! Defects 11, 12, 18 and 19: what a handshake is refused for. What is wrong with the page's script itself, its
//! address (18, 19) and that it never looks at a close (20), is tested in the browser.

use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use wspring::Origins;
use wspring::prelude::*;
use wspring_tests::Client;
use wspring_tests::client::handshake;

use crate::{FirstDevice, Scene};

/// Any page could open `/webSocket/1`, read what is for user 1, and throw user 1 out.
#[tokio::test]
async fn defect_11_a_foreign_page_takes_a_users_place() {
    let mut scene = Scene::start().await;
    let mut user = scene.open("/firstDevice/1").await;

    let mut request = scene
        .server
        .url("/firstDevice/1")
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("origin", "https://evil.example".parse().unwrap());
    let (status, text) = Client::refused(request).await;
    assert_eq!(status, 403);
    assert!(text.contains("https://evil.example"), "{text}");

    let (status, text) = Client::refused(scene.server.url("/firstDevice/1")).await;
    assert_eq!(status, 409);
    assert!(text.contains("key 1 is in use"), "{text}");

    assert_eq!(scene.server.handle().sessions::<FirstDevice>().len(), 1);
    assert_eq!(scene.push("still for you", 1).await.unwrap(), 1);
    assert_eq!(user.text().await, "still for you");
}

/// `/webSocket/abc` was answered 101, and the `Long` was parsed after that.
#[tokio::test]
async fn defect_12_a_parameter_is_parsed_after_the_connection_opened() {
    let mut scene = Scene::start().await;
    for value in [
        "abc",
        "1.5",
        "1L",
        "0x10",
        "null",
        "%20",
        "9223372036854775808",
    ] {
        let (status, text) =
            Client::refused(scene.server.url(&format!("/webSocket/{value}"))).await;
        assert_eq!(status, 400, "{value}: {text}");
        assert!(text.contains("path parameter `uId`"), "{text}");
    }
    assert_eq!(scene.events.rest(), Vec::<String>::new(), "no handler ran");
    scene.open("/webSocket/9223372036854775807").await;
}

/// The script connected to `/webSocket42`, and all that the browser told was 1006.
#[tokio::test]
async fn defect_18_a_missing_slash_is_a_riddle() {
    let scene = Scene::start().await;
    let (status, text) = Client::refused(scene.server.url("/webSocket42")).await;
    assert_eq!(status, 404);
    assert!(text.contains("did you mean /webSocket/<uId>?"), "{text}");
}

/// Host and port were written into the page. A page that connects to where it came from may do so on any port, and
/// behind a proxy that speaks TLS.
#[tokio::test]
async fn defect_19_the_page_works_on_one_host_and_port_only() {
    let origins = Origins::list(["https://app.example.com"]).unwrap();
    let mut scene = Scene::start_with(Server::builder().origins(origins)).await;
    assert_ne!(scene.server.address().port(), 8009);
    for origin in [
        format!("http://{}", scene.server.address()),
        "https://app.example.com".to_owned(),
    ] {
        let mut request = scene
            .server
            .url("/webSocket/19")
            .into_client_request()
            .unwrap();
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        let client = Client::connect(request).await;
        scene.saw("open /webSocket/19").await;
        client.close().await;
        scene.saw("close /webSocket/19").await;
    }
    // A proxy hands on the name that the browser knows.
    let mut client = scene.server.raw().await;
    let request = handshake("/webSocket/19", &["Origin: https://localhost"]);
    client.write(request.as_bytes()).await;
    assert!(client.head().await.starts_with("HTTP/1.1 101 "));
}
