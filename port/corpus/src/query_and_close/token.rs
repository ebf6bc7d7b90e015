//! `Token` of `Token.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

#[derive(Default)]
pub struct Token;

#[server_endpoint("/token")]
impl Token {
    #[on_open]
    fn on_open(&self, session: &Session) -> Result<(), BoxError> {
        let query = session.query().map(str::to_owned);
        if query.is_none() || !query.as_deref().ok_or("null")?.contains("token=") {
            session.close_with(CloseCode::POLICY, "no token")?;
            return Ok(());
        }
        session.set_idle_timeout(Some(std::time::Duration::from_millis(60000)))?;
        tracing::info!("opened with {}", query.as_deref().unwrap_or("null"));
        Ok(())
    }

    #[on_close]
    fn on_close() {
        // TODO(line 18): `getCode` of a number
        //     LOGGER.info("{} closed: {} {}", session.getId(), reason.getCloseCode().getCode(), reason.getReasonPhrase());
    }
}
