use std::collections::BTreeMap;

use super::Record;
use super::clients::{Readers, part_of};
use super::faults::{Fault, Outage, Part};
use crate::Sent;

/// Checks what was said of each push against what has arrived.
pub(super) fn all(records: &[Record], readers: &Readers, outages: &[Outage]) {
    let mut figures = BTreeMap::new();
    for record in records {
        let times = readers.times(record.key, &record.text);
        let stayed = part_of(record.key) != Part::Victim;
        let so_far = figures
            .entry((format!("{:?}", record.sent), stayed, times))
            .or_insert(0);
        *so_far += 1;
        one(record, times, stayed, outages);
    }
    println!("{} pushes in {} outages:", records.len(), outages.len());
    for ((sent, stayed, times), count) in figures {
        let client = if stayed {
            "connected all the time"
        } else {
            "on the node that is killed"
        };
        println!("  {count:6} {sent}, client {client}, arrived {times} times");
    }
}

fn one(record: &Record, times: usize, stayed: bool, outages: &[Outage]) {
    let Record {
        key, text, sent, ..
    } = record;
    let what = format!("{text} to {key}: {sent:?}, and it came {times} times");
    match sent {
        // What a node that is killed has queued goes with it.
        Sent::Delivered(1) | Sent::Partly(1) => assert!(times == 1 || !stayed, "{what}"),
        Sent::Offline => {
            let excused = outages.iter().any(|outage| excuses(outage, record));
            assert!(
                times == 0 && excused,
                "{what}, and its node could be reached"
            );
        }
        Sent::BrokerUnavailable => assert_eq!(times, 0, "{what}"),
        Sent::Unanswered => {
            let is_late = outages.iter().any(|outage| holds_back(outage, record));
            assert!(times == 0 || !is_late, "{what}, after it was given up");
        }
        _ => panic!("{what}"),
    }
    assert!(times <= 1, "{what}");
}

/// Whether a node could not be reached at some time during the push.
fn excuses(outage: &Outage, record: &Record) -> bool {
    let overlaps = record.begun <= outage.healed && outage.begun <= record.ended;
    outage.fault.part() == part_of(record.key) && overlaps
}

/// Whether this kept the push from its receiver until it had been given up: it stood still before the push began, and went on
/// after it had ended.
fn holds_back(outage: &Outage, record: &Record) -> bool {
    let part = outage.fault.part();
    let is_between = part == Part::Broker || part == part_of(record.key);
    let is_frozen = matches!(outage.fault, Fault::Freeze(_));
    let is_all_the_time = outage.stopped < record.begun && record.ended < outage.goes_on;
    is_between && is_frozen && is_all_the_time
}
