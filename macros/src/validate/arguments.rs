//! The rules of the values of arguments.

use std::time::Duration;

use syn::{Expr, Lit, LitStr, UnOp};

use crate::diag::Errors;
use crate::model::{IdleTimeout, OnDuplicate, Unhandled};

const SHORTEST: Duration = Duration::from_millis(1);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

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

pub(super) fn idle_timeout(value: &LitStr, errors: &mut Errors) -> Option<IdleTimeout> {
    let text = value.value();
    if text == "off" {
        return Some(IdleTimeout::Off);
    }
    let wrong = match humantime::parse_duration(&text) {
        Ok(time) if (SHORTEST..=LONGEST).contains(&time) => {
            let nanoseconds = u64::try_from(time.as_nanos()).ok();
            return nanoseconds.map(IdleTimeout::Nanoseconds);
        }
        Ok(_) => "`idle_timeout` is at least \"1ms\" and at most \"24h\", or \"off\"",
        Err(_) => "`idle_timeout` is a time with its unit, such as \"5m\" or \"90s\", or \"off\"",
    };
    errors.at(value, wrong);
    None
}

/// More than a literal can say is checked when it is a constant.
pub(super) fn message_size(size: &Expr, errors: &mut Errors) {
    let text =
        "`max_message_size` is a number of bytes, at least 1: write `max_message_size = 65536`";
    let wrong = match size {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => !number.base10_parse::<u64>().is_ok_and(|number| number > 0),
            _ => true,
        },
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)),
        _ => false,
    };
    if wrong {
        errors.at(size, text);
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
        assert_eq!(read("off"), Some(IdleTimeout::Off));
        for (text, milliseconds) in [
            ("5m", 300_000),
            ("90s", 90_000),
            ("1h 30m", 5_400_000),
            ("1ms", 1),
            ("24h", 86_400_000),
            ("1day", 86_400_000),
        ] {
            let nanoseconds = milliseconds * 1_000_000;
            assert_eq!(read(text), Some(IdleTimeout::Nanoseconds(nanoseconds)));
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
}
