//! Runs nodes in this process, and keeps everything that happens to them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use std::{env, fs, process};

use node_core::payload::temperature_two_decimals;
use node_core::{Event, MilliCelsius, Writer};
use nodelab::live::{Happening, Order, Plan, Secured, Summary, Watch, run};

/// What was seen of a run.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) secured: Vec<Secured>,
    /// Readings that were taken: the value in hundredths of °C, as a payload has it, of each node
    /// and sequence.
    pub(crate) taken: BTreeMap<(u32, u32), i32>,
    pub(crate) troubles: Vec<String>,
}

impl Watch for Seen {
    fn on_event(&mut self, node: u32, what: &Happening<'_>) {
        match what {
            Happening::Node(Event::ReadingTaken(reading)) => {
                let key = (node, reading.sequence);
                let before = self.taken.insert(key, hundredths_taken(reading.value));
                assert_eq!(before, None, "a sequence number came twice");
            }
            Happening::Secured(secured) => self.secured.push((*secured).clone()),
            Happening::Trouble(words) => self.troubles.push((*words).to_owned()),
            Happening::Node(_) | Happening::Serial(_) => {}
        }
    }
}

impl Seen {
    /// Returns whether somebody was told this.
    pub(crate) fn has_trouble(&self, words: &str) -> bool {
        self.troubles.iter().any(|trouble| trouble.contains(words))
    }
}

/// Runs an order to its end.
pub(crate) fn live(order: &Order) -> (Summary, Seen) {
    let plan = Plan::new(order).unwrap_or_else(|error| panic!("{error:?}"));
    let seen = Rc::new(RefCell::new(Seen::default()));
    let summary = run(plan, seen.clone()).expect("the host has timers and sockets");
    assert!(summary.is_conserved(), "{summary:?}");
    let seen = std::mem::take(&mut *seen.borrow_mut());
    (summary, seen)
}

/// Reads sequence and value in hundredths of °C of a payload.
pub(crate) fn reading(payload: &str) -> (u32, i32) {
    let json: serde_json::Value = serde_json::from_str(payload).expect("payloads are JSON");
    let sequence = json["sequence"].as_u64().expect("a sequence");
    let sequence = u32::try_from(sequence).expect("a sequence");
    (sequence, hundredths(&json["temperature"].to_string()))
}

/// Returns what a node makes of a value in its payload.
fn hundredths_taken(value: MilliCelsius) -> i32 {
    let mut buffer = [0; 16];
    let mut out = Writer::new(&mut buffer);
    temperature_two_decimals(value, &mut out);
    let text = out.finish().expect("it fits");
    hundredths(std::str::from_utf8(text).expect("digits"))
}

#[expect(clippy::cast_possible_truncation, reason = "temperatures are small")]
fn hundredths(text: &str) -> i32 {
    (text.parse::<f64>().expect("a number") * 100.0).round() as i32
}

/// A folder of one test, gone when it ends.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("nodelab-live-{}-{name}", process::id()));
        fs::create_dir_all(&path).expect("a folder for temporary files");
        Self(path)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a temporary file");
        path
    }

    /// Writes a scenario of nodes that lose patience soon, so that tests need not wait.
    pub(crate) fn hasty(&self) -> PathBuf {
        self.write(
            "hasty.test.yaml",
            "name: A node without patience\n\
             version: 1\n\
             x-nodelab:\n  \
               node:\n    \
                 sample-interval: 200 ms\n    \
                 backoff: { base: 50 ms, cap: 200 ms }\n    \
                 publish:\n      \
                   client-id: nodelab-{node}\n      \
                   format: json\n      \
                   response-timeout: 700 ms\n      \
                   topic: nodelab/{node}/temperature\n\
             steps:\n  - delay: 1s\n",
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Asks for as little as a test needs.
pub(crate) fn order(url: &str, folder: &Folder, readings: u32) -> Order {
    let mut order = Order::new(url.parse().expect("an address"));
    order.scenario = Some(folder.hasty());
    order.readings = Some(readings);
    order.grace = Duration::from_secs(5);
    order
}
