//! Three ways in which a browser can say who it is; see the documentation of the crate.

use wspring::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt().init();
    let server = auth::server(auth::Logins::default())
        .configure()?
        .bind()
        .await?;
    println!("Open http://{}/ in a browser.\n", server.local_addr());
    server.run().await
}
