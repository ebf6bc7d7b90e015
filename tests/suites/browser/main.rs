//! The examples `push`, `cluster` and `auth` as people use them: their pages in a real browser.

mod auth;
mod browser;
mod cluster;
mod program;
mod socket;

use browser::Browser;
use program::Push;
use serde_json::{Value, json};

const OPEN: &str = "#state[data-state='open']";
const NOT_OPEN: &str = "#state:not([data-state='open'])";

/// Keeps every text that `#detail` shows: the next attempt to connect replaces it.
const KEEP_DETAILS: &str = "
    window.details = [];
    const detail = document.getElementById('detail');
    new MutationObserver(() => details.push(detail.textContent)).observe(detail, {childList: true});";

fn hello() -> Value {
    json!({"step": 1, "type": 2, "msg": "hello"})
}

/// A message that opens no alert.
fn quiet(msg: &str) -> Value {
    json!({"step": 2, "type": 2, "msg": msg})
}

/// Asserts what the page lists, from the newest to the oldest.
async fn assert_listed(browser: &Browser, messages: &[&Value]) {
    let count = messages.len();
    browser
        .until(&format!("#messages[data-count='{count}']"))
        .await;
    for (index, message) in messages.iter().enumerate() {
        let listed = browser
            .text(&format!("#messages li:nth-child({}) span", index + 1))
            .await;
        assert_eq!(serde_json::from_str::<Value>(&listed).unwrap(), **message);
    }
    assert_eq!(browser.count("#messages li").await, count);
}

#[tokio::test]
async fn the_page_connects() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    push.logged("【websocket消息】有新的连接,总数:1").await;
    push.logged("【websocket消息】收到客户端发来的消息:Hello WebSockets!")
        .await;
    browser.until("#heartbeat:not([data-count='0'])").await;
    assert_eq!(
        push.push("1", &hello()).await,
        (200, json!({"sessions": 1}))
    );
}

/// Defects 18 and 19 of the original: a URL without the slash, and a host that is written down.
#[tokio::test]
async fn the_socket_url_has_its_slash_and_the_host_of_the_page() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/?uId=7")).await;
    browser.until(OPEN).await;
    let address = push.address();
    assert_eq!(
        browser.text("#address").await,
        format!("ws://{address}/webSocket/7")
    );
    assert_eq!(
        push.push("7", &quiet("to 7")).await,
        (200, json!({"sessions": 1}))
    );

    let port = address.port();
    browser.go(&format!("http://localhost:{port}/")).await;
    browser.until(OPEN).await;
    assert_eq!(
        browser.text("#address").await,
        format!("ws://localhost:{port}/webSocket/1")
    );
}

#[tokio::test]
async fn a_push_shows_the_alert_of_the_original() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    push.push("1", &hello()).await;
    assert_eq!(browser.alert().await, "hello");
    assert_listed(&browser, &[&hello()]).await;
    // With an alert open, every look at the page would fail.
    push.push("1", &quiet("no alert")).await;
    assert_listed(&browser, &[&quiet("no alert"), &hello()]).await;
}

#[tokio::test]
async fn the_command_on_the_page_and_the_one_in_the_terminal_make_the_push() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    let url = push.url("/push/1");
    let command = format!(
        "curl -X POST '{url}' \\\n  -H 'content-type: application/json' \\\n  -d '{{\"step\":1,\"type\":2,\"msg\":\"hello\"}}'"
    );
    assert_eq!(browser.text("#curl").await, command);
    let log = push.log();
    let printed = format!("Open {} in a browser", push.url("/"));
    assert!(log.contains(&printed), "{log}");
    let command = format!(
        "curl -X POST {url} -H 'content-type: application/json' -d '{}'",
        r#"{"step":1,"type":2,"msg":"hello"}"#
    );
    assert!(log.contains(&command), "{log}");
}

