//! What the macros accept, and what they say about each mistake.
//!
//! After a change to a message, `TRYBUILD=overwrite cargo test -p wspring --test ui` writes the new
//! texts; read them as a user would before you keep them.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
