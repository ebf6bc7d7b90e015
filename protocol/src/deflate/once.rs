use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::deflater::{Deflater, compress_alone};
use super::recipe::Recipe;

/// The compressed payloads of one message that goes to many connections.
///
/// Receivers without context takeover share one payload for each level and window, in practice a single
/// one, which is made for the first of them. Use a new `CompressOnce` for each message.
///
/// # Examples
///
/// ```
/// use wspring_protocol::{CompressOnce, DeflateConfig, Deflater};
///
/// let config = DeflateConfig::default();
/// let (agreement, _) = config.accept([b"permessage-deflate".as_slice()]).expect("an offer");
/// let mut receivers = [(); 3].map(|()| Deflater::new(&config, &agreement));
///
/// let message = [b'x'; 1000];
/// let once = CompressOnce::default();
/// let payloads = receivers.each_mut().map(|deflater| once.compress(&message, deflater));
/// assert!(payloads[0].is_some());
/// assert_eq!(payloads[0], payloads[2]);
/// ```
#[derive(Debug, Default)]
pub struct CompressOnce {
    /// There once somebody wanted one: most messages are never compressed, and then there is nothing to drop.
    payloads: Mutex<Option<Box<Payloads>>>,
}

#[derive(Debug, Default)]
struct Payloads(Vec<(Recipe, Option<Bytes>)>);

impl CompressOnce {
    /// Returns the same as [`Deflater::compress`], but compresses `message` only if no earlier receiver had
    /// the same payload.
    ///
    /// `message` must be the same for each call.
    pub fn compress(&self, message: &[u8], deflater: &mut Deflater) -> Option<Bytes> {
        let Some(recipe) = deflater.shared_recipe(message) else {
            return deflater.compress(message);
        };
        let mut payloads = self.payloads.lock().unwrap_or_else(PoisonError::into_inner);
        let Payloads(payloads) = &mut **payloads.get_or_insert_default();
        if let Some((_, payload)) = payloads.iter().find(|(key, _)| *key == recipe) {
            return payload.clone();
        }
        let payload = compress_alone(recipe, message);
        payloads.push((recipe, payload.clone()));
        payload
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{DeflateConfig, WindowBits};
    use super::super::negotiation::Agreement;
    use super::*;

    fn deflater(takeover: bool, bits: u8) -> Deflater {
        let agreement = Agreement {
            outgoing_takeover: takeover,
            outgoing_window_bits: WindowBits::new(bits).unwrap(),
            incoming_takeover: false,
        };
        Deflater::new(&DeflateConfig::default(), &agreement)
    }

    #[test]
    fn receivers_without_context_share_one_payload() {
        // Exactly at the threshold.
        let message = [b'x'; 256];
        let once = CompressOnce::default();
        let first = once.compress(&message, &mut deflater(false, 15)).unwrap();
        let second = once.compress(&message, &mut deflater(false, 15)).unwrap();
        assert_eq!(first.as_ptr(), second.as_ptr());
    }

    #[test]
    fn windows_that_hold_the_message_share_and_smaller_ones_do_not() {
        // Exactly as large as the window of 10 bits.
        let message = [b'x'; 1_024];
        let once = CompressOnce::default();
        let first = once.compress(&message, &mut deflater(false, 15)).unwrap();
        let holds = once.compress(&message, &mut deflater(false, 10)).unwrap();
        let smaller = once.compress(&message, &mut deflater(false, 9)).unwrap();
        assert_eq!(first.as_ptr(), holds.as_ptr());
        assert_ne!(first.as_ptr(), smaller.as_ptr());
    }

    #[test]
    fn a_receiver_with_context_has_its_own() {
        let message = [b'x'; 1_000];
        let once = CompressOnce::default();
        let shared = once.compress(&message, &mut deflater(false, 15)).unwrap();
        let mut own = deflater(true, 15);
        let first = once.compress(&message, &mut own).unwrap();
        let second = once.compress(&message, &mut own).unwrap();
        assert_ne!(shared.as_ptr(), first.as_ptr());
        assert!(second.len() < first.len(), "it refers to the first");
    }

    #[test]
    fn a_message_that_stays_plain_stays_plain_for_all() {
        let once = CompressOnce::default();
        assert_eq!(once.compress(b"short", &mut deflater(false, 15)), None);
        let once = CompressOnce::default();
        let mut state = 1_u32;
        let random: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .take(1_000)
        .collect();
        for _ in 0..2 {
            assert_eq!(once.compress(&random, &mut deflater(false, 15)), None);
        }
    }
}
