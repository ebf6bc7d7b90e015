use wspring::send_info;
use wspring_bench::pushes::{Figures, Pushes};
use wspring_bench::timed::timed;

/// Pushes, and takes the time until each is delivered.
pub(crate) async fn measure(pushes: Pushes) -> Figures {
    let Pushes {
        keys,
        sends,
        at_once,
        payload,
    } = pushes;
    let text = "x".repeat(payload);
    timed(sends, at_once, |number| {
        let sent = send_info(text.as_str(), number % keys.max(1));
        async {
            match sent.await {
                Ok(delivered) if delivered.sessions == 1 => Ok(()),
                other => Err(format!("{other:?}")),
            }
        }
    })
    .await
}
