//! The rules of the values of arguments.

use std::time::Duration;

use syn::{Expr, Lit, LitStr, UnOp};

use crate::diag::Errors;
use crate::model::{FastProducer, OnDuplicate, TimeLimit, Unhandled};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const GREATEST_AGE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

pub(super) fn on_duplicate(value: &LitStr, errors: &mut Errors) -> Option<OnDuplicate> {
    match value.value().as_str() {
        "newest" => Some(OnDuplicate::Newest),
        "all" => Some(OnDuplicate::All),
        "reject" => Some(OnDuplicate::Reject),
        "close_older" => Some(OnDuplicate::CloseOlder),
        _ => {
            errors.at(
                value,
                "`on_duplicate` is one of \"newest\", \"all\", \"reject\", \"close_older\"",
            );
            None
        }
    }
}

pub(super) fn heartbeat(text: &LitStr, errors: &mut Errors) {
    if text.value().is_empty() {
        errors.at(text, "the heartbeat is a text that the browser sends, such as `\"ping\"`: it cannot be empty");
    }
}

pub(super) fn unhandled(value: &LitStr, errors: &mut Errors) -> Option<Unhandled> {
    match value.value().as_str() {
        "close" => Some(Unhandled::Close),
        "ignore" => Some(Unhandled::Ignore),
        _ => {
            errors.at(value, "`unhandled` is one of \"close\", \"ignore\"");
            None
        }
    }
}

pub(super) fn fast_producer(value: &LitStr, errors: &mut Errors) -> Option<FastProducer> {
    match value.value().as_str() {
        "wait" => Some(FastProducer::Wait),
        "drop" => Some(FastProducer::Drop),
        "close" => Some(FastProducer::Close),
        _ => {
            let text = "`fast_producer` is one of \"wait\", \"drop\", \"close\"";
            errors.at(value, text);
            None
        }
    }
}

pub(super) fn idle_timeout(value: &LitStr, errors: &mut Errors) -> Option<TimeLimit> {
    time_limit(value, LONGEST).map_or_else(
        |wrong| {
            let text = match wrong {
                NoLimit::OutOfBounds => {
                    "`idle_timeout` is at least \"1ms\" and at most \"24h\", or \"off\""
                }
                NoLimit::NoTime => {
                    "`idle_timeout` is a time with its unit, such as \"5m\" or \"90s\", or \"off\""
                }
            };
            errors.at(value, text);
            None
        },
        Some,
    )
}

pub(super) fn max_age(value: &LitStr, errors: &mut Errors) -> Option<TimeLimit> {
    time_limit(value, GREATEST_AGE).map_or_else(
        |wrong| {
            let text = match wrong {
                NoLimit::OutOfBounds => {
                    "`max_age` is at least \"1ms\" and at most \"365 days\", or \"off\""
                }
                NoLimit::NoTime => {
                    "`max_age` is a time with its unit, such as \"12h\" or \"7 days\", or \"off\""
                }
            };
            errors.at(value, text);
            None
        },
        Some,
    )
}

/// Why a text is not a [`TimeLimit`].
enum NoLimit {
    OutOfBounds,
    NoTime,
}

fn time_limit(value: &LitStr, longest: Duration) -> Result<TimeLimit, NoLimit> {
    let text = value.value();
    if text == "off" {
        return Ok(TimeLimit::Off);
    }
    let time = humantime::parse_duration(&text).map_err(|_| NoLimit::NoTime)?;
    if !(SHORTEST..=longest).contains(&time) {
        return Err(NoLimit::OutOfBounds);
    }
    let nanoseconds = u64::try_from(time.as_nanos()).map_err(|_| NoLimit::OutOfBounds)?;
    Ok(TimeLimit::Nanoseconds(nanoseconds))
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
