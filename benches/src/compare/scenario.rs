use crate::bar::Bar;
use wspring_bench::peers::Peer;

/// What is measured.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// The mode of the load generator, and its arguments.
    pub(crate) mode: &'static str,
    pub(crate) arguments: &'static [&'static str],
    pub(crate) bar: Bar,
    field: Field,
}

/// Who takes part.
#[derive(Debug)]
enum Field {
    /// We and the peers, on the path that everybody has.
    All,
    /// We and the peers; we on a path of ours.
    AllBut(&'static [&'static str]),
    /// We alone, with this server.
    Alone(&'static [&'static str]),
    /// We twice: without compression and with it.
    Compressed,
}

/// One server under load.
pub(crate) struct Run {
    pub(crate) label: String,
    /// The peer; none is us.
    pub(crate) peer: Option<&'static Peer>,
    pub(crate) server_arguments: &'static [&'static str],
    pub(crate) load_arguments: &'static [&'static str],
}

/// How our server is called in the tables.
pub(crate) const OURS: &str = "wspring";

const ONE_THREAD: &[&str] = &["--threads", "1"];

pub(crate) static SCENARIOS: [Scenario; 18] = [
    Scenario::echo(
        "echo64_d1_c64",
        "echo 64 B, 1 in flight, 64 connections",
        &["-c", "64", "-p", "64", "-d", "1", "--text"],
        Bar::OfRaw(1.10),
    ),
    Scenario::echo(
        "echo64_d1_c1000",
        "echo 64 B, 1 in flight, 1,000 connections",
        &["-c", "1000", "-p", "64", "-d", "1", "--text"],
        Bar::OfRaw(1.20),
    ),
    Scenario::echo(
        "echo64_d16_c64",
        "echo 64 B, 16 in flight, 64 connections",
        &["-c", "64", "-p", "64", "-d", "16", "--text"],
        Bar::OfRaw(1.30),
    ),
    Scenario::echo(
        "echo1k_d8_c64",
        "echo 1 KiB, 8 in flight, 64 connections",
        &["-c", "64", "-p", "1024", "-d", "8", "--text"],
        Bar::OfRaw(1.30),
    ),
    Scenario::echo(
        "echo64k_d2_c16",
        "echo 64 KiB, 2 in flight, 16 connections",
        &["-c", "16", "-p", "65536", "-d", "2", "--text"],
        Bar::AheadOfPeers,
    ),
    Scenario::fanout(
        "fan1000_w1",
        "fan-out to 1,000, 128 B, one message at a time",
        &["-c", "1000", "-p", "128", "--window", "1", "--text"],
        Bar::OfRaw(1.20),
    ),
    Scenario::fanout(
        "fan1000_w16",
        "fan-out to 1,000, 128 B, 16 outstanding",
        &["-c", "1000", "-p", "128", "--window", "16", "--text"],
        Bar::OfRaw(1.50),
    ),
    Scenario {
        mode: "connect",
        ..Scenario::echo(
            "connect",
            "connect, upgrade, close; 32 at a time",
            &["-c", "32"],
            Bar::OfRaw(1.60),
        )
    },
    Scenario {
        mode: "idle",
        field: Field::AllBut(&["--path", "/webSocket/{}"]),
        ..Scenario::echo(
            "idle5000",
            "memory of 5,000 idle connections, after one echo; ours with a key",
            &[
                "-c", "5000", "-p", "64", "--touch", "--text", "--hold", "1.5",
            ],
            Bar::Bytes(2048.0),
        )
    },
    Scenario {
        field: Field::Compressed,
        ..Scenario::fanout(
            "deflate",
            "push of 1 KiB JSON to 1,000, compressed and not",
            &["-c", "1000", "-p", "1024", "--json"],
            Bar::OfPlain(1.3),
        )
    },
    Scenario {
        mode: "slow",
        field: Field::Alone(ONE_THREAD),
        ..Scenario::fanout(
            "slow",
            "64 MiB to 10 receivers and to one that never reads",
            &[
                "-c", "10", "-p", "1024", "--mib", "64", "--window", "16", "--text",
            ],
            Bar::GrowthMib(1.0),
        )
    },
    Scenario {
        mode: "many",
        field: Field::Alone(&[]),
        ..Scenario::echo(
            "idle100k",
            "100,000 connections: opened, pinged, closed",
            &["-c", "100000", "--hold", "40", "--path", "/webSocket/{}"],
            Bar::AllServed,
        )
    },
    Scenario::echo(
        "echo64_d1_c1",
        "echo 64 B on one connection",
        &["-c", "1", "-p", "64", "-d", "1", "--text"],
        Bar::None,
    ),
    Scenario::echo(
        "echo64_burst16",
        "echo 64 B in bursts of 16, 64 connections",
        &["-c", "64", "-p", "64", "-d", "16", "--burst", "--text"],
        Bar::None,
    ),
    Scenario::echo(
        "echo4k_d1_c64",
        "echo 4 KiB, 1 in flight, 64 connections",
        &["-c", "64", "-p", "4096", "-d", "1", "--text"],
        Bar::None,
    ),
    Scenario::fanout(
        "fan10000_w1",
        "fan-out to 10,000, 128 B, one message at a time",
        &["-c", "10000", "-p", "128", "--window", "1", "--text"],
        Bar::None,
    ),
    Scenario::fanout(
        "fan1000_paced",
        "fan-out to 1,000, 128 B, 20 a second",
        &["-c", "1000", "-p", "128", "--rate", "20", "--text"],
        Bar::None,
    ),
    Scenario::fanout(
        "fan100_16k",
        "fan-out to 100, 16 KiB, 4 outstanding",
        &["-c", "100", "-p", "16384", "--window", "4", "--text"],
        Bar::None,
    ),
];

