use super::error::ProtocolError;
use super::sizes::MAX_CLOSE_REASON;

/// The code and reason in a close frame (RFC 6455 §5.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    /// The close code; in a frame that was received it is [sendable](is_sendable_close_code).
    pub code: u16,
    /// The reason, often empty; at most [`MAX_CLOSE_REASON`] bytes in a frame that was received.
    pub reason: String,
}

impl CloseFrame {
    /// Reads the payload of a close frame; an empty one is `None`.
    ///
    /// # Errors
    ///
    /// If it has only one byte, a code that must not be sent, or a reason that is not UTF-8.
    pub(super) fn parse(payload: &[u8]) -> Result<Option<Self>, ProtocolError> {
        if payload.is_empty() {
            return Ok(None);
        }
        let Some((code, reason)) = payload.split_first_chunk() else {
            return Err(ProtocolError::HalfCloseCode);
        };
        let code = u16::from_be_bytes(*code);
        if !is_sendable_close_code(code) {
            return Err(ProtocolError::InvalidCloseCode(code));
        }
        let reason = str::from_utf8(reason).map_err(|_| ProtocolError::InvalidCloseReason)?;
        Ok(Some(Self {
            code,
            reason: reason.to_owned(),
        }))
    }
}

/// Returns whether a close frame may carry `code`, in either direction (RFC 6455 §7.4).
///
/// These are the defined and registered codes (1000 to 1003, 1007 to 1014) and the ranges for libraries
/// and applications (3000 to 4999). Code 1004 has no meaning, and 1005, 1006 and 1015 only report how a
/// connection ended.
///
/// # Examples
///
/// ```
/// use wspring_protocol::is_sendable_close_code;
///
/// assert!(is_sendable_close_code(1000));
/// assert!(!is_sendable_close_code(1006));
/// ```
pub fn is_sendable_close_code(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Returns the longest beginning of `reason` that fits in a close frame and ends with a whole character.
pub(super) fn fitting_reason(reason: &str) -> &str {
    let mut end = reason.len().min(MAX_CLOSE_REASON);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    &reason[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_4_codes_that_may_be_sent() {
        for code in [
            1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999,
        ] {
            assert!(is_sendable_close_code(code), "{code}");
        }
        for code in [
            0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
        ] {
            assert!(!is_sendable_close_code(code), "{code}");
        }
    }

    #[test]
    fn section_5_5_1_payload_of_a_close_frame() {
        assert_eq!(CloseFrame::parse(b""), Ok(None));
        assert_eq!(
            CloseFrame::parse(b"\x03\xe8"),
            Ok(Some(CloseFrame {
                code: 1000,
                reason: String::new()
            }))
        );
        assert_eq!(
            CloseFrame::parse(b"\x0f\xa0bye \xc3\xbc"),
            Ok(Some(CloseFrame {
                code: 4000,
                reason: "bye ü".to_owned()
            }))
        );
        assert_eq!(
            CloseFrame::parse(b"\x03"),
            Err(ProtocolError::HalfCloseCode)
        );
        assert_eq!(
            CloseFrame::parse(b"\x03\xed"),
            Err(ProtocolError::InvalidCloseCode(1005))
        );
        assert_eq!(
            CloseFrame::parse(b"\x03\xe8\xc3"),
            Err(ProtocolError::InvalidCloseReason)
        );
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        assert_eq!(fitting_reason("short"), "short");
        let exact = "a".repeat(123);
        assert_eq!(fitting_reason(&exact), exact);
        assert_eq!(fitting_reason(&"a".repeat(124)), exact);
        assert_eq!(fitting_reason(&"😀".repeat(40)), "😀".repeat(30));
    }
}
