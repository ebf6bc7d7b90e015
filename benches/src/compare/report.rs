//! What the rounds of a scenario came to.

use serde_json::Value;

use crate::scenario::{Run, Scenario};
use wspring_bench::peers::RAW;

/// What each server of a scenario measured, in all rounds.
pub(crate) struct Samples {
    pub(crate) rows: Vec<Row>,
}

/// The rounds of one server.
pub(crate) struct Row {
    pub(crate) label: String,
    /// How the peer is named on the command line; none is us.
    pub(crate) id: Option<&'static str>,
    /// Whether a user could pick it instead of wspring.
    pub(crate) is_choice: bool,
    samples: Vec<Value>,
}

/// A column of a table.
struct Column {
    title: &'static str,
    field: &'static str,
    /// Whether the ratio to raw TCP stands beside it.
    is_compared: bool,
}

impl Samples {
    pub(crate) fn new(runs: &[Run]) -> Self {
        let row = |run: &Run| Row {
            label: run.label.clone(),
            id: run.peer.map(|peer| peer.id),
            is_choice: run.peer.is_some_and(|peer| peer.is_choice),
            samples: Vec::new(),
        };
        Self {
            rows: runs.iter().map(row).collect(),
        }
    }

    pub(crate) fn add(&mut self, row: usize, sample: Value) {
        self.rows[row].samples.push(sample);
    }

    pub(crate) fn row(&self, label: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.label == label)
    }

    /// Raw TCP, if it took part.
    pub(crate) fn raw(&self) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == Some(RAW))
    }
}

impl Row {
    /// The median of a figure over the rounds; none when it was not measured.
    pub(crate) fn median(&self, field: &str) -> Option<f64> {
        let values = self
            .samples
            .iter()
            .filter_map(|sample| sample[field].as_f64());
        let mut values: Vec<_> = values.collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        match values.len() % 2 {
            _ if values.is_empty() => None,
            1 => Some(values[middle]),
            _ => Some(f64::midpoint(values[middle - 1], values[middle])),
        }
    }

    /// Whether one of these was counted in any round.
    pub(crate) fn has_any(&self, fields: &[&str]) -> bool {
        let counted = |field: &&str| {
            let mut counts = self.samples.iter().map(|sample| sample[*field].as_f64());
            counts.any(|count| count.is_some_and(|count| count > 0.0))
        };
        fields.iter().any(counted)
    }

    /// Whether something that is said of a round holds in all of them.
    pub(crate) fn always(&self, field: &str) -> bool {
        !self.samples.is_empty() && self.samples.iter().all(|sample| sample[field] == true)
    }
}

/// The figure of processor time for each message, by the mode of the load generator.
pub(crate) fn cost(scenario: &Scenario) -> &'static str {
    match scenario.mode {
        "echo" => "srv_us_msg",
        "fanout" => "srv_us_deliv",
        "connect" => "srv_us_conn",
        "idle" => "bytes_conn_touched",
        "slow" => "rss_growth_mb",
        _ => "conns",
    }
}

/// Prints the table of a scenario.
pub(crate) fn print(scenario: &Scenario, samples: &Samples) {
    println!("\n### {}: {}\n", scenario.name, scenario.description);
    let columns = columns(scenario);
    print!("| server ");
    for column in &columns {
        print!("| {} ", column.title);
        if column.is_compared {
            print!("| of raw ");
        }
    }
    print!("|\n|---");
    for column in &columns {
        print!("|---:{}", if column.is_compared { "|---:" } else { "" });
    }
    println!("|");
    let mut rows: Vec<_> = samples.rows.iter().collect();
    let first = |row: &Row| row.median(columns[0].field).unwrap_or(f64::INFINITY);
    rows.sort_by(|one, other| first(one).total_cmp(&first(other)));
    for row in rows {
        print!("| {} ", row.label);
        for column in &columns {
            let median = row.median(column.field);
            // Where several messages are on their way, no times are taken.
            let is_time = column.field.starts_with('p') && column.field.ends_with("_us");
            let is_untaken = is_time && median == Some(0.0);
            let median = median.filter(|_| !is_untaken);
            print!("| {} ", counted(median));
            if column.is_compared {
                let raw = samples.raw().and_then(|raw| raw.median(column.field));
                print!("| {} ", written(ratio(median, raw)));
            }
        }
        println!("|");
    }
}

pub(crate) fn ratio(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    Some(one? / other.filter(|other| *other > 0.0)?)
}

/// A figure with as many digits as mean something.
pub(crate) fn written(figure: Option<f64>) -> String {
    match figure {
        None => "-".to_owned(),
        Some(figure) if figure.abs() >= 100.0 => format!("{figure:.0}"),
        Some(figure) => format!("{figure:.2}"),
    }
}

/// The same, but for counts, which are whole.
pub(crate) fn counted(figure: Option<f64>) -> String {
    match figure {
        Some(count) if count.fract() == 0.0 => format!("{count:.0}"),
        figure => written(figure),
    }
}

fn columns(scenario: &Scenario) -> Vec<Column> {
    let compared = |title, field| Column {
        title,
        field,
        is_compared: true,
    };
    let plain = |title, field| Column {
        title,
        field,
        is_compared: false,
    };
    let cores = [
        plain("server cores", "srv_cpu"),
        plain("load cores", "load_cpu"),
        plain("others' cores", "foreign"),
    ];
    let first: Vec<Column> = match scenario.mode {
        "echo" => vec![
            compared("CPU µs/message", "srv_us_msg"),
            compared("messages/s", "msgs_s"),
            compared("p50 µs", "p50_us"),
            plain("p99 µs", "p99_us"),
            plain("bad", "bad"),
            plain("dead", "dead"),
        ],
        "fanout" => vec![
            compared("CPU µs/delivery", "srv_us_deliv"),
            compared("deliveries/s", "deliv_s"),
            compared("p50 µs to the last", "p50_us"),
            plain("p99 µs", "p99_us"),
            plain("lost", "lost"),
            plain("bad", "bad"),
            plain("dead", "dead"),
        ],
        "connect" => vec![
            compared("CPU µs/connection", "srv_us_conn"),
            compared("connections/s", "conn_s"),
            compared("p50 µs to the 101", "p50_us"),
            plain("p99 µs", "p99_us"),
            plain("failed", "fail"),
            plain("no EOF", "noeof"),
        ],
        "idle" => {
            return vec![
                plain("bytes/connection, after one echo", "bytes_conn_touched"),
                plain("before", "bytes_conn"),
                plain("MiB before", "rss_base_mb"),
                plain("MiB after all closed", "rss_after_close_mb"),
                plain("opened/s", "open_s"),
                plain("alive", "alive"),
                plain("echoed", "echoed"),
            ];
        }
        "slow" => {
            return vec![
                plain("MiB grown", "rss_growth_mb"),
                plain("seconds", "secs"),
                plain("lost by others", "healthy_lost"),
                plain("missed by the slow one", "slow_missing"),
            ];
        }
        _ => {
            return vec![
                plain("connections", "conns"),
                plain("opened/s", "open_s"),
                plain("CPU µs to open", "open_us_conn"),
                plain("pinged", "pinged"),
                plain("pings", "pings"),
                plain("server cores while idle", "hold_srv_cpu"),
                plain("bytes/connection", "bytes_conn_held"),
                plain("closed", "closed"),
                plain("closed/s", "close_s"),
                plain("CPU µs to close", "close_us_conn"),
            ];
        }
    };
    first.into_iter().chain(cores).collect()
}
