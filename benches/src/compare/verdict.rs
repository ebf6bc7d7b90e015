//! Whether what is to be reached was.

use crate::bar::Bar;
use crate::report::{Samples, cost, counted, ratio, written};
use crate::scenario::{OURS, Scenario};

/// The outcome of a scenario.
pub(crate) struct Verdict {
    scenario: &'static str,
    bar: String,
    figure: String,
    /// `None` when what it takes was not measured.
    is_reached: Option<bool>,
}

impl Verdict {
    pub(crate) fn new(scenario: &Scenario, samples: &Samples) -> Self {
        let ours = samples.row(OURS);
        let figure = ours.and_then(|row| row.median(cost(scenario)));
        let of = |other: Option<f64>, most: f64| {
            let ratio = ratio(figure, other);
            (written(ratio), ratio.map(|ratio| ratio <= most))
        };
        let (bar, (figure, is_reached)) = match scenario.bar {
            Bar::None => (String::new(), (written(figure), None)),
            Bar::OfRaw(most) => {
                let raw = samples.raw().and_then(|raw| raw.median(cost(scenario)));
                (format!("≤ {most:.2} × raw TCP"), of(raw, most))
            }
            Bar::OfPlain(most) => {
                let plain = samples.row("plain");
                let plain = plain.and_then(|row| row.median(cost(scenario)));
                (format!("≤ {most:.2} × uncompressed"), of(plain, most))
            }
            Bar::AheadOfPeers => {
                let peers = samples.rows.iter().filter(|row| row.is_choice);
                let best = peers.filter_map(|row| row.median(cost(scenario)));
                let best = best.min_by(f64::total_cmp);
                let ratio = ratio(figure, best);
                let figure = format!("{} × the best peer", written(ratio));
                let is_reached = ratio.map(|ratio| ratio < 1.0);
                ("ahead of every peer".to_owned(), (figure, is_reached))
            }
            Bar::Bytes(most) => {
                let is_reached = figure.map(|bytes| bytes <= most);
                (format!("≤ {most:.0} bytes"), (counted(figure), is_reached))
            }
            Bar::GrowthMib(most) => {
                let is_served = ours.is_some_and(|row| row.always("healthy_ok"));
                let text = format!(
                    "{} MiB, the others {}",
                    written(figure),
                    if is_served { "got all" } else { "were held up" }
                );
                let is_reached = figure.map(|grown| grown <= most && is_served);
                let bar = format!("≤ {most:.0} MiB, the outbox; nobody delayed");
                (bar, (text, is_reached))
            }
            Bar::AllServed => {
                let count = |field| ours.and_then(|row| row.median(field));
                let [asked, pinged, closed] = ["asked", "pinged", "closed"].map(count);
                let mut text = format!(
                    "opened {}, pinged {}, closed {}",
                    counted(figure),
                    counted(pinged),
                    counted(closed)
                );
                let are_all_served = figure.map(|_| figure == pinged && figure == closed);
                let is_allowed = figure == asked;
                if !is_allowed {
                    text += "; more open files are not allowed here (`ulimit -Hn`): run it as root";
                }
                // The system does not allow this scenario, so there is no verdict.
                let is_reached = are_all_served.filter(|all| is_allowed || !all);
                let bar = format!("{} opened, pinged, closed", counted(asked));
                (bar, (text, is_reached))
            }
        };
        // A server that loses or spoils what it answers is fast for nothing.
        let is_wrong = ours.is_some_and(|row| row.has_any(&["bad", "lost", "dead"]));
        let (figure, is_reached) = match is_wrong {
            true => (figure + ", with wrong answers", Some(false)),
            false => (figure, is_reached),
        };
        Self {
            scenario: scenario.name,
            bar,
            figure,
            is_reached,
        }
    }
}

/// Prints the last table.
pub(crate) fn print(verdicts: &[Verdict]) {
    println!("\n### The bars\n\n| scenario | bar | measured | |\n|---|---|---:|---|");
    for verdict in verdicts {
        let Verdict {
            scenario,
            bar,
            figure,
            is_reached,
        } = verdict;
        let word = match is_reached {
            Some(true) => "reached",
            Some(false) => "**missed**",
            None => "no verdict",
        };
        println!("| {scenario} | {bar} | {figure} | {word} |");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wspring_bench::peers::PEERS;

    use super::*;
    use crate::scenario::parse;

    /// The verdict on a scenario in which raw TCP, every other peer and we cost so much, in several rounds.
    fn verdict(name: &str, raw: &[f64], peers: f64, ours: &[f64]) -> Verdict {
        let scenario = parse(name).expect("a scenario");
        let runs = scenario.runs(&PEERS.iter().collect::<Vec<_>>());
        let mut samples = Samples::new(&runs);
        for (number, run) in runs.iter().enumerate() {
            let costs = match run.peer {
                None => ours,
                Some(peer) if peer.id == "z" => raw,
                Some(_) => &[peers],
            };
            for cost in costs {
                samples.add(number, json!({ "srv_us_msg": cost }));
            }
        }
        Verdict::new(scenario, &samples)
    }

    #[test]
    fn medians_are_compared_with_those_of_raw_tcp() {
        // The medians are 2 and 2.2: the bar is 1.10.
        let verdict = verdict("echo64_d1_c64", &[9.0, 2.0, 1.0], 1.0, &[2.2, 2.0, 30.0]);
        assert_eq!(verdict.is_reached, Some(true));
        assert_eq!(verdict.figure, "1.10");
    }

    #[test]
    fn what_is_above_the_bar_is_missed() {
        let verdict = verdict("echo64_d1_c64", &[2.0, 2.0], 1.0, &[2.0, 2.6]);
        assert_eq!(verdict.is_reached, Some(false));
        assert_eq!(verdict.figure, "1.15");
    }

    #[test]
    fn wrong_answers_reach_no_bar() {
        let scenario = parse("echo64_d1_c64").expect("a scenario");
        let runs = scenario.runs(&PEERS.iter().collect::<Vec<_>>());
        let mut samples = Samples::new(&runs);
        for number in 0..runs.len() {
            samples.add(number, json!({ "srv_us_msg": 1.0, "bad": 0 }));
            samples.add(number, json!({ "srv_us_msg": 1.0, "bad": 1 }));
        }
        let verdict = Verdict::new(scenario, &samples);
        assert_eq!(verdict.is_reached, Some(false));
        assert_eq!(verdict.figure, "1.00, with wrong answers");
    }

    #[test]
    fn without_raw_tcp_there_is_no_verdict() {
        let verdict = verdict("echo64_d1_c64", &[], 1.0, &[2.0]);
        assert_eq!(verdict.is_reached, None);
    }

    #[test]
    fn ahead_means_ahead_of_the_best_that_a_user_could_pick() {
        assert_eq!(
            verdict("echo64k_d2_c16", &[1.0], 3.0, &[2.9]).is_reached,
            Some(true)
        );
        assert_eq!(
            verdict("echo64k_d2_c16", &[1.0], 3.0, &[3.1]).is_reached,
            Some(false)
        );
    }
}
