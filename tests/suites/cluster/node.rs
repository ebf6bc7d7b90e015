use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use wspring_tests::{Client, Program, RawClient, soon};

use crate::NatsServer;

/// A node as a process of its own.
pub(crate) struct Node {
    program: Program,
    address: SocketAddr,
}

/// What a node says that became of a push, or how many sessions it has counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    Delivered(usize),
    /// Delivered, and there may be more sessions.
    Partly(usize),
    Offline,
    BrokerUnavailable,
    Unanswered,
    Other(String),
}

/// A connection over which a node is told what to do.
pub(crate) struct Control(Client);

impl Node {
    pub(crate) async fn start(nats: &NatsServer) -> Self {
        Self::start_at(nats, ([127, 0, 0, 1], 0).into()).await
    }

    pub(crate) async fn start_at(nats: &NatsServer, address: SocketAddr) -> Self {
        Self::start_as(nats, address, &[]).await
    }

    /// A node with these settings.
    pub(crate) async fn start_with(nats: &NatsServer, settings: &[(&str, &str)]) -> Self {
        Self::start_as(nats, ([127, 0, 0, 1], 0).into(), settings).await
    }

    async fn start_as(nats: &NatsServer, address: SocketAddr, settings: &[(&str, &str)]) -> Self {
        let (address, url) = (address.to_string(), nats.url());
        let mut variables = vec![
            ("WSPRING_ADDRESS", &*address),
            ("WSPRING_BROKER_URL", &url),
            ("WSPRING_HEALTH", "/health"),
        ];
        variables.extend(settings);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let mut program = Program::start(env!("CARGO_BIN_EXE_node"), directory, &variables);
        let line = program.line().await;
        let address = line.strip_prefix("wspring listens on http://");
        let address = address.and_then(|address| address.parse().ok());
        Self {
            program,
            address: address.unwrap_or_else(|| panic!("no address: {line}")),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Kills it: nothing is said to anybody.
    pub(crate) async fn kill(self) {
        self.program.signal("KILL").await;
        self.program.ended().await;
    }

    /// Ends it as an operator does.
    pub(crate) async fn stop(self) {
        self.program.signal("TERM").await;
        self.program.ended().await;
    }

    /// Stops it in the middle of all, and returns when it stands still.
    pub(crate) async fn freeze(&self) {
        self.program.signal("STOP").await;
        stands_still(&self.program).await;
    }

    pub(crate) async fn thaw(&self) {
        self.program.signal("CONT").await;
    }

    /// A client at `path`, which may not be reached yet.
    pub(crate) async fn open(&self, path: &str) -> Client {
        Client::connect(format!("ws://{}{path}", self.address)).await
    }

    /// A client at `path` that can be reached.
    pub(crate) async fn connect(&self, path: &str) -> Client {
        let mut client = self.open(path).await;
        client.send("are you there?").await;
        assert_eq!(client.text().await, "are you there?");
        client
    }

    pub(crate) async fn control(&self) -> Control {
        Control(Client::connect(format!("ws://{}/control", self.address)).await)
    }

    /// Pushes once.
    pub(crate) async fn push(&self, key: &str, text: &str) -> Sent {
        self.control().await.push(key, text).await
    }

    /// Status and body of its health.
    pub(crate) async fn health(&self) -> (u16, Value) {
        let mut client = RawClient::connect(self.address).await;
        client
            .write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await;
        let response = client.response().await;
        let body = serde_json::from_str(&response.body);
        (response.status, body.expect("the health is JSON"))
    }

    /// Waits until its health is so.
    pub(crate) async fn is(&self, what: &str, so: impl Fn(u16, &Value) -> bool) {
        let wait = async {
            loop {
                let (status, body) = self.health().await;
                if so(status, &body) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        soon(what, wait).await;
    }

    /// Waits until it has heard of all that so many nodes have.
    pub(crate) async fn knows(&self, nodes: usize) {
        self.is("nodes that know each other", |status, body| {
            let cluster = &body["cluster"];
            status == 200 && cluster["nodes"] == nodes && cluster["complete"] == true
        })
        .await;
    }

    /// Waits until it knows of so many keys.
    pub(crate) async fn knows_keys(&self, keys: usize) {
        self.is("keys", |_, body| body["cluster"]["keys"] == keys)
            .await;
    }
}

/// Waits until all threads of a program that was told to stop have done so.
pub(crate) async fn stands_still(program: &Program) {
    let tasks = format!("/proc/{}/task", program.id());
    let stopped = async {
        loop {
            let tasks = std::fs::read_dir(&tasks).expect("the program runs");
            let mut states = tasks.map(|task| {
                let path = task.expect("a thread").path().join("stat");
                std::fs::read_to_string(path).unwrap_or_default()
            });
            // The state stands behind the name, which is in parentheses.
            if states.all(|state| {
                state
                    .rsplit(") ")
                    .next()
                    .is_some_and(|rest| rest.starts_with('T'))
            }) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    soon("a program to stand still", stopped).await;
}

impl Control {
    pub(crate) async fn push(&mut self, key: &str, text: &str) -> Sent {
        self.sent(&json!({"push": [key, text]})).await
    }

    pub(crate) async fn send_to_room(&mut self, room: &str, text: &str) -> Sent {
        self.sent(&json!({"room": [room, text]})).await
    }

    /// Does something, and says how many sessions it was for.
    pub(crate) async fn sent(&mut self, command: &Value) -> Sent {
        let said = self.command(command).await;
        let sessions = |sessions: &str| sessions.parse().expect("a number");
        match said.split_once(' ').unwrap_or((&said, "")) {
            ("delivered", count) => Sent::Delivered(sessions(count)),
            ("partly", count) => Sent::Partly(sessions(count)),
            ("offline", _) => Sent::Offline,
            ("broker", _) => Sent::BrokerUnavailable,
            ("unanswered", _) => Sent::Unanswered,
            _ => Sent::Other(said),
        }
    }

    /// Does something, and says what comes of it.
    pub(crate) async fn command(&mut self, command: &Value) -> String {
        self.0.send(command.to_string()).await;
        self.0.text().await
    }

    /// Waits until so many are in a room, on all nodes.
    pub(crate) async fn has_in_room(&mut self, room: &str, sessions: usize) {
        let wait = async {
            let command = json!({"count": room});
            while self.sent(&command).await != Sent::Delivered(sessions) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon("the members of a room", wait).await;
    }
}
