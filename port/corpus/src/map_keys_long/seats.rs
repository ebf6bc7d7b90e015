//! `Seats` of `Seats.java`, ported from Java.

use wspring::prelude::*;

#[derive(Default)]
pub struct Seats;

#[server_endpoint("/seats/{seat}")]
impl Seats {
    pub async fn all(text: &str) {
        for session_key in Self::keys() {
            if let Err(error) = Self::send_info(text, &session_key).await {
                tracing::warn!("not sent: {error}");
            }
        }
    }

    pub fn numbers() {
        // TODO(line 22): the keys of `seats` are not texts, and `keys()` has texts
        //     for (Integer seat : seats.keySet()) {
        //         System.out.println(seat + 1);
        //     }
    }

    pub fn taken() -> i32 {
        i32::try_from(Self::sessions().len()).unwrap_or(i32::MAX)
    }
}
