//! What the fuzz target `handshake` runs: a function that takes any bytes and panics when a promise is broken.
//!
//! It stands here because what it looks at is not public; the other targets use public crates, and their
//! promises are in `fuzz/promises`. The test runs it over the seeds.

mod handshake;

pub use handshake::handshake;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_seeds_break_no_promise() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/handshake");
        let mut count = 0;
        for seed in fs::read_dir(seeds).unwrap() {
            handshake(&fs::read(seed.unwrap().path()).unwrap());
            count += 1;
        }
        assert!(count > 0, "there are no seeds");
    }
}
