//! The outside of a packet: which version it is of, who sent it, when, and until when it counts; and the proof that a
//! node of this cluster wrote it, if the cluster has a secret.
//!
//! ```text
//! version, form       1 byte each
//! from, number        8 bytes each: the node that sent it, and its number among those to the same subject
//! time, until         8 bytes each: microseconds of the sender's clock, and of the receiver's
//! body                signed: with 32 bytes of BLAKE3 behind it
//!                     encrypted: with a nonce of 24 bytes before it, and 16 bytes of Poly1305 behind it
//! ```
//!
//! The proof covers all of it, and the subject that it is sent to, which begins with the name of the cluster. An
//! answer is bound to its question instead. So nothing counts anywhere but where it was sent to.

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use smallvec::SmallVec;

use super::secret::{Secret, Secrets};
use super::wire::NodeId;

/// The version of what nodes say to each other; nodes of different versions do not see each other.
const VERSION: u8 = 3;

/// Bytes before the body.
const HEADER: usize = 34;

const MAC: usize = blake3::OUT_LEN;
const NONCE: usize = 24;
const TAG: usize = 16;

/// A time that never comes: the packet counts whenever it arrives.
pub(super) const FOR_EVER: u64 = u64::MAX;

/// How a body is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Open = 0,
    Signed = 1,
    Encrypted = 2,
}

/// Who sent a packet, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) from: NodeId,
    /// Of two packets to the same subject, the one that was sent later has the higher number.
    pub(super) number: u64,
    /// The sender's clock.
    pub(super) time: u64,
    /// The receiver's clock when the packet no longer counts.
    pub(super) until: u64,
}

/// Where a packet goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Destination<'d> {
    Subject(&'d str),
    /// The answer to the packet of this number that a node has sent to the one that answers.
    Answer {
        asker: NodeId,
        number: u64,
    },
}

/// Why a packet does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// These bytes are none of ours.
    Malformed,
    /// A node of another version sent it.
    Version(u8),
    /// It was not written with a secret that this node knows.
    Forged,
    /// It came before.
    Replayed,
    /// Its sender has given it up.
    Late,
}

/// Writes and reads packets with the secrets of a cluster.
pub(super) struct Seal {
    own: Option<Keys>,
    accepted: Option<Keys>,
    form: Form,
}

struct Keys {
    mac: [u8; 32],
    cipher: XChaCha20Poly1305,
}

impl Seal {
    pub(super) fn new(secrets: &Secrets) -> Self {
        let own = Keys::of(&secrets.own);
        let form = match &own {
            None => Form::Open,
            Some(_) if secrets.is_encrypting => Form::Encrypted,
            Some(_) => Form::Signed,
        };
        Self {
            own,
            accepted: Keys::of(&secrets.accepted),
            form,
        }
    }

    /// Whether what it reads was written by a node of this cluster for certain.
    pub(super) fn is_proof(&self) -> bool {
        self.own.is_some()
    }

    /// How many bytes it adds to a body.
    pub(super) fn overhead(&self) -> usize {
        HEADER
            + match self.form {
                Form::Open => 0,
                Form::Signed => MAC,
                Form::Encrypted => NONCE + TAG,
            }
    }

    /// Writes a packet whose body is these parts, one behind the other.
    pub(super) fn close(&self, header: &Header, to: Destination<'_>, body: [&[u8]; 2]) -> Bytes {
        let length = self.overhead() + body[0].len() + body[1].len();
        let mut bytes = BytesMut::with_capacity(length);
        let form = self.form;
        header.write(form, &mut bytes);
        let (Some(keys), false) = (&self.own, form == Form::Open) else {
            body.iter().for_each(|part| bytes.put_slice(part));
            return bytes.freeze();
        };
        if form == Form::Signed {
            body.iter().for_each(|part| bytes.put_slice(part));
            let mac = keys.mac(to, &bytes);
            bytes.put_slice(mac.as_bytes());
            return bytes.freeze();
        }
        // 192 bits of chance never repeat, whichever node draws them and however often it is started.
        let nonce: [u8; NONCE] = rand::random();
        let bound = to.bound_to(&bytes);
        bytes.put_slice(&nonce);
        let begin = bytes.len();
        body.iter().for_each(|part| bytes.put_slice(part));
        let text = (&mut bytes[begin..]).into();
        let sealed = keys
            .cipher
            .encrypt_inout_detached(&XNonce::from(nonce), &bound, text);
        match sealed {
            Ok(tag) => bytes.put_slice(&tag),
            // It fails above 256 GiB, which no broker takes. Nothing is said rather than said to everybody.
            Err(_) => bytes.truncate(HEADER),
        }
        bytes.freeze()
    }

