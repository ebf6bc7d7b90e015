//! The rules of the values of arguments.

use std::time::Duration;

use syn::{Expr, Lit, LitStr, UnOp};

use crate::diag::Errors;
use crate::model::{FastProducer, OnDuplicate, TimeLimit, Unhandled};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const GREATEST_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) fn on_duplicate(value: &LitStr, errors: &mut Errors) -> Option<OnDuplicate> {
    let words = [
        ("newest", OnDuplicate::Newest),
        ("all", OnDuplicate::All),
        ("reject", OnDuplicate::Reject),
        ("close_older", OnDuplicate::CloseOlder),
    ];
    one_of("on_duplicate", words, value, errors)
}

pub(super) fn heartbeat(text: &LitStr, errors: &mut Errors) {
    if text.value().is_empty() {
        errors.at(text, "the heartbeat is a text that the browser sends, such as `\"ping\"`: it cannot be empty");
    }
}

pub(super) fn unhandled(value: &LitStr, errors: &mut Errors) -> Option<Unhandled> {
    let words = [("close", Unhandled::Close), ("ignore", Unhandled::Ignore)];
    one_of("unhandled", words, value, errors)
}

pub(super) fn fast_producer(value: &LitStr, errors: &mut Errors) -> Option<FastProducer> {
    let words = [
        ("wait", FastProducer::Wait),
        ("drop", FastProducer::Drop),
        ("close", FastProducer::Close),
    ];
    one_of("fast_producer", words, value, errors)
}

/// Returns the meaning of the word that was written for `argument`.
fn one_of<T, const N: usize>(
    argument: &str,
    words: [(&str, T); N],
    value: &LitStr,
    errors: &mut Errors,
) -> Option<T> {
    let written = value.value();
    let names = words.each_ref().map(|(word, _)| format!("\"{word}\""));
    let found = words.into_iter().find(|(word, _)| *word == written);
    if found.is_none() {
        let text = format!("`{argument}` is one of {}", names.join(", "));
        errors.at(value, text);
    }
    found.map(|(_, meaning)| meaning)
}

pub(super) fn idle_timeout(value: &LitStr, errors: &mut Errors) -> Option<TimeLimit> {
    let out_of_bounds = "`idle_timeout` is at least \"1ms\" and at most \"24h\", or \"off\"";
    let no_time = "`idle_timeout` is a time with its unit, such as \"5m\" or \"90s\", or \"off\"";
    time_limit(value, LONGEST, out_of_bounds, no_time, errors)
}

pub(super) fn max_age(value: &LitStr, errors: &mut Errors) -> Option<TimeLimit> {
    let out_of_bounds = "`max_age` is at least \"1ms\" and at most \"365 days\", or \"off\"";
    let no_time = "`max_age` is a time with its unit, such as \"12h\" or \"7 days\", or \"off\"";
    time_limit(value, GREATEST_AGE, out_of_bounds, no_time, errors)
}

fn time_limit(
    value: &LitStr,
    longest: Duration,
    out_of_bounds: &str,
    no_time: &str,
    errors: &mut Errors,
) -> Option<TimeLimit> {
    let text = value.value();
    if text == "off" {
        return Some(TimeLimit::Off);
    }
    let wrong = match humantime::parse_duration(&text) {
        Ok(time) if (SHORTEST..=longest).contains(&time) => {
            let nanoseconds = u64::try_from(time.as_nanos()).ok();
            return nanoseconds.map(TimeLimit::Nanoseconds);
        }
        Ok(_) => out_of_bounds,
        Err(_) => no_time,
    };
    errors.at(value, wrong);
    None
}

/// More than a literal can say is checked when it is a constant.
pub(super) fn message_size(size: &Expr, errors: &mut Errors) {
    let text =
        "`max_message_size` is a number of bytes, at least 1: write `max_message_size = 65536`";
    positive(size, text, errors);
}

pub(super) fn messages_per_second(rate: &Expr, errors: &mut Errors) {
    let text = "`messages_per_second` is a number, at least 1: write `messages_per_second = 50`";
    positive(rate, text, errors);
}

pub(super) fn bytes_per_second(rate: &Expr, errors: &mut Errors) {
    let text =
        "`bytes_per_second` is a number of bytes, at least 1: write `bytes_per_second = 65536`";
    positive(rate, text, errors);
}

fn positive(number: &Expr, text: &str, errors: &mut Errors) {
    let wrong = match number {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => !number.base10_parse::<u64>().is_ok_and(|number| number > 0),
            _ => true,
        },
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)),
        _ => false,
    };
    if wrong {
        errors.at(number, text);
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;

    use super::*;

    #[test]
    fn an_idle_timeout_is_a_time_within_its_bounds_or_off() {
        let read = |text: &str| {
            let mut errors = Errors::default();
            let value = LitStr::new(text, Span::call_site());
            let timeout = idle_timeout(&value, &mut errors);
            assert_eq!(timeout.is_none(), errors.len() == 1, "{text}");
            timeout
        };
        assert_eq!(read("off"), Some(TimeLimit::Off));
        for (text, milliseconds) in [
            ("5m", 300_000),
            ("90s", 90_000),
            ("1h 30m", 5_400_000),
            ("1ms", 1),
            ("24h", 86_400_000),
            ("1day", 86_400_000),
        ] {
            let nanoseconds = milliseconds * 1_000_000;
            assert_eq!(read(text), Some(TimeLimit::Nanoseconds(nanoseconds)));
        }
        for text in [
            "",
            "0s",
            "999us",
            "24h 1ms",
            "1000years",
            "5",
            "five minutes",
            "-5m",
            "Off",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn an_age_may_be_a_year() {
        let read = |text: &str| {
            let mut errors = Errors::default();
            let value = LitStr::new(text, Span::call_site());
            (max_age(&value, &mut errors), errors.messages())
        };
        let year = TimeLimit::Nanoseconds(365 * 86_400 * 1_000_000_000);
        assert_eq!(read("365days").0, Some(year));
        for text in ["366days", "0s", "12", "forever"] {
            let (age, errors) = read(text);
            assert_eq!((age, errors.len()), (None, 1), "{text}");
            assert!(errors[0].contains("`max_age`"), "{errors:?}");
        }
    }
}