#[tokio::test]
async fn a_push_to_nobody_is_answered_404_with_the_advice_of_the_original() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/?uId=1")).await;
    browser.until(OPEN).await;
    let (status, answer) = push.push("2", &hello()).await;
    assert_eq!(status, 404);
    let advice = answer["error"].as_str().expect("a sentence");
    assert!(advice.contains("user 2 is not online"), "{advice}");
    assert!(advice.contains("连接已关闭,请刷新页面后重试"), "{advice}");
    push.logged("用户2,不在线!").await;
    push.push("1", &quiet("for 1")).await;
    assert_listed(&browser, &[&quiet("for 1")]).await;
}

#[tokio::test]
async fn a_push_that_makes_no_sense_is_refused_with_a_sentence() {
    let push = Push::start().await;
    let json = "Content-Type: application/json\r\n";
    for (path, headers, body, status, sentence) in [
        ("abc", json, "{}", 400, "the uId must be a whole number"),
        (
            "99999999999999999999",
            json,
            "{}",
            400,
            "the uId must be a whole number",
        ),
        ("1", json, "{\"step\":", 400, "as JSON"),
        ("1", json, "", 400, "as JSON"),
        ("1", "", "{}", 415, "`Content-Type: application/json`"),
    ] {
        let answer = push.ask(&format!("POST /push/{path}"), headers, body).await;
        assert_eq!(answer.status, status, "{path} {body}");
        let json = program::json(&answer);
        let refusal = json["error"].as_str().expect("a sentence");
        assert!(refusal.contains(sentence), "{refusal}");
    }
}

#[tokio::test]
async fn the_page_comes_back_after_the_server_was_killed() {
    let mut push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    push.push("1", &quiet("before")).await;
    assert_listed(&browser, &[&quiet("before")]).await;

    push.kill().await;
    browser.until(NOT_OPEN).await;
    browser.until_text("detail", "Not connected").await;
    push.start_again().await;
    browser.until(OPEN).await;
    push.logged("有新的连接").await;
    assert_eq!(
        push.push("1", &quiet("after")).await,
        (200, json!({"sessions": 1}))
    );
    // It is still the same page: it lists both.
    assert_listed(&browser, &[&quiet("after"), &quiet("before")]).await;
}

#[tokio::test]
async fn a_server_that_ends_in_order_says_so_and_the_page_comes_back() {
    let mut push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    browser.run(KEEP_DETAILS).await;
    assert!(push.terminate().await, "push failed");
    browser.until(NOT_OPEN).await;
    push.start_again().await;
    browser.until(OPEN).await;
    let first = browser.run("return details[0]").await;
    assert_eq!(first, "Not connected: the server is stopping (code 1001).");
}

#[tokio::test]
async fn the_page_comes_back_when_its_heartbeat_is_lost() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/?heartbeat=100&timeout=1500")).await;
    browser.until(OPEN).await;
    browser.until("#heartbeat:not([data-count='0'])").await;
    browser.run(KEEP_DETAILS).await;

    // The TCP connection stays, and so would a page that has no heartbeat.
    push.stop();
    browser.until(NOT_OPEN).await;
    push.resume();
    browser.until(OPEN).await;
    let details = browser.run("return details").await.to_string();
    assert!(details.contains("no heartbeat came back"), "{details}");
    // The first heartbeat of the new connection takes the text away.
    browser.until("#detail:empty").await;
}

#[tokio::test]
async fn of_two_tabs_with_one_key_the_newest_gets_the_push() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/?uId=5")).await;
    browser.until(OPEN).await;
    browser.go_in_new_tab(&push.url("/?uId=5")).await;
    browser.until(OPEN).await;
    // The older tab keeps the key until the `#[on_open]` of the newer one has returned.
    push.logged("总数:2").await;
    assert_eq!(
        push.push("5", &quiet("newer")).await,
        (200, json!({"sessions": 1}))
    );
    assert_listed(&browser, &[&quiet("newer")]).await;

    browser.close_tab().await;
    push.logged("连接断开").await;
    assert_eq!(
        push.push("5", &quiet("older")).await,
        (200, json!({"sessions": 1}))
    );
    // Messages come in order: had the first one come here too, it would be listed.
    assert_listed(&browser, &[&quiet("older")]).await;
}

