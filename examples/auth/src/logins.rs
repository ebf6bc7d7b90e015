use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How long a login lasts unless it is renewed.
const LOGIN_LIFE: Duration = Duration::from_secs(600);

/// How long a ticket is good: a page uses it at once.
const TICKET_LIFE: Duration = Duration::from_secs(30);

/// How many tickets may wait to be used.
const MAX_TICKETS: usize = 10_000;

/// The users who have logged in. A real program has a database in its place, which `#[on_handshake]` may wait for.
#[derive(Clone, Debug)]
pub struct Logins {
    known: Arc<Mutex<Known>>,
    life: Duration,
}

/// A user's login.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// When it ends.
    pub end: SystemTime,
}

#[derive(Debug, Default)]
struct Known {
    /// The login of each token.
    logins: HashMap<String, Login>,
    /// The login behind each ticket, and when the ticket was made.
    tickets: HashMap<String, (Login, Instant)>,
}

impl Logins {
    /// No logins yet; each will last for `life`.
    #[must_use]
    pub fn lasting(life: Duration) -> Self {
        Self {
            known: Arc::default(),
            life,
        }
    }

    /// How long a login lasts.
    #[must_use]
    pub fn life(&self) -> Duration {
        self.life
    }

    /// Remembers a login, and returns its token. A renewal is a new login, with a token of its own.
    #[must_use]
    pub fn log_in(&self, user: &str) -> String {
        self.log_in_until(user, SystemTime::now() + self.life)
    }

    /// [`log_in`](Self::log_in), with an end of its own.
    #[must_use]
    pub fn log_in_until(&self, user: &str, end: SystemTime) -> String {
        let token = secret();
        let login = Login {
            user: user.to_owned(),
            end,
        };
        let mut known = self.known();
        known.logins.retain(|_, other| !other.has_ended());
        known.logins.insert(token.clone(), login);
        token
    }

    /// Forgets all logins of a user, and the tickets that were not used.
    pub fn log_out(&self, user: &str) {
        let mut known = self.known();
        known.logins.retain(|_, other| other.user != user);
        known.tickets.retain(|_, (other, _)| other.user != user);
    }

    /// Returns the login of a token, if it has not ended.
    #[must_use]
    pub fn login(&self, token: &str) -> Option<Login> {
        let login = self.known().logins.get(token).cloned();
        login.filter(|login| !login.has_ended())
    }

    /// Returns a ticket for one handshake; `None` when too many wait to be used.
    #[must_use]
    pub fn ticket(&self, login: Login) -> Option<String> {
        let mut known = self.known();
        known
            .tickets
            .retain(|_, (_, made)| made.elapsed() < TICKET_LIFE);
        if known.tickets.len() >= MAX_TICKETS {
            return None;
        }
        let ticket = secret();
        known
            .tickets
            .insert(ticket.clone(), (login, Instant::now()));
        Some(ticket)
    }

    /// Returns the login behind a ticket, which is used up.
    #[must_use]
    pub fn redeem(&self, ticket: &str) -> Option<Login> {
        let (login, made) = self.known().tickets.remove(ticket)?;
        (made.elapsed() < TICKET_LIFE && !login.has_ended()).then_some(login)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Logins {
    fn default() -> Self {
        Self::lasting(LOGIN_LIFE)
    }
}

impl Login {
    fn has_ended(&self) -> bool {
        self.end <= SystemTime::now()
    }
}

/// 128 random bits: nobody guesses them, and a subprotocol and an address can have them as they are.
fn secret() -> String {
    format!("{:032x}", rand::random::<u128>())
}
