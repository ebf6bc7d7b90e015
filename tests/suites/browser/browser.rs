//! A Chromium without a window, driven through chromedriver (W3C WebDriver).

use std::env;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use wspring_tests::{PATIENCE, soon};

/// How often the page is looked at while something is awaited.
const LOOK: Duration = Duration::from_millis(20);

/// One browser with one session, and nothing of it is left when it is dropped.
pub(crate) struct Browser {
    client: Client,
    _driver: Driver,
}

impl Browser {
    /// A browser that shows the page at `url`.
    pub(crate) async fn open(url: &str) -> Self {
        let driver = Driver::start().await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let Value::Object(capabilities) = driver.capabilities() else {
            unreachable!("capabilities are an object")
        };
        builder.capabilities(capabilities);
        let webdriver = format!("http://127.0.0.1:{}", driver.port);
        let client = soon("Chromium", builder.connect(&webdriver)).await;
        let client = client.unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        let browser = Self {
            client,
            _driver: driver,
        };
        browser.go(url).await;
        browser
    }

    /// Shows another page.
    pub(crate) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Opens another tab with the page at `url`, and turns to it.
    pub(crate) async fn go_in_new_tab(&self, url: &str) {
        let tab = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(tab.handle).await.unwrap();
        self.go(url).await;
    }

    /// Closes the tab, and turns to the one that was opened first.
    pub(crate) async fn close_tab(&self) {
        self.client.close_window().await.unwrap();
        let first = self.client.windows().await.unwrap().swap_remove(0);
        self.client.switch_to_window(first).await.unwrap();
    }

    /// Waits until the page has an element that this CSS selector means.
    pub(crate) async fn until(&self, css: &str) -> Element {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK);
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => {
                let page = self.text("body").await;
                panic!("the page never had {css} ({error}), it shows:\n{page}")
            }
        }
    }

    /// Waits until the element with this id shows a text that contains `part`.
    pub(crate) async fn until_text(&self, id: &str, part: &str) {
        let path = format!("//*[@id='{id}'][contains(., '{part}')]");
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK);
        if let Err(error) = wait.for_element(Locator::XPath(&path)).await {
            let page = self.text("body").await;
            panic!("#{id} never said {part:?} ({error}), the page shows:\n{page}")
        }
    }

    /// Waits for an alert, accepts it, and returns what it said.
    pub(crate) async fn alert(&self) -> String {
        let said = soon("an alert", async {
            let mut look = tokio::time::interval(LOOK);
            loop {
                look.tick().await;
                match self.client.get_alert_text().await {
                    Ok(said) => return said,
                    Err(CmdError::Standard(e)) if e.error == ErrorStatus::NoSuchAlert => {}
                    Err(error) => panic!("no alert: {error}"),
                }
            }
        });
        let said = said.await;
        self.client.accept_alert().await.unwrap();
        said
    }

    /// The text that the first such element shows.
    pub(crate) async fn text(&self, css: &str) -> String {
        let element = self.client.find(Locator::Css(css)).await.unwrap();
        element.text().await.unwrap()
    }

    /// How many such elements there are.
    pub(crate) async fn count(&self, css: &str) -> usize {
        self.client.find_all(Locator::Css(css)).await.unwrap().len()
    }

    /// Runs a script in the page, and returns what it returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap()
    }
}

/// A chromedriver; it ends, and its Chromium before it, when it is dropped.
struct Driver {
    _process: Child,
    port: u16,
    /// Chromium's profile, and whatever else the two write.
    files: TempDir,
}

impl Driver {
    async fn start() -> Self {
        // It takes a free port of IPv4 and then the same of IPv6, and ends when somebody has that one.
        for _ in 0..5 {
            if let Some(driver) = soon("chromedriver", Self::try_start()).await {
                return driver;
            }
        }
        panic!("chromedriver has ended five times, and said why above")
    }

    async fn try_start() -> Option<Self> {
        let files = TempDir::new().unwrap();
        let program = installed("CHROMEDRIVER", "chromedriver", "chromium-driver");
        let mut process = Command::new(program)
            .arg("--port=0")
            .env("TMPDIR", files.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver does not start: {error}"));
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if let Some((_, port)) = line.split_once("successfully on port ") {
                return Some(Self {
                    port: port.trim_end_matches('.').parse().unwrap(),
                    _process: process,
                    files,
                });
            }
            println!("{line}");
        }
        None
    }

    fn capabilities(&self) -> Value {
        let profile = format!(
            "--user-data-dir={}",
            self.files.path().join("profile").display()
        );
        json!({
            // Alerts stay open until the test has seen them.
            "unhandledPromptBehavior": "ignore",
            "goog:chromeOptions": {
                "binary": installed("CHROMIUM", "chromium", "chromium"),
                "args": [
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--window-size=900,1000",
                    profile,
                ],
            },
        })
    }

    /// Makes chromedriver end its Chromium, and waits until it has. Without fantoccini, because a drop cannot await.
    fn shut_down(&self) -> io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
        stream.read_exact(&mut [0; 12])
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Also when a test fails. If chromedriver does not obey, tokio kills it a moment later.
        if let Err(error) = self.shut_down() {
            eprintln!("chromedriver does not shut down: {error}");
        }
    }
}

/// Where a program is, from an environment variable or else from PATH.
fn installed(variable: &str, name: &str, package: &str) -> PathBuf {
    let directories = env::var_os("PATH").unwrap_or_default();
    let named = env::var_os(variable).map(PathBuf::from);
    named
        .into_iter()
        .chain(env::split_paths(&directories).map(|directory| directory.join(name)))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!(
                "the browser tests need {name}: install it (Debian: `apt-get install {package}`), or put its path into {variable}"
            )
        })
}
