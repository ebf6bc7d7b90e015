/// How far a packet may be behind a later one that came before it, in packets.
const SIZE: u64 = 8192;

/// The numbers of the packets that came, as far as any of them can come again.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The highest number that came.
    highest: Option<u64>,
    /// Which of the last came, a bit for each. Empty until the first one comes.
    came: Vec<u64>,
    /// The lowest number that the bits speak of: what is below counts as having come.
    lowest: u64,
}

impl Window {
    /// Whether no later packet has come.
    pub(super) fn is_newest(&self, number: u64) -> bool {
        self.highest.is_none_or(|highest| number > highest)
    }

    /// Notes that a packet comes; `false` when it came before, or is too old to know.
    pub(super) fn take(&mut self, number: u64) -> bool {
        let Some(highest) = self.highest else {
            self.begin(number);
            return true;
        };
        if number > highest {
            let gap = number - highest;
            if gap >= SIZE {
                self.came.fill(0);
            } else {
                for between in highest + 1..number {
                    self.mark(between, false);
                }
            }
            self.lowest = self.lowest.max(number.saturating_sub(SIZE - 1));
            self.highest = Some(number);
            self.mark(number, true);
            return true;
        }
        if number < self.lowest || self.has(number) {
            return false;
        }
        self.mark(number, true);
        true
    }

    fn begin(&mut self, number: u64) {
        self.came = vec![0; usize::try_from(SIZE / 64).unwrap_or_default()];
        // Those that were sent shortly before may still be on their way.
        self.lowest = number.saturating_sub(SIZE - 1);
        self.highest = Some(number);
        self.mark(number, true);
    }

    fn has(&self, number: u64) -> bool {
        let (word, bit) = Self::place(number);
        self.came.get(word).is_some_and(|word| word & bit != 0)
    }

    fn mark(&mut self, number: u64, came: bool) {
        let (word, bit) = Self::place(number);
        if let Some(word) = self.came.get_mut(word) {
            *word = if came { *word | bit } else { *word & !bit };
        }
    }

    fn place(number: u64) -> (usize, u64) {
        let at = number % SIZE;
        (usize::try_from(at / 64).unwrap_or_default(), 1 << (at % 64))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against a set that forgets nothing: none is taken twice, and each that is not too old is taken once.
        #[test]
        fn each_number_is_taken_once(
            steps in prop::collection::vec((0..20_000_u64, 0..3_u8), 1..300),
            start in prop_oneof![Just(0), Just(u64::MAX / 2)],
        ) {
            let mut window = Window::default();
            let mut came = HashSet::new();
            let mut highest = start;
            for (step, how) in steps {
                let number = match how {
                    0 => highest + step % 10,
                    1 => highest.saturating_sub(step),
                    _ => highest + step,
                };
                let first = came.is_empty();
                let taken = window.take(number);
                let is_new = came.insert(number);
                prop_assert!(!taken || is_new, "{number} was taken twice");
                highest = if first { number } else { highest.max(number) };
                if is_new && highest - number < SIZE {
                    prop_assert!(taken, "{number} of {highest} was refused");
                }
            }
        }
    }

    #[test]
    fn numbers_at_their_end_panic_nobody() {
        let mut window = Window::default();
        for (number, taken) in [
            (u64::MAX, true),
            (0, false),
            (u64::MAX, false),
            (u64::MAX - 1, true),
        ] {
            assert_eq!(window.take(number), taken, "{number}");
        }
    }
}
