//! A real nginx.

use std::net::SocketAddr;

use tempfile::TempDir;
use tokio::process::Command;
use wspring_tests::Program;

use crate::{CLIENT, OTHER, builder, connect_at_last, connect_from, free_port, seen, start};

/// It is stopped when it is dropped.
struct Nginx {
    address: SocketAddr,
    _program: Program,
    _directory: TempDir,
}

impl Nginx {
    fn start(server: SocketAddr) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let address = free_port();
        let configuration = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;
            events {{ }}
            http {{
                access_log off;
                client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                server {{
                    listen {address};
                    location / {{
                        proxy_pass http://{server};
                        proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade;
                        proxy_set_header Connection upgrade;
                        proxy_set_header Host inner;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header X-Forwarded-Host $http_host;
                        proxy_set_header X-Forwarded-Proto https;
                    }}
                }}
            }}"
        );
        std::fs::write(directory.path().join("nginx.conf"), configuration).expect("a file");
        let path = std::env::var("NGINX").unwrap_or_else(|_| "nginx".to_owned());
        let mut command = Command::new(path);
        command.arg("-p").arg(directory.path());
        command.args(["-c", "nginx.conf", "-e", "stderr"]);
        // Debian has it there, where not every user looks.
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{path}:/usr/sbin"));
        Self {
            address,
            _program: Program::spawn(command),
            _directory: directory,
        }
    }
}

#[tokio::test]
async fn nginx_names_the_client_its_scheme_and_its_host() {
    let server = start(builder().max_connections_per_ip(1)).await;
    let nginx = Nginx::start(server.address());
    let stream = connect_at_last(CLIENT, nginx.address).await;
    // nginx appends the client's address to whatever the client has sent.
    let sent = [
        ("x-forwarded-for", "192.0.2.1"),
        ("origin", "https://app.example.com"),
    ];
    let first = seen(stream, "app.example.com", &sent).await;
    assert_eq!(
        first.as_deref(),
        Ok("127.0.0.9:0 wss://app.example.com/seen")
    );
    let again = connect_from(CLIENT, nginx.address).await;
    let hidden = [("x-forwarded-for", "192.0.2.2")];
    assert_eq!(seen(again, "app.example.com", &hidden).await, Err(429));
    let other = connect_from(OTHER, nginx.address).await;
    assert!(seen(other, "app.example.com", &[]).await.is_ok());
}

#[tokio::test]
async fn a_header_that_nginx_only_passes_on_is_not_believed() {
    let server = start(builder()).await;
    let nginx = Nginx::start(server.address());
    let stream = connect_at_last(CLIENT, nginx.address).await;
    let forged = [("forwarded", "for=192.0.2.1")];
    assert_eq!(seen(stream, "localhost", &forged).await, Err(400));
}
