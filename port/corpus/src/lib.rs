//! The ported classes of `../java`, a module for each case. The test `corpus` of wspring-port writes it.

#[rustfmt::skip]
#[path = "all_but_one/main.rs"]
mod all_but_one;

#[rustfmt::skip]
#[path = "binary_and_partial/main.rs"]
mod binary_and_partial;

#[rustfmt::skip]
#[path = "broadcast_in_open/main.rs"]
mod broadcast_in_open;

#[rustfmt::skip]
#[path = "client_prices/main.rs"]
mod client_prices;

#[rustfmt::skip]
#[path = "counters/main.rs"]
mod counters;

#[rustfmt::skip]
#[path = "echo_reply/main.rs"]
mod echo_reply;

#[rustfmt::skip]
#[path = "gated_by_return/main.rs"]
mod gated_by_return;

#[rustfmt::skip]
#[path = "gated_registration/main.rs"]
mod gated_registration;

#[rustfmt::skip]
#[path = "handed_out/main.rs"]
mod handed_out;

#[rustfmt::skip]
#[path = "heartbeat_switch/main.rs"]
mod heartbeat_switch;

#[rustfmt::skip]
#[path = "json_dynamic/main.rs"]
mod json_dynamic;

#[rustfmt::skip]
#[path = "kick_older/main.rs"]
mod kick_older;

#[rustfmt::skip]
#[path = "loops_and_lists/main.rs"]
mod loops_and_lists;

#[rustfmt::skip]
#[path = "map_by_session_id/main.rs"]
mod map_by_session_id;

#[rustfmt::skip]
#[path = "open_sessions/main.rs"]
mod open_sessions;

#[rustfmt::skip]
#[path = "original/main.rs"]
mod original;

#[rustfmt::skip]
#[path = "query_and_close/main.rs"]
mod query_and_close;

#[rustfmt::skip]
#[path = "refused_and_closed/main.rs"]
mod refused_and_closed;

#[rustfmt::skip]
#[path = "service_unknown/main.rs"]
mod service_unknown;

#[rustfmt::skip]
#[path = "set_broadcast/main.rs"]
mod set_broadcast;

#[rustfmt::skip]
#[path = "set_of_this_filtered/main.rs"]
mod set_of_this_filtered;

#[rustfmt::skip]
#[path = "shadowing/main.rs"]
mod shadowing;
