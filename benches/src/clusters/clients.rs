//! Those who get what is sent, and those who say what is to be sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use tokio::sync::mpsc;
use wspring::prelude::*;
use wspring::{Client, State};
use wspring_bench::pushes::{Figures, Pushes};
use wspring_bench::running::Server;

/// Counts what comes.
#[derive(Default)]
struct Receiver;

#[client_endpoint]
impl Receiver {
    #[on_message]
    fn take(_text: &str, count: State<Arc<AtomicUsize>>) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// So many users of one node, and how many messages they got.
pub(crate) struct Users {
    sessions: Vec<Session>,
    got: Arc<AtomicUsize>,
}

impl Users {
    pub(crate) async fn connect(node: &Server, count: usize) -> anyhow::Result<Self> {
        let got = Arc::new(AtomicUsize::new(0));
        let client = Client::new().state(Arc::clone(&got));
        let mut sessions = Vec::new();
        for key in 0..count {
            let url = format!("ws://127.0.0.1:{}/webSocket/{key}", node.port());
            sessions.push(client.connect::<Receiver>(url).await?);
        }
        Ok(Self { sessions, got })
    }

    pub(crate) fn got(&self) -> usize {
        self.got.load(Ordering::Relaxed)
    }

    pub(crate) fn len(&self) -> usize {
        self.sessions.len()
    }
}

impl Drop for Users {
    fn drop(&mut self) {
        for session in &self.sessions {
            session.close();
        }
    }
}

/// Hears what came of what a node was told to send.
#[derive(Default)]
struct Caller;

#[client_endpoint]
impl Caller {
    #[on_message]
    async fn hear(figures: Json<Figures>, answers: State<mpsc::Sender<Figures>>) {
        // Nobody waits for more than one.
        let _ = answers.try_send(figures.0);
    }
}

/// Lets a node push.
pub(crate) async fn push(node: &Server, pushes: Pushes) -> anyhow::Result<Figures> {
    let (sender, mut answers) = mpsc::channel(1);
    let url = format!("ws://127.0.0.1:{}/measure", node.port());
    let session = Client::new().state(sender).connect::<Caller>(url).await?;
    session.send(Json(pushes)).await?;
    let figures = answers.recv().await.context("the node is gone")?;
    session.close();
    Ok(figures)
}
