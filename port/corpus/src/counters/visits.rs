//! `Visits` of `Visits.java`, ported from Java.

use std::sync::atomic::{AtomicI32, AtomicI64, Ordering};
use wspring::prelude::*;

static MESSAGES: AtomicI64 = AtomicI64::new(0);
static TOTAL: AtomicI32 = AtomicI32::new(0);
#[derive(Default)]
pub struct Visits;

#[server_endpoint("/visits")]
impl Visits {
    #[on_open]
    fn on_open(&self) {
        Self::sessions().len();
        TOTAL.fetch_add(1, Ordering::Relaxed);
    }

    #[on_message]
    fn on_message(_text: &str) -> String {
        format!(
            "{} messages, {} online, {} in all", MESSAGES.fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1), Self::sessions().len(), TOTAL.load(Ordering::Relaxed)
        )
    }
}
