//! Text that may come from a peer, made safe to print.

use std::fmt::{self, Write as _};

/// A value whose text is printed on one line, in the order in which it is written: control characters, line separators,
/// invisible characters and those that change the direction of text appear as `\n` or `\u{202e}`.
///
/// A stranger could otherwise begin lines of their own in a log, or send commands to the terminal that shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escaped<T>(pub(crate) T);

/// Escapes what is written to it.
struct Escaping<'f, 'b>(&'f mut fmt::Formatter<'b>);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

impl fmt::Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(is_deceptive) {
            let plain = piece.strip_suffix(is_deceptive).unwrap_or(piece);
            self.0.write_str(plain)?;
            if let Some(last) = piece.chars().next_back().filter(|last| is_deceptive(*last)) {
                write!(self.0, "{}", last.escape_default())?;
            }
        }
        Ok(())
    }
}

/// Whether a character is not shown as itself, or changes how others are shown.
fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_begins_a_line_moves_the_cursor_or_turns_others_around() {
        let text = "a\r\nb\x1b[2Jc\u{9b}d\u{202e}e\u{2028}f\u{200b}\0";
        let expected = "a\\r\\nb\\u{1b}[2Jc\\u{9b}d\\u{202e}e\\u{2028}f\\u{200b}\\u{0}";
        assert_eq!(Escaped(text).to_string(), expected);
    }

    #[test]
    fn text_of_any_language_stays_as_it_is() {
        let text = "it's \"fine\", C:\\temp, naïve, नमस्ते, 👩\u{200d}💻, 连接已关闭";
        assert_eq!(Escaped(text).to_string(), text);
    }
}