impl Scenario {
    const fn echo(
        name: &'static str,
        description: &'static str,
        arguments: &'static [&'static str],
        bar: Bar,
    ) -> Self {
        Self {
            name,
            description,
            mode: "echo",
            arguments,
            bar,
            field: Field::All,
        }
    }

    const fn fanout(
        name: &'static str,
        description: &'static str,
        arguments: &'static [&'static str],
        bar: Bar,
    ) -> Self {
        Self {
            mode: "fanout",
            ..Self::echo(name, description, arguments, bar)
        }
    }

    pub(crate) fn has_bar(&self) -> bool {
        !matches!(self.bar, Bar::None)
    }

    /// Whether it is measured for a time, in rounds; memory is measured once.
    pub(crate) fn is_repeated(&self) -> bool {
        matches!(self.mode, "echo" | "fanout" | "connect")
    }

    /// Those who take part, we last.
    pub(crate) fn runs(&self, peers: &[&'static Peer]) -> Vec<Run> {
        let ours = |label: &str, server_arguments, load_arguments| Run {
            label: label.to_owned(),
            peer: None,
            server_arguments,
            load_arguments,
        };
        let peers = peers.iter().map(|peer| Run {
            label: format!("{:2} {}", peer.id, peer.description),
            peer: Some(*peer),
            server_arguments: ONE_THREAD,
            load_arguments: peer.load_arguments,
        });
        const DEFLATE: &[&str] = &["--threads", "1", "--deflate"];
        match self.field {
            Field::All => peers.chain([ours(OURS, ONE_THREAD, &[])]).collect(),
            Field::AllBut(path) => peers.chain([ours(OURS, ONE_THREAD, path)]).collect(),
            Field::Alone(arguments) => vec![ours(OURS, arguments, &[])],
            Field::Compressed => vec![
                ours("plain", DEFLATE, &[]),
                ours(OURS, DEFLATE, &["--deflate"]),
            ],
        }
    }
}

/// The scenario of this name.
pub(crate) fn parse(name: &str) -> Result<&'static Scenario, String> {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name == name);
    scenario.ok_or_else(list)
}

/// All scenarios, for the help.
pub(crate) fn list() -> String {
    let lines = SCENARIOS.iter().map(
        |Scenario {
             name, description, ..
         }| { format!("\n  {name:16} {description}") },
    );
    format!("Scenarios:{}", lines.collect::<String>())
}
