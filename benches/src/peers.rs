//! Who is compared with wspring.

/// A server on something else than wspring.
#[derive(Debug)]
pub struct Peer {
    /// How it is named on the command line.
    pub id: &'static str,
    /// What it is built on.
    pub description: &'static str,
    /// Its program, in `peers/`.
    pub program: &'static str,
    /// What the load generator must know about it.
    pub load_arguments: &'static [&'static str],
    /// Whether a user could pick it instead of wspring.
    pub is_choice: bool,
}

/// The one that all others are compared with.
pub const RAW: &str = "z";

/// All of them.
pub static PEERS: [Peer; 8] = [
    Peer {
        load_arguments: &["--raw"],
        is_choice: false,
        ..Peer::choice(RAW, "raw TCP, no WebSocket", "raw")
    },
    Peer {
        is_choice: false,
        ..Peer::choice("ko", "sketch on tokio and hyper", "own_codec")
    },
    Peer::choice("a", "hyper-tungstenite", "hyper_tungstenite"),
    Peer::choice(
        "b",
        "the same, flushes gathered",
        "hyper_tungstenite_gathered",
    ),
    Peer::choice("c", "axum", "axum"),
    Peer::choice("d", "actix-ws", "actix"),
    Peer::choice("e", "fastwebsockets", "fastwebsockets"),
    Peer::choice("f", "tokio-websockets", "tokio_websockets"),
];

impl Peer {
    const fn choice(id: &'static str, description: &'static str, program: &'static str) -> Self {
        Self {
            id,
            description,
            program,
            load_arguments: &[],
            is_choice: true,
        }
    }
}

/// The peer of this id.
///
/// # Errors
///
/// A text that names all peers, when there is none.
pub fn parse(id: &str) -> Result<&'static Peer, String> {
    PEERS.iter().find(|peer| peer.id == id).ok_or_else(|| {
        let known: Vec<_> = PEERS
            .iter()
            .map(|peer| format!("{} ({})", peer.id, peer.description))
            .collect();
        format!("the peers are {}", known.join(", "))
    })
}
