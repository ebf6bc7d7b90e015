//! Input that cannot be ported: a sentence that says what to do, and nothing written.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use wspring_port::{Options, PortError, Source, port};

const ECHO: &str = r#"
    @ServerEndpoint("/echo")
    public class Echo {
        @OnMessage
        public String onMessage(String message) { return "回声 " + message; }
    }
"#;

fn source(path: &str, bytes: impl Into<Vec<u8>>) -> Source {
    Source {
        path: path.to_owned(),
        bytes: bytes.into(),
    }
}

fn refusal(path: &str, bytes: impl Into<Vec<u8>>) -> String {
    match port(&[source(path, bytes)], &Options::default()) {
        Ok(_) => panic!("{path} was ported"),
        Err(error) => error.to_string(),
    }
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wspring-port"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("the porter runs")
}

#[test]
fn a_file_that_is_not_java_is_refused() {
    assert!(refusal("notes.txt", "Dear all, this is no class.").contains("is not Java"));
}

#[test]
fn kotlin_is_refused_by_name() {
    assert!(refusal("Echo.kt", "class Echo").contains("Kotlin, which is not supported"));
}

#[test]
fn a_class_without_an_endpoint_is_refused() {
    assert!(refusal("User.java", "class User { String name; }").contains("@ServerEndpoint"));
}

#[test]
fn a_syntax_error_that_hides_the_endpoint_is_named_with_its_line() {
    let text = refusal(
        "Echo.java",
        "class User {}\n@ServerEndpoint(\"/echo\") public clas Echo { ((( ",
    );
    assert!(text.contains("line 2"), "{text}");
}

#[test]
fn a_syntax_error_in_a_method_leaves_the_others() {
    let java = r#"
        @ServerEndpoint("/echo")
        public class Echo {
            @OnMessage
            public String onMessage(String message) { return message; }
            public void broken() { int = 3 }
        }
    "#;
    let ported = port(&[source("Echo.java", java)], &Options::default()).expect("the rest");
    assert_eq!(ported.report.todos(), 1);
    assert_eq!(ported.report.syntax_errors.len(), 1);
}

#[test]
fn gbk_is_read_with_its_name_and_refused_without() {
    let (bytes, ..) = encoding_rs::GBK.encode(ECHO);
    assert!(refusal("Echo.java", bytes.to_vec()).contains("--encoding gbk"));
    let options = Options {
        encoding: Some("gbk".to_owned()),
        ..Options::default()
    };
    let ported = port(&[source("Echo.java", bytes.to_vec())], &options).expect("GBK");
    assert!(
        ported
            .files
            .iter()
            .any(|(_, text)| text.contains("回声 {message}"))
    );
}

#[test]
fn an_unknown_encoding_is_named() {
    let options = Options {
        encoding: Some("gkb".to_owned()),
        ..Options::default()
    };
    let error = port(&[source("Echo.java", ECHO)], &options).expect_err("no such encoding");
    assert!(matches!(error, PortError::UnknownEncoding(name) if name == "gkb"));
}

#[test]
fn a_byte_order_mark_and_line_ends_of_windows_change_nothing() {
    let plain = port(&[source("Echo.java", ECHO)], &Options::default()).expect("it is Java");
    let windows = format!("\u{feff}{}", ECHO.replace('\n', "\r\n"));
    let ported = port(&[source("Echo.java", windows)], &Options::default()).expect("it is Java");
    assert_eq!(ported.files, plain.files);
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    assert!(refusal("Echo.java", vec![b' '; 1024 * 1024 + 1]).contains("leave it out"));
}

#[test]
fn a_folder_without_java_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).expect("a folder");
    let output = run(folder.path(), &["src", "--out", "ported"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no .java file in src"));
    assert!(!folder.path().join("ported").exists());
}

#[test]
fn a_folder_that_is_not_empty_is_left_alone_without_force() {
    let folder = tempfile::tempdir().expect("a folder");
    let java = folder.path().join("Echo.java");
    fs::write(&java, ECHO).expect("it can be written");
    let out = folder.path().join("ported");
    fs::create_dir_all(out.join("src")).expect("a folder");
    fs::write(out.join("src/echo.rs"), "mine").expect("it can be written");
    fs::write(out.join("kept.txt"), "mine").expect("it can be written");

    let refused = run(folder.path(), &["Echo.java", "--out", "ported"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--force"));
    let left = fs::read_to_string(out.join("src/echo.rs")).expect("it is there");
    assert_eq!(left, "mine");

    let forced = run(folder.path(), &["Echo.java", "--out", "ported", "--force"]);
    assert_eq!(forced.status.code(), Some(0), "{forced:?}");
    let written = fs::read_to_string(out.join("src/echo.rs")).expect("it is there");
    assert!(written.contains("#[server_endpoint(\"/echo\")]"));
    assert!(out.join("kept.txt").exists());
}

#[test]
fn the_exit_code_tells_whether_something_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let java = ECHO.replace("return \"回声 \" + message;", "return Mystery.of(message);");
    fs::write(folder.path().join("Echo.java"), java).expect("it can be written");
    let output = run(folder.path(), &["Echo.java", "--out", "ported", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["endpoints"][0]["todos"][0]["java_line"], 5);
    assert!(folder.path().join("ported/PORTING.md").exists());
}

#[test]
fn explain_prints_the_decisions_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("Echo.java"), ECHO).expect("it can be written");
    let output = run(
        folder.path(),
        &["Echo.java", "--out", "ported", "--explain"],
    );
    assert_eq!(output.status.code(), Some(0));
    let plans: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(plans[0]["side"]["Server"], "/echo");
    assert!(!folder.path().join("ported").exists());
}
