//! From a request to a session: what is refused and with which words, which endpoint a path means, what a handler
//! gets of the request, and endpoints beside plain HTTP.

mod agreement;
mod cookies;
mod decisions;
mod door;
mod endpoint;
mod heads;
mod hosts;
mod http;
mod kept;
mod known;
mod mounting;
mod origins;
mod params;
mod refused;
mod routing;
mod start;
mod user_code;
mod visible;
