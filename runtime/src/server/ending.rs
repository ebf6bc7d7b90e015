//! The end of a program after a signal: it comes although a handler blocks its thread.

use std::io;
use std::process;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::ServerHandle;
use super::signal::Signals;
use crate::error::{Error, ErrorKind};

/// How long a program that has been told to end may take for each step in which it waits for nobody.
const STEP: Duration = Duration::from_secs(1);

/// The exit code of a program that did not come to its end by itself.
const BLOCKED: i32 = 1;

/// Shuts a server down when the process gets a signal. Dropping it says that the server has ended.
///
/// It is a thread with a runtime of its own, because the threads of the server's runtime may be the ones that are blocked:
/// then no timer rings there, and no signal arrives.
#[derive(Debug)]
pub(super) struct Ending {
    _ended: DropGuard,
}

impl Ending {
    pub(super) fn on_signal(server: ServerHandle) -> Result<Self, Error> {
        let ended = CancellationToken::new();
        start(server, ended.clone()).map_err(|error| {
            let text = "cannot start the thread that waits for signals";
            Error::caused(ErrorKind::Config, text, error)
        })?;
        Ok(Self {
            _ended: ended.drop_guard(),
        })
    }
}

fn start(server: ServerHandle, ended: CancellationToken) -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _runtime = runtime.enter();
        Signals::listen()?
    };
    let thread = thread::Builder::new().name("wspring-signals".to_owned());
    thread.spawn(move || runtime.block_on(wait(server, signals, ended)))?;
    Ok(())
}

async fn wait(server: ServerHandle, mut signals: Signals, ended: CancellationToken) {
    tokio::select! {
        () = signals.received() => {}
        () = ended.cancelled() => return,
    }
    tracing::info!("shutting down: sessions are closed with 1001, a second signal cuts them off");
    let deployment = &server.deployment;
    tokio::select! {
        () = server.shutdown() => {}
        () = signals.received() => deployment.registry.abort(),
    }
    // From here on the server has only to return. A task that is blocked keeps it, or keeps the runtime from being dropped.
    let returned = async {
        deployment.sessions.wait().await;
        ended.cancelled().await;
    };
    if timeout(STEP, returned).await.is_ok() && deployment.blocked_requests() == 0 {
        return;
    }
    sleep(STEP).await;
    tracing::error!("the program is ended although handlers still run");
    process::exit(BLOCKED);
}
