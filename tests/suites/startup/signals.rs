//! SIGINT and SIGTERM: everyone is told, every handler runs, and the program ends well.

use wspring_tests::{Client, Program, RawClient};

use crate::{ANYWHERE, directory, serving};

async fn assert_ends_well(signal: &str) {
    let (program, address) = serving("", &[ANYWHERE]).await;
    let mut clients = Vec::new();
    for user in ["ann", "ben"] {
        let mut client = Client::connect(format!("ws://{address}/echo/{user}")).await;
        client.send("hello").await;
        assert_eq!(client.text().await, "hello");
        clients.push(client);
    }
    program.signal(signal).await;
    for client in &mut clients {
        assert_eq!(
            client.closed().await,
            (1001, "the server is stopping".to_owned())
        );
    }
    let ended = program.ended().await;
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let closed = "closed: 1001 by the runtime: the server is stopping";
    assert_eq!(
        ended.output.matches(closed).count(),
        2,
        "each on_close ran: {}",
        ended.output
    );
}

#[tokio::test]
async fn s2_sigint_drains_the_server() {
    assert_ends_well("INT").await;
}

#[tokio::test]
async fn s2_sigterm_drains_the_server() {
    assert_ends_well("TERM").await;
}

/// The program with handlers that block their threads for an hour, and its address.
async fn blocking(runtime: &str, workers: &str) -> (Program, std::net::SocketAddr) {
    let variables = [
        ANYWHERE,
        ("WSPRING_DRAIN_TIMEOUT", "100ms"),
        ("WSPRING_WORKERS", workers),
        ("RUNTIME", runtime),
    ];
    let path = env!("CARGO_BIN_EXE_blocked");
    let mut program = Program::start(path, &directory(""), &variables);
    let line = program.line().await;
    let address = line.strip_prefix("wspring listens on http://");
    let address = address.and_then(|address| address.parse().ok());
    (
        program,
        address.unwrap_or_else(|| panic!("no address: {line}")),
    )
}

/// Waits until the handler says that it blocks, sends SIGTERM, and returns the log.
async fn ended_though_blocked(mut program: Program) -> String {
    while program.line().await != "blocked" {}
    program.signal("TERM").await;
    let ended = program.ended().await;
    // 0 if no thread of the program's own runtime is blocked: then it comes to its end by itself.
    let code = ended.status.code();
    assert!(code.is_some_and(|code| code <= 1), "{ended:?}");
    ended.errors
}

#[tokio::test]
async fn a_program_ends_although_a_handler_blocks_its_thread_and_the_log_names_it() {
    for (runtime, workers) in [
        ("multi_thread", "shared"),
        ("current_thread", "shared"),
        ("current_thread", "per-core"),
    ] {
        let (program, address) = blocking(runtime, workers).await;
        let mut client = Client::connect(format!("ws://{address}/blocked")).await;
        client.send("hello").await;
        let log = ended_though_blocked(program).await;
        let lines: Vec<_> = log
            .lines()
            .filter(|line| line.contains("a handler blocks its thread"))
            .collect();
        assert_eq!(lines.len(), 1, "{runtime}, {workers}: {log}");
        assert!(
            lines[0].contains("/blocked") && lines[0].contains("blocked.rs"),
            "{log}"
        );
    }
}

#[tokio::test]
async fn a_program_ends_although_a_handshake_blocks_its_thread() {
    for runtime in ["multi_thread", "current_thread"] {
        let (program, address) = blocking(runtime, "shared").await;
        let mut client = RawClient::connect(address).await;
        let request = wspring_tests::client::handshake("/undecided", &[]);
        client.write(request.as_bytes()).await;
        ended_though_blocked(program).await;
    }
}
