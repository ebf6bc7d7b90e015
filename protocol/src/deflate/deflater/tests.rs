use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use proptest::collection::vec;
use proptest::prelude::*;

use super::super::config::{Level, WindowBits};
use super::*;

const CONFIG: DeflateConfig = DeflateConfig {
    level: Level::FASTEST,
    threshold: 0,
    server_context_takeover: true,
    client_context_takeover: true,
    server_max_window_bits: WindowBits::MAX,
    client_max_window_bits: WindowBits::MAX,
};

fn deflater(config: &DeflateConfig, takeover: bool, bits: u8) -> Deflater {
    let agreement = Agreement {
        outgoing_takeover: takeover,
        outgoing_window_bits: WindowBits::new(bits).unwrap(),
        incoming_takeover: false,
    };
    Deflater::new(config, &agreement)
}

/// An independent inflater whose memory is a ring of the size of the negotiated window.
struct Peer {
    state: DecompressorOxide,
    window: Vec<u8>,
    at: usize,
}

impl Peer {
    fn new(bits: u8) -> Self {
        Self {
            state: DecompressorOxide::new(),
            window: vec![0xaa; 1 << bits],
            at: 0,
        }
    }

    fn read(&mut self, payload: &[u8]) -> Vec<u8> {
        let payload = [payload, &TAIL].concat();
        let mut rest = payload.as_slice();
        let mut content = Vec::new();
        loop {
            let (status, taken, given) = decompress(
                &mut self.state,
                rest,
                &mut self.window,
                self.at,
                TINFL_FLAG_HAS_MORE_INPUT,
            );
            rest = &rest[taken..];
            content.extend_from_slice(&self.window[self.at..self.at + given]);
            self.at = (self.at + given) % self.window.len();
            match status {
                TINFLStatus::HasMoreOutput => {}
                TINFLStatus::NeedsMoreInput => return content,
                status => panic!("{status:?}"),
            }
        }
    }
}

fn text(length: usize) -> Vec<u8> {
    (0..)
        .flat_map(|i: u32| format!("{{\"id\":{i}}},").into_bytes())
        .take(length)
        .collect()
}

/// Returns bytes that no compressor makes smaller.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(length)
    .collect()
}

#[test]
fn below_the_threshold_messages_stay_plain() {
    let config = DeflateConfig {
        threshold: 100,
        ..CONFIG
    };
    for takeover in [false, true] {
        let mut deflater = deflater(&config, takeover, 15);
        assert_eq!(deflater.compress(&text(99)), None);
        assert!(deflater.compress(&text(100)).is_some());
    }
}

#[test]
fn empty_messages_stay_plain() {
    for takeover in [false, true] {
        let mut deflater = deflater(&CONFIG, takeover, 15);
        assert_eq!(deflater.compress(b""), None);
        assert_eq!(deflater.compress(b""), None);
    }
}

#[test]
fn section_7_2_1_the_tail_is_not_sent() {
    let payload = deflater(&CONFIG, false, 15)
        .compress(b"HelloHelloHello")
        .unwrap();
    assert!(!payload.ends_with(&TAIL));
    assert_eq!(payload.last(), Some(&0), "the header of an empty block");
    assert_eq!(Peer::new(15).read(&payload), b"HelloHelloHello");
}

#[test]
fn without_takeover_a_message_that_does_not_get_smaller_stays_plain() {
    let mut deflater = deflater(&CONFIG, false, 15);
    assert_eq!(deflater.compress(&noise(1, 1_000)), None);
    let payload = deflater.compress(&text(1_000)).unwrap();
    assert_eq!(Peer::new(15).read(&payload), text(1_000));
}

