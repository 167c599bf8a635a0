//! A Chromium that shows the book.

use std::cell::Cell;
use std::future::Future;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::{
    ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, PageLoadStrategy,
    TypingData,
};
use tokio::runtime::Runtime;

use crate::book;
use crate::driver::Driver;
use crate::server::{Scripts, Served, Server};

/// How long a page may take to become what a test waits for, and a script of a test to come to its end.
const LIMIT: Duration = Duration::from_secs(60);

/// How long this program waits for an answer of the browser, whatever it was asked.
const REQUEST_LIMIT: Duration = Duration::from_secs(900);

/// Colours, as the reader's system asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Scheme {
    Light,
    Dark,
}

/// A browser and a server of the book. Methods panic when the browser does not do what it is asked, as tests want it.
pub struct Session {
    runtime: Runtime,
    web: WebDriver,
    server: Server,
    scheme: Cell<Option<Scheme>>,
    printed: Cell<bool>,
    still: Cell<bool>,
    _driver: Driver,
    _profile: TempDir,
}

impl Session {
    /// Starts both. The browser has a new profile, finds no host but this one, and calls nobody by itself.
    ///
    /// # Panics
    /// The book is not built, or the browser is missing.
    #[must_use]
    pub fn start() -> Session {
        Session::with(Scripts::Sent, PageLoadStrategy::Normal)
    }

    /// Starts both, with a server that never sends a script. So no page is ever loaded to its end, and [`Session::open`] waits
    /// for none.
    ///
    /// # Panics
    /// The book is not built, or the browser is missing.
    #[must_use]
    pub fn waiting_for_scripts() -> Session {
        Session::with(Scripts::Withheld, PageLoadStrategy::None)
    }

