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
#[path = "changed_in_a_loop/main.rs"]
mod changed_in_a_loop;

#[rustfmt::skip]
#[path = "client_prices/main.rs"]
mod client_prices;

#[rustfmt::skip]
#[path = "counters/main.rs"]
mod counters;

#[rustfmt::skip]
#[path = "decoded_payload/main.rs"]
mod decoded_payload;

#[rustfmt::skip]
#[path = "echo_reply/main.rs"]
mod echo_reply;

#[rustfmt::skip]
#[path = "else_if_and_synchronized/main.rs"]
mod else_if_and_synchronized;

#[rustfmt::skip]
#[path = "gate_todo_in_open/main.rs"]
mod gate_todo_in_open;

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
#[path = "key_of_one_of_two/main.rs"]
mod key_of_one_of_two;

#[rustfmt::skip]
#[path = "key_of_two_variables/main.rs"]
mod key_of_two_variables;

#[rustfmt::skip]
#[path = "kick_older/main.rs"]
mod kick_older;

#[rustfmt::skip]
#[path = "login_later/main.rs"]
mod login_later;

#[rustfmt::skip]
#[path = "loop_with_a_condition/main.rs"]
mod loop_with_a_condition;

#[rustfmt::skip]
#[path = "loops_and_lists/main.rs"]
mod loops_and_lists;

#[rustfmt::skip]
#[path = "lost_variable/main.rs"]
mod lost_variable;

#[rustfmt::skip]
#[path = "map_by_session_id/main.rs"]
mod map_by_session_id;

#[rustfmt::skip]
#[path = "map_keys_long/main.rs"]
mod map_keys_long;

#[rustfmt::skip]
#[path = "map_payload/main.rs"]
mod map_payload;

#[rustfmt::skip]
#[path = "nested_endpoint/main.rs"]
mod nested_endpoint;

#[rustfmt::skip]
#[path = "open_sessions/main.rs"]
mod open_sessions;

#[rustfmt::skip]
#[path = "original/main.rs"]
mod original;

#[rustfmt::skip]
#[path = "path_of_a_constant/main.rs"]
mod path_of_a_constant;

#[rustfmt::skip]
#[path = "query_and_close/main.rs"]
mod query_and_close;

#[rustfmt::skip]
#[path = "refused_and_closed/main.rs"]
mod refused_and_closed;

#[rustfmt::skip]
#[path = "rooms_by_map/main.rs"]
mod rooms_by_map;

#[rustfmt::skip]
#[path = "service_calls/main.rs"]
mod service_calls;

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

#[rustfmt::skip]
#[path = "todo_ends_method/main.rs"]
mod todo_ends_method;

#[rustfmt::skip]
#[path = "try_with_an_answer/main.rs"]
mod try_with_an_answer;

#[rustfmt::skip]
#[path = "user_properties/main.rs"]
mod user_properties;
