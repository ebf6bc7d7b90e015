use std::net::IpAddr;
use std::pin::pin;
use std::task::{Context, Waker};

use tokio::time::Duration;

use super::*;

fn door(limits: DoorLimits) -> Arc<Door> {
    Arc::new(Door::new(limits))
}

fn network(text: &str) -> Network {
    Network::from(text.parse::<IpAddr>().unwrap())
}

fn arrive(door: &Arc<Door>, from: &str) -> Arrival {
    door.arrive(network(from), true).unwrap()
}

/// A connection that becomes a session.
fn session(door: &Arc<Door>, from: &str) -> Pass {
    let arrival = arrive(door, from);
    let visit = arrival.visit().unwrap();
    let mut pass = door.enter(Some(network(from))).unwrap();
    drop(arrival);
    pass.settle(Some(visit), true);
    pass
}

fn is_told_to_leave(arrival: &Arrival) -> bool {
    let shed = pin!(arrival.shed());
    shed.poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

/// Nothing is left behind.
fn assert_empty(door: &Door) {
    let state = door.state();
    assert_eq!(state.counted, Counted::default());
    assert!(state.by_network.is_empty() && state.guests.is_empty() && state.waiting.is_empty());
}

#[test]
fn a_place_is_free_again_when_its_pass_is_dropped() {
    let door = door(DoorLimits {
        max_connections: Some(2),
        ..DoorLimits::default()
    });
    let first = door.enter(None).unwrap();
    let second = door.enter(None).unwrap();
    assert_eq!(door.enter(None).unwrap_err(), Refusal::Full);
    drop(first);
    drop(door.enter(None).unwrap());
    drop(second);
    assert_empty(&door);
}

#[test]
fn each_address_has_its_own_places_and_leaves_nothing_behind() {
    let door = door(DoorLimits {
        max_connections_per_ip: Some(1),
        ..DoorLimits::default()
    });
    let passes =
        ["10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0:1::1"].map(|text| session(&door, text));
    for text in ["10.0.0.1", "::ffff:10.0.0.1", "2001:db8::2"] {
        let refused = door.enter(Some(network(text))).unwrap_err();
        assert_eq!(refused, Refusal::TooManyOfAddress, "{text}");
    }
    // If the address is not known, there is nothing to count.
    assert!(door.enter(None).is_ok());
    drop(passes);
    assert_empty(&door);
}

#[tokio::test(start_paused = true)]
async fn an_address_at_its_limit_takes_no_turn_of_another() {
    let door = door(DoorLimits {
        max_connections_per_ip: Some(1),
        handshakes_per_second: Some(2),
        ..DoorLimits::default()
    });
    let _pass = session(&door, "10.0.0.1");
    for _ in 0..10 {
        let refused = door.enter(Some(network("10.0.0.1"))).unwrap_err();
        assert_eq!(refused, Refusal::TooManyOfAddress);
    }
    let _other = door.enter(Some(network("10.0.0.2"))).unwrap();
    // One that has come too fast has no place either.
    let refused = door.enter(Some(network("10.0.0.3"))).unwrap_err();
    assert_eq!(refused, Refusal::TooFast(Duration::from_millis(500)));
    assert_eq!(door.state().by_network.len(), 2);
}

#[test]
fn the_network_that_waits_with_the_most_connections_makes_room_with_its_oldest() {
    let door = door(DoorLimits {
        max_guests: Some(4),
        ..DoorLimits::default()
    });
    let silent: Vec<_> = (0..3).map(|_| arrive(&door, "10.0.0.1")).collect();
    let good = arrive(&door, "10.0.0.2");
    let mut next = Vec::new();
    for expected in [[true, false, false], [false, true, false]] {
        next.push(arrive(&door, "10.0.0.1"));
        let told: Vec<_> = silent.iter().map(is_told_to_leave).collect();
        assert_eq!(told, expected);
        assert!(!is_told_to_leave(&good));
    }
    // One that was told to leave has no request any more.
    assert_eq!(silent[0].visit().unwrap_err(), Refusal::Full);
    drop((silent, good, next));
    assert_empty(&door);
}

#[test]
fn between_networks_that_wait_with_as_many_the_oldest_connection_makes_room() {
    let door = door(DoorLimits {
        max_guests: Some(3),
        ..DoorLimits::default()
    });
    let old = ["10.0.0.9", "10.0.0.1", "10.0.0.5"].map(|text| arrive(&door, text));
    let _new = arrive(&door, "10.0.0.7");
    assert_eq!(old.each_ref().map(is_told_to_leave), [true, false, false]);
}

#[test]
fn a_connection_with_a_request_or_a_session_is_not_told_to_leave() {
    let door = door(DoorLimits {
        max_guests: Some(2),
        ..DoorLimits::default()
    });
    let busy = arrive(&door, "10.0.0.1");
    let visit = busy.visit().unwrap();
    let pass = session(&door, "10.0.0.1");
    let refused = door.arrive(network("10.0.0.2"), true).unwrap_err();
    assert_eq!(refused, Refusal::Full);
    // Its request is answered: it waits for the next one.
    drop(visit);
    let good = arrive(&door, "10.0.0.2");
    assert!(is_told_to_leave(&busy));
    drop((busy, pass, good));
    assert_empty(&door);
}

#[test]
fn sessions_on_streams_keep_their_connection() {
    let door = door(DoorLimits {
        max_guests: Some(1),
        max_connections: Some(2),
        ..DoorLimits::default()
    });
    let shared = arrive(&door, "10.0.0.1");
    let [first, second] = [(); 2].map(|()| {
        let visit = shared.visit().unwrap();
        let mut pass = door.enter(Some(network("10.0.0.1"))).unwrap();
        pass.settle(Some(visit), false);
        pass
    });
    assert_eq!(door.enter(None).unwrap_err(), Refusal::Full);
    drop(first);
    assert!(door.arrive(network("10.0.0.2"), true).is_err());
    drop(second);
    let other = arrive(&door, "10.0.0.2");
    assert!(is_told_to_leave(&shared));
    drop((shared, other));
    assert_empty(&door);
}

#[test]
fn a_network_at_its_limit_makes_room_for_itself() {
    let door = door(DoorLimits {
        max_connections_per_ip: Some(2),
        ..DoorLimits::default()
    });
    let silent = [(); 3].map(|()| arrive(&door, "10.0.0.1"));
    let other = arrive(&door, "10.0.0.2");
    let good = session(&door, "10.0.0.1");
    assert_eq!(
        silent.each_ref().map(is_told_to_leave),
        [true, false, false]
    );
    assert!(!is_told_to_leave(&other));
    drop((silent, other, good));
    assert_empty(&door);
}

#[test]
fn a_network_that_only_has_sessions_is_refused_when_it_arrives() {
    let door = door(DoorLimits {
        max_connections_per_ip: Some(1),
        ..DoorLimits::default()
    });
    let _session = session(&door, "10.0.0.1");
    let asking = arrive(&door, "10.0.0.1");
    let visit = asking.visit().unwrap();
    let refused = door.enter(Some(network("10.0.0.1"))).unwrap_err();
    assert_eq!(refused, Refusal::TooManyOfAddress);
    let refused = door.arrive(network("10.0.0.1"), true).unwrap_err();
    assert_eq!(refused, Refusal::TooManyOfAddress);
    drop(visit);
    drop(arrive(&door, "10.0.0.1"));
}

#[test]
fn behind_a_proxy_the_client_s_network_has_the_limit() {
    let door = door(DoorLimits {
        max_connections_per_ip: Some(1),
        ..DoorLimits::default()
    });
    let from_proxy = || door.arrive(network("10.0.0.1"), false).unwrap();
    let many: Vec<_> = (0..10).map(|_| from_proxy()).collect();
    for (number, arrival) in many.iter().enumerate() {
        let client = network("192.0.2.1");
        arrival.comes_from(client).unwrap();
        let told = many.iter().filter(|arrival| is_told_to_leave(arrival));
        assert_eq!(told.count(), usize::from(number >= 2), "{number}");
    }
    drop(many);
    assert_empty(&door);
}
