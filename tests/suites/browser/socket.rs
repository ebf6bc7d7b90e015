//! The class `Socket` of the page by itself: when it comes back, and when it gives up.

use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use wspring_tests::soon;

use crate::browser::Browser;
use crate::program::Push;

/// Runs `body`, which has the class `Socket`, and returns what it gives to `done`.
async fn run(browser: &Browser, body: &str) -> Value {
    let script = format!(
        "return import('/socket.js').then(({{ Socket }}) => new Promise((done) => {{ {body} }}));"
    );
    soon("the script", browser.run(&script)).await
}

#[tokio::test]
async fn its_waits_are_random_below_a_bound_that_doubles_up_to_a_limit() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    for (random, waits) in [(1.0, [10, 20, 40, 40]), (0.5, [5, 10, 20, 20])] {
        let body = format!(
            "Math.random = () => {random};
            const waits = [];
            const socket = new Socket('/no/endpoint', {{minWait: 10, maxWait: 40}});
            socket.onstate = ({{ state, wait }}) => {{ if (state === 'waiting') waits.push(wait); }};
            socket.onclose = () => {{
                if (waits.length < 4) return;
                socket.close();
                done(waits);
            }};
            socket.open();"
        );
        assert_eq!(run(&browser, &body).await, json!(waits), "random {random}");
    }
}

#[tokio::test]
async fn it_stops_waiting_when_the_computer_is_online_again() {
    // By itself it would come back after an hour.
    const BODY: &str = "
        Math.random = () => 1;
        const hour = 60 * 60 * 1000;
        const states = [];
        const socket = new Socket('/no/endpoint', {minWait: hour, maxWait: hour});
        socket.onstate = ({ state }) => {
            states.push(state);
            if (states.length === 3) done(states);
        };
        socket.onclose = () => {
            if (states.length === 2) dispatchEvent(new Event('online'));
        };
        socket.open();";

    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    assert_eq!(
        run(&browser, BODY).await,
        json!(["connecting", "waiting", "connecting"])
    );
}

#[tokio::test]
async fn it_gives_up_on_a_server_that_does_not_answer() {
    let push = Push::start().await;
    let browser = Browser::open(&push.url("/")).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", silent.local_addr().unwrap());
    let body = format!(
        "const hour = 60 * 60 * 1000;
        const states = [];
        const socket = new Socket('{url}', {{connectTimeout: 200, minWait: hour, maxWait: hour}});
        socket.onstate = ({{ state }}) => states.push(state);
        socket.onclose = ({{ code, reason }}) => done([...states, code, reason]);
        socket.open();"
    );
    assert_eq!(
        run(&browser, &body).await,
        json!(["connecting", "waiting", 1006, "connecting took too long"])
    );
    // It lets go of the line too: what was sent is followed by the end.
    let (mut line, _) = soon("the connection", silent.accept()).await.unwrap();
    let mut request = Vec::new();
    let _ = soon("the end", line.read_to_end(&mut request)).await;
}

#[tokio::test]
async fn it_comes_back_when_the_server_finds_its_session_too_old() {
    const BODY: &str = "
        const seen = [];
        const socket = new Socket('/webSocket/7', {minWait: 1});
        socket.onstate = ({ state }) => {
            if (state === 'open') seen.push('open');
            if (seen.length === 3) {
                socket.close();
                done(seen);
            }
        };
        socket.onclose = ({ code }) => seen.push(code);
        socket.open();";

    let push = Push::start_with(&[("WSPRING_MAX_AGE", "300ms")]).await;
    let browser = Browser::open(&push.url("/style.css")).await;
    assert_eq!(run(&browser, BODY).await, json!(["open", 1012, "open"]));
}