    /// Reads a packet: its header and its body.
    pub(super) fn open(
        &self,
        bytes: &Bytes,
        to: Destination<'_>,
    ) -> Result<(Header, Bytes), Refused> {
        let (form, header) = Header::read(bytes)?;
        let rest = bytes.slice(HEADER..);
        if self.own.is_none() {
            return match form {
                Form::Open => Ok((header, rest)),
                Form::Signed | Form::Encrypted => Err(Refused::Forged),
            };
        }
        let mut all = self.own.iter().chain(&self.accepted);
        let body = match form {
            Form::Open => None,
            Form::Signed => {
                let at = rest.len().checked_sub(MAC).ok_or(Refused::Forged)?;
                let (signed, mac) = bytes.split_at(HEADER + at);
                let mac = blake3::Hash::from_slice(mac).map_err(|_| Refused::Forged)?;
                // This comparison takes the same time wherever the difference is.
                let is_right = all.any(|keys| keys.mac(to, signed) == mac);
                is_right.then(|| rest.slice(..at))
            }
            Form::Encrypted => {
                let bound = to.bound_to(&bytes[..HEADER]);
                all.find_map(|keys| keys.decrypt(&bound, &rest))
            }
        };
        Ok((header, body.ok_or(Refused::Forged)?))
    }
}

impl Keys {
    fn of(secret: &Secret) -> Option<Self> {
        let derive = |purpose| blake3::derive_key(purpose, secret.expose().as_bytes());
        (!secret.is_empty()).then(|| Self {
            mac: derive("wspring cluster 2026-11-30 authentication of packets"),
            cipher: XChaCha20Poly1305::new(
                &derive("wspring cluster 2026-11-30 encryption of packets").into(),
            ),
        })
    }

    fn mac(&self, to: Destination<'_>, packet: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.mac);
        hasher.update(&to.bound_to(&[]));
        hasher.update(packet);
        hasher.finalize()
    }

    fn decrypt(&self, bound: &[u8], sealed: &[u8]) -> Option<Bytes> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>()?;
        let (text, tag) = text.split_last_chunk::<TAG>()?;
        let mut text = BytesMut::from(text);
        self.cipher
            .decrypt_inout_detached(
                &XNonce::from(*nonce),
                bound,
                (&mut text[..]).into(),
                &Tag::from(*tag),
            )
            .ok()?;
        Some(text.freeze())
    }
}

impl Destination<'_> {
    /// The destination and these bytes, as a proof covers them: no two of them look alike.
    fn bound_to(self, header: &[u8]) -> SmallVec<[u8; 160]> {
        let mut bound = SmallVec::new();
        match self {
            Self::Subject(subject) => {
                bound.push(0);
                bound.extend_from_slice(&(subject.len() as u64).to_be_bytes());
                bound.extend_from_slice(subject.as_bytes());
            }
            Self::Answer { asker, number } => {
                bound.push(1);
                bound.extend_from_slice(&asker.to_bits().to_be_bytes());
                bound.extend_from_slice(&number.to_be_bytes());
            }
        }
        bound.extend_from_slice(header);
        bound
    }
}

impl Header {
    fn write(&self, form: Form, to: &mut BytesMut) {
        to.put_u8(VERSION);
        to.put_u8(form as u8);
        to.put_u64(self.from.to_bits());
        to.put_u64(self.number);
        to.put_u64(self.time);
        to.put_u64(self.until);
    }

    fn read(bytes: &[u8]) -> Result<(Form, Self), Refused> {
        let Some((head, _)) = bytes.split_first_chunk::<HEADER>() else {
            return Err(Refused::Malformed);
        };
        // All of the header is there, so that no number of it can be cut.
        let mut head = &head[..];
        let (version, form) = (head.get_u8(), head.get_u8());
        if version != VERSION {
            return Err(Refused::Version(version));
        }
        let form = match form {
            0 => Form::Open,
            1 => Form::Signed,
            2 => Form::Encrypted,
            _ => return Err(Refused::Malformed),
        };
        let header = Self {
            from: NodeId::from_bits(head.get_u64()),
            number: head.get_u64(),
            time: head.get_u64(),
            until: head.get_u64(),
        };
        Ok((form, header))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seal").field(&self.form).finish()
    }
}