    fn with(scripts: Scripts, wait: PageLoadStrategy) -> Session {
        let server = Server::start(book::folder(), scripts);
        let driver = Driver::start();
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let capabilities = capabilities(&profile, wait).expect("capabilities");
        let web = runtime
            .block_on(
                WebDriver::builder(driver.url(), capabilities)
                    .request_timeout(REQUEST_LIMIT)
                    .connect(),
            )
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}"));
        let session = Session {
            runtime,
            web,
            server,
            scheme: Cell::new(None),
            printed: Cell::new(false),
            still: Cell::new(false),
            _driver: driver,
            _profile: profile,
        };
        session.wait(session.web.set_script_timeout(LIMIT));
        session
    }

    fn wait<T>(&self, action: impl Future<Output = WebDriverResult<T>>) -> T {
        self.runtime
            .block_on(action)
            .unwrap_or_else(|error| panic!("the browser says: {error}"))
    }

    /// Opens a page, or a place in it, and waits until it has loaded.
    pub fn open(&self, path: &str) {
        // A page that is only left for another place in itself is not loaded again.
        self.wait(self.web.goto("about:blank"));
        self.wait(self.web.goto(format!("{}/{path}", self.server.origin())));
    }

    /// Runs a function body in the page and returns what it returns.
    #[must_use]
    pub fn js(&self, script: &str) -> Value {
        self.wait(async { Ok(self.web.execute(script, Vec::new()).await?.json().clone()) })
    }

    /// Runs a function body whose last argument is to be called with the result.
    #[must_use]
    pub fn js_async(&self, script: &str) -> Value {
        self.wait(async {
            Ok(self
                .web
                .execute_async(script, Vec::new())
                .await?
                .json()
                .clone())
        })
    }

    /// Gives the scripts of an action as long as they take: a look at every field of every figure of a page takes its time.
    pub fn patiently<T>(&self, action: impl FnOnce() -> T) -> T {
        self.wait(self.web.set_script_timeout(REQUEST_LIMIT));
        let result = action();
        self.wait(self.web.set_script_timeout(LIMIT));
        result
    }

    /// Waits until an expression is true in the page.
    ///
    /// # Panics
    /// It does not become true in time.
    #[track_caller]
    pub fn until(&self, expression: &str) {
        let start = Instant::now();
        while self.js(&format!("return Boolean({expression});")) != Value::Bool(true) {
            assert!(
                start.elapsed() < LIMIT,
                "not true within {} s: {expression}",
                LIMIT.as_secs()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Clicks on the first element that fits.
    pub fn click(&self, selector: &str) {
        self.wait(async { self.web.find(By::Css(selector)).await?.click().await });
    }

    /// Presses keys where the focus is.
    pub fn press(&self, keys: impl Into<TypingData>) {
        self.wait(async { self.web.action_chain().send_keys(keys).perform().await });
    }

    /// Gives the page a size, in CSS pixels.
    pub fn size(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Asks for light or dark colours.
    pub fn scheme(&self, scheme: Scheme) {
        self.scheme.set(Some(scheme));
        self.emulate();
    }

    /// Shows the page as it would be printed.
    pub fn print(&self) {
        self.printed.set(true);
        self.emulate();
    }

    /// Asks for no motion.
    pub fn still(&self) {
        self.still.set(true);
        self.emulate();
    }

    /// Gives the open page the colours of a theme: `coal`. One that takes its time is looked at half-way: see
    /// [`Session::still`].
    pub fn theme(&self, name: &str) {
        let _ = self.js(&format!(
            "document.documentElement.classList.remove('light', 'rust', 'coal', 'navy', 'ayu');
             document.documentElement.classList.add('{name}');"
        ));
    }

    /// What of the open page reaches beyond the screen and cannot be scrolled to, each with its place.
    #[must_use]
    pub fn cut_off(&self) -> Vec<String> {
        let found = self.js(include_str!("too_wide.js"));
        let found = found.as_array().expect("a list");
        let told = |what: &Value| what.as_str().expect("a text").to_owned();
        found.iter().map(told).collect()
    }

    /// All together: what a call leaves out is as if it had never been asked for.
    fn emulate(&self) {
        let media = if self.printed.get() { "print" } else { "" };
        let scheme = match self.scheme.get() {
            Some(Scheme::Light) => "light",
            Some(Scheme::Dark) => "dark",
            None => "",
        };
        let motion = if self.still.get() { "reduce" } else { "" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ]);
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "media": media, "features": features }),
        );
    }

    /// Puts the mouse over the first element that fits.
    pub fn hover(&self, selector: &str) {
        self.wait(async {
            let element = self.web.find(By::Css(selector)).await?;
            self.web
                .action_chain()
                .move_to_element_center(&element)
                .perform()
                .await
        });
    }

    /// Moves one finger from the middle of the first element that fits, so many CSS pixels across.
    ///
    /// # Panics
    /// No element fits.
    pub fn swipe(&self, selector: &str, across: i32) {
        let middle = self.js(&format!(
            "const element = document.querySelector('{selector}');
             element.scrollIntoView({{ block: 'center', behavior: 'instant' }});
             const box = element.getBoundingClientRect();
             return [box.x + box.width / 2, box.y + box.height / 2];"
        ));
        let [x, y] = [0, 1].map(|axis| middle[axis].as_f64().expect("a place on the screen"));
        let touch = |kind: &str, points: Value| {
            let parameters = json!({ "type": kind, "touchPoints": points });
            self.devtools("Input.dispatchTouchEvent", parameters);
        };
        touch("touchStart", json!([{ "x": x, "y": y }]));
        for part in 1..=4 {
            let x = x + f64::from(across * part) / 4.0;
            touch("touchMove", json!([{ "x": x, "y": y }]));
        }
        touch("touchEnd", json!([]));
    }

    /// Loads pages from now on as a browser without scripts does; a test's own scripts still run.
    pub fn without_scripts(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        );
    }

    fn devtools(&self, command: &str, parameters: Value) {
        self.wait(self.web.cdp().send_raw(command, parameters));
    }

    /// What the server sent since the last call.
    #[must_use]
    pub fn served(&self) -> Vec<Served> {
        self.server.take_log()
    }

    /// What the page wrote to the console as an error since the last call, errors of loading included.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let entries = self.wait(self.web.get_log("browser"));
        entries
            .into_iter()
            .filter(|entry| entry.level == "SEVERE")
            .map(|entry| entry.message)
            .collect()
    }

    /// Every address outside of the book that pages asked for since the last call, whether or not it answered.
    #[must_use]
    pub fn strangers(&self) -> Vec<String> {
        let own = format!("{}/", self.server.origin());
        let inside = ["about:", "blob:", "chrome:", "data:", own.as_str()];
        self.requests()
            .into_iter()
            .filter(|url| !inside.iter().any(|start| url.starts_with(start)))
            .collect()
    }

    fn requests(&self) -> Vec<String> {
        let events = self.wait(self.web.get_log("performance"));
        let address = |entry: thirtyfour::BrowserLogEntry| {
            let event: Value =
                serde_json::from_str(&entry.message).expect("an event of the browser");
            let event = &event["message"];
            let method = event["method"].as_str()?;
            let parameters = &event["params"];
            match method {
                "Network.requestWillBeSent" => {
                    parameters["request"]["url"].as_str().map(str::to_owned)
                }
                "Network.webSocketCreated" => parameters["url"].as_str().map(str::to_owned),
                _ => None,
            }
        };
        events.into_iter().filter_map(address).collect()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Closes the browser; chromedriver and the server end with their own values.
        if let Err(error) = self.runtime.block_on(self.web.clone().quit()) {
            eprintln!("the browser does not close: {error}");
        }
    }
}

fn capabilities(profile: &TempDir, wait: PageLoadStrategy) -> WebDriverResult<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_page_load_strategy(wait)?;
    for flag in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ] {
        capabilities.add_arg(flag)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    capabilities.set_logging_prefs("browser", LoggingPrefsLogLevel::All)?;
    capabilities.set_logging_prefs("performance", LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}
