//! The page of the example `auth`: its login ends, and it renews it in time.

use std::time::Duration;

use auth::Logins;
use wspring_tests::TestServer;

use crate::browser::Browser;

#[tokio::test]
async fn the_page_renews_its_login_over_the_open_connections() {
    let logins = Logins::lasting(Duration::from_secs(6));
    let server = TestServer::start_with(auth::server(logins)).await;
    let browser = Browser::open(&format!("http://{}/", server.address())).await;
    browser.until("#login").await.click().await.unwrap();
    browser.until_text("log", "logged in as alice").await;
    for way in ["cookie", "subprotocol", "ticket"] {
        let button = format!("[data-way='{way}']");
        browser.until(&button).await.click().await.unwrap();
        let greeting = format!("{way}: alice says: hello");
        browser.until_text("log", &greeting).await;
    }
    for way in ["cookie", "subprotocol", "ticket"] {
        browser.until_text("log", &format!("{way}: renewed")).await;
    }
    let log = browser.text("#log").await;
    assert!(!log.contains("closed"), "{log}");

    browser.run("clearTimeout(renewal)").await;
    for way in ["cookie", "subprotocol", "ticket"] {
        let closed = format!("{way}: closed, 1008 the login has expired");
        browser.until_text("log", &closed).await;
    }
}
