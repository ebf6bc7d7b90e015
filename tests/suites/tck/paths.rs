//! Which of fourteen templates a path means (TCK: `spec/configuration/urimatching`), over live connections.

use std::sync::Arc;

use tokio::sync::Semaphore;
use wspring::prelude::*;
use wspring_tests::Client;

use crate::start_with;

/// Says which template it was reached by, and with which values.
struct Told(&'static str);

impl Endpoint for Told {
    async fn on_open(&mut self, session: &Session) -> Result<(), Error> {
        let values = ["w", "x", "y"].map(|name| session.path_param(name).unwrap_or("-"));
        let told = format!("{} {}", self.0, values.concat());
        session.send(told).await.map_err(Error::handler)
    }
}

const TEMPLATES: [&str; 14] = [
    "/a",
    "/{w}",
    "/a/b",
    "/{w}/b",
    "/a/{x}",
    "/{w}/{x}",
    "/a/b/c",
    "/a/b/{y}",
    "/a/{x}/c",
    "/a/{x}/{y}",
    "/{w}/b/c",
    "/{w}/b/{y}",
    "/{w}/{x}/c",
    "/{w}/{x}/{y}",
];

/// Every path of up to three segments out of literals and others, and what is left to the variables.
const PATHS: [(&str, &str); 18] = [
    ("/a", "/a ---"),
    ("/1", "/{w} 1--"),
    ("/A", "/{w} A--"),
    ("/a/b", "/a/b ---"),
    ("/1/b", "/{w}/b 1--"),
    ("/a/2", "/a/{x} -2-"),
    ("/1/2", "/{w}/{x} 12-"),
    ("/b/a", "/{w}/{x} ba-"),
    ("/a/b/c", "/a/b/c ---"),
    ("/a/b/3", "/a/b/{y} --3"),
    ("/a/2/c", "/a/{x}/c -2-"),
    ("/a/2/3", "/a/{x}/{y} -23"),
    ("/1/b/c", "/{w}/b/c 1--"),
    ("/1/b/3", "/{w}/b/{y} 1-3"),
    ("/1/2/c", "/{w}/{x}/c 12-"),
    ("/1/2/3", "/{w}/{x}/{y} 123"),
    ("/c/b/a", "/{w}/b/{y} c-a"),
    ("/%61/%62/%33", "/a/b/{y} --3"),
];

/// The order in which endpoints are given means nothing.
#[tokio::test]
async fn c3_c7_a_path_reaches_the_best_of_fourteen_templates() {
    for backwards in [false, true] {
        let mut templates = TEMPLATES.to_vec();
        if backwards {
            templates.reverse();
        }
        let builder = templates
            .into_iter()
            .fold(Server::builder(), |builder, path| {
                builder.endpoint(path, move |_| Told(path))
            });
        let (server, _events) = start_with(builder, Arc::new(Semaphore::new(0))).await;
        for (path, told) in PATHS {
            assert_eq!(server.connect(path).await.text().await, told, "{path}");
        }
        for path in ["/a/b/c/d", "/1/2/3/4", "/", "/a/", "/a//c"] {
            assert_eq!(Client::refused(server.url(path)).await.0, 404, "{path}");
        }
    }
}
