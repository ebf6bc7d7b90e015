/// What a second connection with the same key means: `on_duplicate = "…"` of
/// [`#[server_endpoint]`](crate::server_endpoint).
///
/// A connection counts as opened when its `#[on_open]` has returned. Until then an older one keeps the key, so a connection
/// that `#[on_open]` refuses takes nothing from anybody.
///
/// The connections of one server are compared, and in a [cluster](crate::cluster) those of all nodes. Two servers of one program without a
/// broker decide each for itself; with one [`LocalBroker`](crate::cluster::LocalBroker), they decide together.
///
/// With `"newest"`, the older connection is not told by itself that another one gets its messages now. `"close_older"` tells it,
/// with code 4001. To tell it and keep it open, push to the key in [`#[on_handshake]`](macro@crate::on_handshake): the older one still has
/// the key then, on any node, and where there is none the push says `Offline`.
///
/// ```
/// use wspring::prelude::*;
///
/// # struct User; async fn user_of(_: &Handshake) -> Option<User> { None }
/// #[derive(Default)]
/// struct Inbox;
///
/// #[server_endpoint("/inbox/<user>")]
/// impl Inbox {
///     #[on_handshake]
///     async fn check(handshake: &Handshake, #[path_param] user: &str) -> Result<(), Reject> {
///         if user_of(handshake).await.is_none() {
///             return Err(Reject::unauthorized("sign in first"));
///         }
///         let _ = Self::send_info("you have signed in on another device", user).await;
///         Ok(())
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OnDuplicate {
    /// `"newest"`: all stay open, and a push goes to the one that opened last among those still open.
    #[default]
    Newest,
    /// `"all"`: all stay open, and a push goes to each of them.
    All,
    /// `"reject"`: the handshake of a second connection is answered 409 until the first one has ended and its `#[on_close]` has
    /// returned. A handler that still waits when the first one ends does not keep the key.
    Reject,
    /// `"close_older"`: the older connection is closed with code 4001, and the new one takes the key.
    CloseOlder,
}