#[tokio::test]
async fn a_text_of_the_form_reaches_the_log_of_the_server() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    let send = browser.until("#send:enabled").await;
    browser
        .until("#text")
        .await
        .send_keys("你好, server")
        .await
        .unwrap();
    send.click().await.unwrap();
    push.logged("收到客户端发来的消息:你好, server").await;
    browser.until_text("sent", "Sent at").await;
    assert_eq!(
        browser
            .run("return document.getElementById('text').value")
            .await,
        ""
    );
}

/// Chromium offers permessage-deflate with every handshake.
#[tokio::test]
async fn messages_are_compressed_where_the_server_is_told_to() {
    const CONNECT: &str = "
        window.second = new WebSocket(`ws://${location.host}/webSocket/2`);
        second.onopen = () => {
            second.send('x'.repeat(5000));
            document.body.id = 'opened';
        };";

    let push = Push::start_with(&[("WSPRING_COMPRESSION", "on")]).await;
    let browser = Browser::open(&push.url("/?uId=1")).await;
    browser.until(OPEN).await;
    let long = quiet(&"as any other, ".repeat(500));
    for _ in 0..2 {
        push.push("1", &long).await;
    }
    assert_listed(&browser, &[&long, &long]).await;

    browser.run(CONNECT).await;
    browser.until("body#opened").await;
    let extensions = browser.run("return second.extensions").await;
    let extensions = extensions.as_str().expect("a text");
    assert!(extensions.starts_with("permessage-deflate"), "{extensions}");
    push.logged(&format!("收到客户端发来的消息:{}", "x".repeat(5000)))
        .await;
}

#[tokio::test]
async fn markup_in_a_message_is_text() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    let message = quiet("<b>bold</b><img src=x onerror=\"document.title='taken over'\">");
    push.push("1", &message).await;
    assert_listed(&browser, &[&message]).await;
    assert_eq!(browser.count("#messages b, #messages img").await, 0);
}

#[tokio::test]
async fn the_button_disconnects_and_the_page_stays_away() {
    /// Notes every state, makes a reconnect come at once, and marks the page when it would have come.
    const WATCH: &str = "
        window.seen = [];
        const state = document.getElementById('state');
        new MutationObserver(() => seen.push(state.dataset.state)).observe(state, {attributes: true});
        Math.random = () => 0;
        const close = WebSocket.prototype.close;
        WebSocket.prototype.close = function (...reason) {
            this.addEventListener('close', () => setTimeout(() => document.body.id = 'closed'));
            close.apply(this, reason);
        };";

    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    browser.until(OPEN).await;
    browser.run(WATCH).await;
    browser.until("#toggle").await.click().await.unwrap();
    browser.until("body#closed").await;
    push.logged("连接断开,总数:0").await;
    assert_eq!(push.push("1", &hello()).await.0, 404);
    assert_eq!(browser.run("return seen").await, json!(["closed"]));

    browser.until("#toggle").await.click().await.unwrap();
    browser.until(OPEN).await;
    assert_eq!(
        browser.run("return seen").await,
        json!(["closed", "connecting", "open"])
    );
    assert_eq!(push.log().matches("有新的连接").count(), 2);
}

#[tokio::test]
async fn a_page_with_an_id_that_is_no_number_says_that_it_is_not_connected() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/?uId=abc")).await;
    browser
        .until_text("detail", "does not answer, or refuses (code 1006)")
        .await;
    browser.until("#send:disabled").await;
    assert!(!push.log().contains("有新的连接"));
}

#[tokio::test]
async fn the_files_of_the_page_have_the_right_types() {
    let push = Push::start().await;
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/?uId=2", "text/html; charset=utf-8"),
        ("/page.js", "text/javascript; charset=utf-8"),
        ("/socket.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
    ] {
        let answer = push.ask(&format!("GET {path}"), "", "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(kind), "{path}");
        assert!(!answer.body.is_empty(), "{path}");
    }
}
