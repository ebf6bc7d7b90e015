use std::borrow::Cow;
use std::fmt;

use crate::escaped::Escaped;
use crate::protocol;

/// Why and how a session ended.
///
/// Its `Display` is safe to print wherever the reason came from: a peer's control characters appear as `\n` or
/// `\u{1b}`. The field [`reason`](Self::reason) has the text as it came.
///
/// Java: `CloseReason`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloseReason {
    /// The code of the Close frame that decided, or [`CloseCode::ABNORMAL`] when there was none.
    pub code: CloseCode,
    /// The text beside the code, at most 123 bytes; often empty.
    pub reason: Cow<'static, str>,
    /// Who began.
    pub initiator: Initiator,
    /// Whether both sides said goodbye with a Close frame (RFC 6455 §7.1.4).
    pub clean: bool,
}

/// Who began to close a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Initiator {
    /// The other side: a Close frame, or the end of the TCP connection.
    Peer,
    /// This program, with [`Session::close`](super::Session::close) or
    /// [`Session::close_with`](super::Session::close_with).
    App,
    /// wspring: a broken rule, a deadline, a failed handler, the drain.
    Runtime,
}

/// A close code (RFC 6455 §7.4). Java: `CloseReason.CloseCodes`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(u16);

/// A close that must not be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidClose {
    /// The code is reserved or out of range.
    #[error("close code {0} must not be sent: use 1000 to 1003, 1007 to 1014 or 3000 to 4999")]
    Code(CloseCode),
    /// The reason does not fit the frame.
    #[error("a close reason has at most 123 bytes of UTF-8, this one has {0}: shorten it")]
    ReasonTooLong(usize),
}

/// What is to be sent as the last frame.
#[derive(Clone, Debug)]
pub(crate) struct CloseRequest {
    pub(crate) code: CloseCode,
    pub(crate) reason: Cow<'static, str>,
    pub(crate) initiator: Initiator,
}

impl CloseCode {
    /// 1000: the purpose of the connection is fulfilled. Java: `NORMAL_CLOSURE`.
    pub const NORMAL: Self = Self(1000);
    /// 1001: the server stops, or the browser leaves the page. Java: `GOING_AWAY`.
    pub const GOING_AWAY: Self = Self(1001);
    /// 1002: a frame broke the protocol. Java: `PROTOCOL_ERROR`.
    pub const PROTOCOL: Self = Self(1002);
    /// 1003: a kind of message that nobody takes. Java: `CANNOT_ACCEPT`.
    pub const UNSUPPORTED: Self = Self(1003);
    /// 1005, never sent: the peer's Close frame had no code. Java: `NO_STATUS_CODE`.
    pub const NO_STATUS: Self = Self(1005);
    /// 1006, never sent: the connection ended without a Close frame. Java: `CLOSED_ABNORMALLY`.
    pub const ABNORMAL: Self = Self(1006);
    /// 1007: a text message was not UTF-8. Java: `NOT_CONSISTENT`.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// 1008: a rule of the application was broken. Java: `VIOLATED_POLICY`.
    pub const POLICY: Self = Self(1008);
    /// 1009: a message was larger than allowed. Java: `TOO_BIG`.
    pub const TOO_BIG: Self = Self(1009);
    /// 1010: a client needs an extension that the server did not agree to; servers do not send it. Java: `NO_EXTENSION`.
    pub const MANDATORY_EXTENSION: Self = Self(1010);
    /// 1011: the server failed. Java: `UNEXPECTED_CONDITION`.
    pub const INTERNAL_ERROR: Self = Self(1011);
    /// 1012: the server restarts. Java: `SERVICE_RESTART`.
    pub const RESTART: Self = Self(1012);
    /// 1013: overload, or a peer that reads too slowly. Java: `TRY_AGAIN_LATER`.
    pub const TRY_AGAIN_LATER: Self = Self(1013);
    /// 1014: a server behind this one gave no answer, or a wrong one.
    pub const BAD_GATEWAY: Self = Self(1014);
    /// 1015, never sent: TLS could not be agreed on. Java: `TLS_HANDSHAKE_FAILURE`.
    pub const TLS_HANDSHAKE: Self = Self(1015);
    /// 4001, wspring's own: another connection took this one's key (`on_duplicate = "close_older"`).
    pub const REPLACED: Self = Self(4001);

    /// The code with this number, whether or not it may be sent.
    #[must_use]
    pub const fn new(code: u16) -> Self {
        Self(code)
    }

    /// The number. Java: `CloseCode.getCode()`.
    #[must_use]
    pub const fn as_u16(self) -> u16 {
        self.0
    }
}

impl CloseRequest {
    pub(crate) fn app(code: CloseCode, reason: &str) -> Self {
        Self {
            code,
            reason: match reason {
                "" => Cow::Borrowed(""),
                reason => Cow::Owned(reason.to_owned()),
            },
            initiator: Initiator::App,
        }
    }

    pub(crate) fn runtime(code: CloseCode, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            reason: reason.into(),
            initiator: Initiator::Runtime,
        }
    }

    pub(crate) fn into_reason(self, clean: bool) -> CloseReason {
        CloseReason {
            code: self.code,
            reason: self.reason,
            initiator: self.initiator,
            clean,
        }
    }
}

/// Whether a Close frame with this code and reason may be sent.
pub(crate) fn check(code: CloseCode, reason: &str) -> Result<(), InvalidClose> {
    if !protocol::is_sendable_close_code(code.0) {
        return Err(InvalidClose::Code(code));
    }
    if reason.len() > protocol::MAX_CLOSE_REASON {
        return Err(InvalidClose::ReasonTooLong(reason.len()));
    }
    Ok(())
}

impl From<u16> for CloseCode {
    fn from(code: u16) -> Self {
        Self(code)
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.0
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CloseCode({})", self.0)
    }
}

impl fmt::Display for Initiator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Peer => "the peer",
            Self::App => "the application",
            Self::Runtime => "the runtime",
        })
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.code, self.initiator)?;
        if !self.reason.is_empty() {
            write!(f, ": {}", Escaped(&self.reason))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_123_bytes_is_the_longest() {
        assert_eq!(check(CloseCode::NORMAL, &"é".repeat(61)), Ok(()));
        assert_eq!(check(CloseCode::NORMAL, &"x".repeat(123)), Ok(()));
        assert_eq!(
            check(CloseCode::NORMAL, &"é".repeat(62)),
            Err(InvalidClose::ReasonTooLong(124))
        );
    }

    #[test]
    fn codes_that_stand_for_the_lack_of_a_frame_are_refused() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, u16::MAX] {
            let code = CloseCode::new(code);
            assert_eq!(check(code, ""), Err(InvalidClose::Code(code)));
        }
        for code in [1000, 1003, 1007, 1014, 3000, 4999] {
            assert_eq!(check(CloseCode::new(code), ""), Ok(()));
        }
    }
}
