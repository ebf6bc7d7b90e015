use crate::session::{CloseCode, InvalidClose, Session, check_close};

/// Closes these sessions, and returns how many they are; none, where the code or the reason must not be sent.
pub(crate) fn close_all(
    sessions: &[Session],
    code: CloseCode,
    reason: &str,
) -> Result<usize, InvalidClose> {
    check_close(code, reason)?;
    for session in sessions {
        session.close_with(code, reason)?;
    }
    Ok(sessions.len())
}
