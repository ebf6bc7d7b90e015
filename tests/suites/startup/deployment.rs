//! Endpoints that are served, wherever they were declared, and endpoints that cannot be.

use wspring_tests::{Client, Program};

use crate::{ANYWHERE, SERVE, UNDEPLOYABLE, assert_contains, directory, refused, serving};

const SOURCE: &str = include_str!("../../programs/undeployable.rs");

/// Where this attribute stands in the source, as it is printed.
fn place(attribute: &str) -> String {
    let line = SOURCE.lines().position(|line| line.contains(attribute));
    let line = line.unwrap_or_else(|| panic!("{attribute} is not there")) + 1;
    format!("tests/programs/undeployable.rs:{line}:")
}

#[tokio::test]
async fn a9_each_endpoint_is_printed_with_its_path_and_its_place() {
    let mut program = Program::start(SERVE, &directory(""), &[ANYWHERE]);
    let first = program.line().await;
    let port = first.strip_prefix("wspring listens on http://127.0.0.1:");
    assert_ne!(
        port.and_then(|port| port.parse::<u16>().ok()),
        Some(0),
        "{first}"
    );
    assert!(port.is_some(), "{first}");
    let echo = program.line().await;
    assert_contains(
        &echo,
        &["/echo/<user>", "Echo", "tests/programs/serve.rs:10:"],
    );
    let shelf = program.line().await;
    assert_contains(
        &shelf,
        &["/library/<book>", "Shelf", "tests/library/src/lib.rs:9:"],
    );
}

#[tokio::test]
async fn a9_an_endpoint_of_a_library_is_served_beside_those_of_the_program() {
    let (_program, address) = serving("", &[ANYWHERE]).await;
    let mut client = Client::connect(format!("ws://{address}/echo/ann")).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello");
    let mut client = Client::connect(format!("ws://{address}/library/dune")).await;
    client.send("hello").await;
    assert_eq!(client.text().await, "hello: dune of the library");
}

#[tokio::test]
async fn c5_c6_j5_n2_all_that_is_wrong_with_the_endpoints_is_told_at_once() {
    let errors = refused(UNDEPLOYABLE, "", &[]).await;
    let first = place(r#"("/rooms/<room>/users/<user>")"#);
    let second = place(r#"("/rooms/{id}/users/{name}")"#);
    assert_contains(
        &errors,
        &[
            "two endpoints have paths that mean the same",
            "/rooms/<room>/users/<user>  First",
            &first,
            "/rooms/{id}/users/{name}  Second",
            &second,
        ],
    );
    let needy = place(r#"("/needy")"#);
    assert_contains(
        &errors,
        &[
            "state that nobody gave",
            "undeployable::Database",
            ".state(",
            "/needy  Needy",
            &needy,
        ],
    );
    assert!(!errors.contains("Clock"), "this state is given: {errors}");
    assert!(
        !errors.contains("Fine"),
        "nothing is wrong with this one: {errors}"
    );
    assert_eq!(
        errors.matches("nobody gave").count(),
        1,
        "each thing is said once: {errors}"
    );
}
