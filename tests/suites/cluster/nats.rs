use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use tokio::process::Command;
use wspring_tests::Program;

use crate::node::stands_still;

/// A NATS server at a port of its own. It is stopped when it is dropped.
pub(crate) struct NatsServer {
    address: SocketAddr,
    program: Option<Program>,
}

impl NatsServer {
    pub(crate) async fn start() -> Self {
        // The port must be the same after a restart, so it cannot be left to the server.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        drop(listener);
        let mut nats = Self {
            address,
            program: None,
        };
        nats.start_again().await;
        nats
    }

    /// Starts the server at the address where it was.
    pub(crate) async fn start_again(&mut self) {
        let path = std::env::var("NATS_SERVER").unwrap_or_else(|_| "nats-server".to_owned());
        let mut command = Command::new(path);
        command.args([
            "--addr",
            "127.0.0.1",
            "--port",
            &self.address.port().to_string(),
        ]);
        // Debian has it there, where not every user looks.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        let mut program = Program::spawn(command);
        while !program.error().await.contains("Server is ready") {}
        self.program = Some(program);
    }

    /// Kills the server.
    pub(crate) async fn stop(&mut self) {
        let program = self.program.take().expect("it runs");
        program.signal("KILL").await;
        program.ended().await;
    }

    /// Stops it in the middle of all: its connections are alive, and nothing comes.
    pub(crate) async fn freeze(&self) {
        let program = self.program.as_ref().expect("it runs");
        program.signal("STOP").await;
        stands_still(program).await;
    }

    pub(crate) async fn thaw(&self) {
        self.program.as_ref().expect("it runs").signal("CONT").await;
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://{}", self.address)
    }
}