#[test]
fn without_takeover_a_message_that_keeps_its_size_stays_plain() {
    let same_size = (0..200)
        .map(|repeated| [noise(1, 50), vec![b'x'; repeated]].concat())
        .find(|message| {
            // With takeover the payload is returned whatever its size.
            let payload = deflater(&CONFIG, true, 15).compress(message).unwrap();
            payload.len() == message.len()
        })
        .unwrap();
    assert_eq!(deflater(&CONFIG, false, 15).compress(&same_size), None);
}

#[test]
fn with_takeover_a_message_is_sent_compressed_even_if_it_did_not_get_smaller() {
    let mut deflater = deflater(&CONFIG, true, 15);
    let mut peer = Peer::new(15);
    let noise = noise(1, 1_000);
    let first = deflater.compress(&noise).unwrap();
    assert!(first.len() >= noise.len());
    assert_eq!(peer.read(&first), noise);
    let second = deflater.compress(&noise).unwrap();
    assert!(
        second.len() < 50,
        "it refers to the first: {}",
        second.len()
    );
    assert_eq!(peer.read(&second), noise);
}

#[test]
fn without_takeover_the_same_message_gives_the_same_payload() {
    let mut deflater = deflater(&CONFIG, false, 15);
    let first = deflater.compress(&text(500));
    deflater.compress(&noise(2, 500));
    assert_eq!(deflater.compress(&text(500)), first);
}

#[test]
fn the_peer_does_not_notice_a_dropped_context() {
    let mut deflater = deflater(&CONFIG, true, 15);
    let mut peer = Peer::new(15);
    let first = deflater.compress(&text(500)).unwrap();
    assert_eq!(peer.read(&first), text(500));
    deflater.forget();
    assert!(matches!(deflater.context, Context::Takeover(None)));
    let second = deflater.compress(&text(500)).unwrap();
    assert_eq!(second, first, "it refers to nothing before it");
    assert_eq!(peer.read(&second), text(500));
}

#[test]
fn a_message_holds_no_compressor_without_takeover() {
    let mut deflater = deflater(&CONFIG, false, 15);
    deflater.compress(&text(500)).unwrap();
    assert!(matches!(deflater.context, Context::None));
}

#[test]
fn section_7_1_2_1_nothing_refers_beyond_the_window() {
    // The noise repeats at distances that only the larger windows reach.
    let message = [
        noise(3, 400),
        noise(4, 300),
        noise(3, 400),
        noise(5, 3_000),
        noise(3, 400),
    ]
    .concat();
    for bits in 9..=15 {
        for takeover in [false, true] {
            for level in 1..=9 {
                let config = DeflateConfig {
                    level: Level::new(level).unwrap(),
                    ..CONFIG
                };
                let mut deflater = deflater(&config, takeover, bits);
                let mut peer = Peer::new(bits);
                for end in [400, 500, message.len()] {
                    if let Some(payload) = deflater.compress(&message[..end]) {
                        assert_eq!(
                            peer.read(&payload),
                            &message[..end],
                            "{bits} bits, level {level}"
                        );
                    }
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn another_implementation_reads_what_we_send(
        messages in vec(
            prop_oneof![
                vec(any::<u8>(), 0..500),
                "[ab]{0,500}".prop_map(String::into_bytes),
                (any::<u32>(), 0..20_000_usize).prop_map(|(seed, n)| noise(seed, n)),
                (0..70_000_usize).prop_map(text),
            ],
            1..5,
        ),
        takeover in any::<bool>(),
        bits in 9..=15_u8,
        level in 1..=9_u8,
        forget in any::<bool>(),
    ) {
        let config = DeflateConfig { level: Level::new(level).unwrap(), ..CONFIG };
        let mut deflater = deflater(&config, takeover, bits);
        let mut peer = Peer::new(bits);
        for message in messages {
            match deflater.compress(&message) {
                Some(payload) => {
                    prop_assert!(takeover || payload.len() < message.len());
                    prop_assert_eq!(peer.read(&payload), message);
                }
                None => prop_assert!(!takeover || message.is_empty()),
            }
            if forget {
                deflater.forget();
            }
        }
    }
}
