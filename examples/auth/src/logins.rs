use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a ticket is good: a page uses it at once.
const TICKET_LIFE: Duration = Duration::from_secs(30);

/// How many tickets may wait to be used.
const MAX_TICKETS: usize = 10_000;

/// Who has logged in. A real program has a database in its place, which `#[on_handshake]` may wait for.
#[derive(Clone, Debug, Default)]
pub struct Logins(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The user of each token.
    users: HashMap<String, String>,
    /// The user of each ticket, and when it was made.
    tickets: HashMap<String, (String, Instant)>,
}

impl Logins {
    /// Remembers a login, and returns its token.
    #[must_use]
    pub fn log_in(&self, user: &str) -> String {
        let token = secret();
        self.known().users.insert(token.clone(), user.to_owned());
        token
    }

    /// Forgets all logins of a user, and the tickets that were not used.
    pub fn log_out(&self, user: &str) {
        let mut known = self.known();
        known.users.retain(|_, other| other != user);
        known.tickets.retain(|_, (other, _)| other != user);
    }

    /// The user of a token.
    #[must_use]
    pub fn user(&self, token: &str) -> Option<String> {
        self.known().users.get(token).cloned()
    }

    /// A ticket for one handshake; `None` when too many wait to be used.
    #[must_use]
    pub fn ticket(&self, user: &str) -> Option<String> {
        let mut known = self.known();
        known
            .tickets
            .retain(|_, (_, made)| made.elapsed() < TICKET_LIFE);
        if known.tickets.len() >= MAX_TICKETS {
            return None;
        }
        let ticket = secret();
        let value = (user.to_owned(), Instant::now());
        known.tickets.insert(ticket.clone(), value);
        Some(ticket)
    }

    /// The user of a ticket, which is used up.
    #[must_use]
    pub fn redeem(&self, ticket: &str) -> Option<String> {
        let (user, made) = self.known().tickets.remove(ticket)?;
        (made.elapsed() < TICKET_LIFE).then_some(user)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 random bits: nobody guesses them, and a subprotocol and an address can have them as they are.
fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}
