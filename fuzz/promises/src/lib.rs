//! The promises about any input that the fuzz targets check, for everything that is public.
//!
//! Each function takes arbitrary bytes and panics if a promise is broken. The fuzz targets look for such
//! bytes; the tests try the seeds.

mod choices;
mod decoding;
mod inflate;
mod offers;
mod parts;
mod reading;
mod template;

pub use self::inflate::inflate;
pub use self::offers::extension_header;
pub use self::reading::{client_reading, server_reading};
pub use self::template::path_template;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_seeds_break_no_promise() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/../seeds");
        type Target = (&'static str, fn(&[u8]));
        let targets: [Target; 5] = [
            ("server_reading", server_reading),
            ("client_reading", client_reading),
            ("inflate", inflate),
            ("extension_header", extension_header),
            ("path_template", path_template),
        ];
        for (name, target) in targets {
            let mut count = 0;
            for seed in fs::read_dir(format!("{seeds}/{name}")).unwrap() {
                target(&fs::read(seed.unwrap().path()).unwrap());
                count += 1;
            }
            assert!(count > 0, "{name} has no seeds");
        }
    }
}
