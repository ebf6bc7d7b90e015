use tokio::sync::Mutex;
use tokio::time::Instant;

/// The last probe. Who asks while one is under way waits for it.
#[derive(Debug, Default)]
pub(super) struct Probe(pub(super) Mutex<Option<(Instant, bool)>>);
