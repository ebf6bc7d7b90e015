/// A server that takes part.
#[derive(Debug)]
pub(crate) struct Contestant {
    /// How it is named on the command line.
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    /// Its program, among the peers.
    pub(crate) program: &'static str,
    /// What the load generator must know about it.
    pub(crate) load_arguments: &'static [&'static str],
    /// Whether a user could pick it instead of wspring.
    pub(crate) is_choice: bool,
}

/// The one that all others are compared with.
pub(crate) const RAW: &str = "z";

pub(crate) static PEERS: [Contestant; 8] = [
    Contestant {
        load_arguments: &["--raw"],
        is_choice: false,
        ..Contestant::choice(RAW, "raw TCP, no WebSocket", "raw")
    },
    Contestant {
        is_choice: false,
        ..Contestant::choice("ko", "sketch on tokio and hyper", "own_codec")
    },
    Contestant::choice("a", "hyper-tungstenite", "hyper_tungstenite"),
    Contestant::choice(
        "b",
        "the same, flushes gathered",
        "hyper_tungstenite_gathered",
    ),
    Contestant::choice("c", "axum", "axum"),
    Contestant::choice("d", "actix-ws", "actix"),
    Contestant::choice("e", "fastwebsockets", "fastwebsockets"),
    Contestant::choice("f", "tokio-websockets", "tokio_websockets"),
];

impl Contestant {
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
pub(crate) fn parse(id: &str) -> Result<&'static Contestant, String> {
    PEERS.iter().find(|peer| peer.id == id).ok_or_else(|| {
        let known: Vec<_> = PEERS
            .iter()
            .map(|peer| format!("{} ({})", peer.id, peer.description))
            .collect();
        format!("the peers are {}", known.join(", "))
    })
}
