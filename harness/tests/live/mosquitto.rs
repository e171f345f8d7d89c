//! Debian's mosquitto on the loopback interface, and certificates for it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nodelab_sim::NodeId;
use nodelab_sim::stack::tls::{Authority, Chip, Credentials, Stack, TlsSettings, TlsSpec};

use crate::collector::Folder;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether it has happened.
const LOOK: Duration = Duration::from_millis(20);

/// A broker, until it is dropped.
pub(crate) struct Mosquitto {
    child: Option<Child>,
    config: PathBuf,
    log: PathBuf,
    pub(crate) port: u16,
    /// Port without TLS, for witnesses.
    side_port: u16,
}

/// Somebody who listens to everything, and misses nothing while the broker is away.
pub(crate) struct Subscriber {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

/// Files of an authority, of a broker that it vouches for, and of a client.
pub(crate) struct Files {
    pub(crate) ca: PathBuf,
    pub(crate) client: (PathBuf, PathBuf),
    pub(crate) server: (PathBuf, PathBuf),
}

impl Mosquitto {
    /// Starts a broker with these lines in its configuration besides the usual ones.
    pub(crate) fn start(folder: &Folder, lines: &str) -> Self {
        let free = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a free port"));
        let [port, side_port] = free
            .each_ref()
            .map(|free| free.local_addr().expect("it is bound").port());
        drop(free);
        let log = folder.0.join("mosquitto.log");
        let store = folder.0.display();
        let config = folder.write(
            "mosquitto.conf",
            &format!(
                "user root\n\
                 persistence true\npersistence_location {store}/\n\
                 autosave_on_changes true\nautosave_interval 1\n\
                 log_dest file {}\nlog_type all\n\
                 listener {side_port} 127.0.0.1\n\
                 listener {port} 127.0.0.1\n{lines}\n",
                log.display()
            ),
        );
        let mut broker = Self {
            child: None,
            config,
            log,
            port,
            side_port,
        };
        broker.run();
        broker
    }

    /// Starts the process, and waits until it listens.
    pub(crate) fn run(&mut self) {
        let mut command = Command::new("mosquitto");
        command.arg("-c").arg(&self.config);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.child = Some(child.expect("mosquitto starts: apt-get install mosquitto"));
        let port = self.port;
        until("mosquitto listens", || {
            TcpStream::connect(("127.0.0.1", port)).is_ok()
        });
    }

    /// Kills the process as a power cut does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }

    /// Asks the process to end, as a restart of the service does, and waits for it.
    pub(crate) fn end(&mut self) {
        if let Some(child) = &mut self.child {
            let asked = Command::new("kill").arg(child.id().to_string()).status();
            assert!(asked.expect("kill starts").success());
            child.wait().ok();
        }
        self.child = None;
    }

    /// Returns what it wrote until now.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Subscriber {
    /// Subscribes to a filter; returns when the broker has confirmed it.
    pub(crate) fn start(broker: &Mosquitto, filter: &str) -> Self {
        let mut command = Command::new("mosquitto_sub");
        let port = broker.side_port.to_string();
        command.args([
            "-h",
            "localhost",
            "-p",
            &port,
            "-i",
            "witness",
            "-c",
            "-q",
            "1",
        ]);
        command.args(["-t", filter, "-F", "%t %p"]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("mosquitto_sub starts: apt-get install mosquitto-clients");
        let out = child.stdout.take().expect("it is piped");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                kept.lock().expect("no test panics with it").push(line);
            }
        });
        let subscriber = Self { child, lines };
        // What mosquitto_sub itself says of it waits in a buffer.
        until("the subscription stands", || {
            broker.log().contains("Sending SUBACK to witness")
        });
        subscriber
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().expect("no test panics with it").clone()
    }

    /// Returns topic and payload of every message so far.
    pub(crate) fn messages(&self) -> Vec<(String, String)> {
        let lines = self.lines();
        let parts = lines.iter().filter_map(|line| line.split_once(' '));
        parts
            .map(|(topic, payload)| (topic.to_owned(), payload.to_owned()))
            .collect()
    }

    /// Waits for so many different messages, and returns those that came.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<(String, String)> {
        let distinct = || {
            let mut messages = self.messages();
            messages.sort();
            messages.dedup();
            messages
        };
        // What did not come is shown best by who knows what should have.
        wait(|| distinct().len() >= count);
        distinct()
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Files {
    /// Draws an authority, and a broker of this name whose certificate is valid between these
    /// seconds from the present on.
    pub(crate) fn draw(folder: &Folder, seed: u64, name: &str, validity: (i64, i64)) -> Self {
        let mut settings = TlsSettings::of(Stack::RustCrypto, Chip::Esp32C3At160);
        settings.server_name = name.to_owned();
        settings.mutual = true;
        (settings.valid_from_s, settings.valid_until_s) = validity;
        let spec = TlsSpec::new(settings).expect("the settings fit together");
        let authority = Authority::new(&spec, now_s(), seed);
        let file = |what: &str, label: &str, parts: &[&[u8]]| {
            let text: String = parts.iter().map(|der| pem(label, der)).collect();
            folder.write(&format!("{seed}-{what}.pem"), &text)
        };
        let pair = |who: &str, shown: &Credentials| {
            let chain: Vec<&[u8]> = shown.chain_der.iter().map(Vec::as_slice).collect();
            let chain = file(who, "CERTIFICATE", &chain);
            let key = file(&format!("{who}-key"), "PRIVATE KEY", &[&shown.key_der]);
            (chain, key)
        };
        Self {
            ca: file("ca", "CERTIFICATE", &[authority.root_der()]),
            client: pair("client", &authority.client_credentials(NodeId(0))),
            server: pair("server", &authority.server_credentials()),
        }
    }

    /// Returns the lines of a configuration that put TLS on a listener.
    pub(crate) fn listener(&self) -> String {
        let (chain, key) = (self.server.0.display(), self.server.1.display());
        let ca = self.ca.display();
        format!("cafile {ca}\ncertfile {chain}\nkeyfile {key}")
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).expect("base64 is ASCII"))
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real broker checks by the real clock"
)]
fn now_s() -> i64 {
    let now = std::time::SystemTime::now();
    let since = now
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the year 292277026596")
}

/// Waits for what must happen.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    assert!(wait(is_so), "in vain: {what}");
}

/// Waits for something, for a while; returns whether it happened.
#[expect(clippy::disallowed_methods, reason = "a real broker takes real time")]
fn wait(is_so: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if is_so() {
            return true;
        }
        thread::sleep(LOOK);
    }
    false
}
