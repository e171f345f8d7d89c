//! Reads how streams are protected: `x-nodelab.tls`.
//!
//! Owns what of it depends on the board, which is known once the diagram is read, and which key
//! is to blame when settings do not fit together. Does not know how TLS works.

use nodelab_sim::board::BoardKind;
use nodelab_sim::stack::tls::{
    Chip, FRAGMENT_RANGE, INTERMEDIATES_MAX, KeyExchange, KeyKind, Stack, Suite, TICKETS_MAX,
    TlsSettings, TlsSpec, TlsSpecError, Verification, Versions,
};
use nodelab_sim::stack::{SecuritySpec, UnsetClock};

use crate::diagnostic::{Diagnostic, Problems, SourceFile};
use crate::scenario::faults::items;
use crate::scenario::fields::{Fields, boolean, choice, place, place_of, quantity, small};
use crate::scenario::model::Place;
use crate::scenario::quantity::{SIGNED_DURATION, SignedSpan};
use crate::scenario::reference::TLS;
use crate::scenario::tree::{Kind, Node};
use crate::scenario::wifi::host;

/// What a scenario says about TLS; the board fills in the rest.
#[derive(Clone, Debug, PartialEq)]
pub struct TlsKeys {
    /// Where each key stands.
    places: Vec<(String, Place)>,
    /// Where the block stands.
    place: Place,
    certificate_key: Option<KeyKind>,
    clock_speed: Option<ClockSpeed>,
    groups: Option<Vec<KeyExchange>>,
    intermediates: Option<u8>,
    max_fragment: Option<u16>,
    mutual: Option<bool>,
    record_buffer: Option<u16>,
    resumption: Option<bool>,
    server_name: Option<String>,
    server_versions: Option<Versions>,
    stack: Option<Stack>,
    suites: Option<Vec<Suite>>,
    tickets: Option<u8>,
    unset_clock: Option<UnsetClock>,
    valid_from: Option<SignedSpan>,
    valid_until: Option<SignedSpan>,
    verification: Option<Verification>,
    versions: Option<Versions>,
    wait_for_time: Option<bool>,
}

/// Clock of the node's processor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ClockSpeed {
    /// 160 MHz.
    Mhz160,
    /// 80 MHz.
    Mhz80,
}

impl ClockSpeed {
    /// Returns the clock that a board's firmware sets when it is told nothing: 80 MHz on an
    /// ESP8266 (Arduino core, `boards.txt`), 160 MHz on an ESP32-C3 (ESP-IDF, `Kconfig.cpu`).
    #[must_use]
    pub const fn of(board: BoardKind) -> Self {
        match board {
            BoardKind::Esp12 | BoardKind::NodeMcu => Self::Mhz80,
            BoardKind::Esp32C3 => Self::Mhz160,
        }
    }

    /// Returns the number of megahertz.
    #[must_use]
    pub const fn mhz(self) -> u64 {
        match self {
            Self::Mhz160 => 160,
            Self::Mhz80 => 80,
        }
    }
}

/// Reads the block: a mapping, or `true` for what the board's library does by itself.
pub(crate) fn read(node: &Node, problems: &mut Problems) -> Option<TlsKeys> {
    let mut keys = TlsKeys::empty(place(node, problems));
    if let Kind::Scalar(_) = node.kind
        && !node.is_null()
    {
        return match node.text() {
            Some("true") => Some(keys),
            Some("false") => None,
            _ => {
                let error = problems
                    .file()
                    .error(node.span, format!("unknown value {}", node.quoted()))
                    .expected("expected true, false, or settings such as `{ verify: none }`");
                problems.report(error);
                None
            }
        };
    }
    let fields = Fields::open(node, &TLS, problems)?;
    for (key, _) in fields.pairs() {
        let name = key.text().unwrap_or("").to_owned();
        keys.places.push((name, place_of(key.span, problems)));
    }
    keys.read_ends(&fields, problems);
    keys.read_certificates(&fields, problems);
    Some(keys)
}

impl TlsKeys {
    /// Works out the settings for a board.
    ///
    /// # Errors
    ///
    /// A diagnostic at the key that does not fit the others, or the board.
    pub fn settle(&self, board: BoardKind, file: &SourceFile) -> Result<SecuritySpec, Diagnostic> {
        let stack = self.stack.unwrap_or(match board {
            BoardKind::Esp12 | BoardKind::NodeMcu => Stack::BearSsl,
            BoardKind::Esp32C3 => Stack::MbedTls,
        });
        let settings = self.settings(stack, self.chip(board));
        let tls = TlsSpec::new(settings).map_err(|error| self.blame(error, board, file))?;
        Ok(SecuritySpec {
            tls,
            unset_clock: self.unset_clock.unwrap_or_default(),
            waits_for_time: self.wait_for_time.unwrap_or(true),
        })
    }

    /// Returns how fast the node's processor is.
    #[must_use]
    pub fn clock_speed(&self, board: BoardKind) -> ClockSpeed {
        self.clock_speed.unwrap_or(ClockSpeed::of(board))
    }

    fn chip(&self, board: BoardKind) -> Chip {
        match (board, self.clock_speed(board)) {
            (BoardKind::Esp32C3, ClockSpeed::Mhz160) => Chip::Esp32C3At160,
            (BoardKind::Esp32C3, ClockSpeed::Mhz80) => Chip::Esp32C3At80,
            (BoardKind::Esp12 | BoardKind::NodeMcu, ClockSpeed::Mhz160) => Chip::Esp8266At160,
            (BoardKind::Esp12 | BoardKind::NodeMcu, ClockSpeed::Mhz80) => Chip::Esp8266At80,
        }
    }

    fn settings(&self, stack: Stack, chip: Chip) -> TlsSettings {
        let base = TlsSettings::of(stack, chip);
        let seconds = |span: SignedSpan| span.0.div_euclid(1_000_000_000);
        TlsSettings {
            also_named: base.also_named,
            certificate_key: self.certificate_key.unwrap_or(base.certificate_key),
            chip,
            groups: self.groups.clone().unwrap_or(base.groups),
            intermediates: self.intermediates.unwrap_or(base.intermediates),
            max_fragment_size: self.max_fragment.or(base.max_fragment_size),
            mutual: self.mutual.unwrap_or(base.mutual),
            record_max: self.record_buffer.or(base.record_max),
            resumption: self.resumption.unwrap_or(base.resumption),
            server_groups: base.server_groups,
            server_name: self.server_name.clone().unwrap_or(base.server_name),
            server_versions: self.server_versions.unwrap_or(base.server_versions),
            session_keeping: base.session_keeping,
            stack,
            suites: self.suites.clone().unwrap_or(base.suites),
            tickets: self.tickets.unwrap_or(base.tickets),
            valid_from_s: self.valid_from.map_or(base.valid_from_s, seconds),
            valid_until_s: self.valid_until.map_or(base.valid_until_s, seconds),
            verification: self.verification.unwrap_or(base.verification),
            versions: self.versions.unwrap_or(base.versions),
        }
    }

    /// Points at the key that an error is about, or at the block.
    fn blame(&self, error: TlsSpecError, board: BoardKind, file: &SourceFile) -> Diagnostic {
        let (keys, expected) = match error {
            TlsSpecError::ChipWithoutStack => (["library", "clock-speed"], libraries_of(board)),
            TlsSpecError::EmptyValidity => (
                ["valid-until", "valid-from"],
                "expected `valid-from` before `valid-until`",
            ),
            TlsSpecError::FragmentSize => (
                ["max-fragment", "record-buffer"],
                "expected 64 to 16384 bytes",
            ),
            TlsSpecError::Groups => (
                ["key-exchange", "library"],
                "expected each group once; embedded-tls offers `[p256]` alone",
            ),
            TlsSpecError::KeyUnknownToStack => (
                ["key", "library"],
                "expected `p256`: only embedded-tls knows Ed25519",
            ),
            TlsSpecError::ServerName => (
                ["server-name", "library"],
                "expected a host name, such as `broker.test`",
            ),
            TlsSpecError::StackCannotResume => (
                ["resumption", "library"],
                "expected `resumption: false`, or bearssl or mbedtls",
            ),
            TlsSpecError::StackCannotVerify => (
                ["verify", "library"],
                "expected `verify: none`: MicroPython on an ESP8266 checks nothing",
            ),
            TlsSpecError::Suites => (
                ["suites", "library"],
                "expected each cipher once; embedded-tls offers `[aes-128-gcm]` alone",
            ),
            TlsSpecError::Tickets => (["tickets", "library"], "expected 0 to 2 tickets"),
            TlsSpecError::TooManyIntermediates => {
                (["intermediates", "library"], "expected 0 to 3 certificates")
            }
            TlsSpecError::VersionUnknownToStack => (
                ["versions", "library"],
                "expected `1.2` with bearssl and micropython, `1.3` with embedded-tls",
            ),
            TlsSpecError::WithoutClientCertificates => (
                ["mutual", "library"],
                "expected `mutual: false`, or another library",
            ),
        };
        let place = keys
            .iter()
            .find_map(|key| self.places.iter().find(|(name, _)| name == key))
            .map_or(self.place, |(_, place)| *place);
        file.error(place.span, error.to_string())
            .expected(expected)
            .advice("which library can do what stands in the guide to scenarios, `tls`")
    }

    const fn empty(place: Place) -> Self {
        Self {
            places: Vec::new(),
            place,
            certificate_key: None,
            clock_speed: None,
            groups: None,
            intermediates: None,
            max_fragment: None,
            mutual: None,
            record_buffer: None,
            resumption: None,
            server_name: None,
            server_versions: None,
            stack: None,
            suites: None,
            tickets: None,
            unset_clock: None,
            valid_from: None,
            valid_until: None,
            verification: None,
            versions: None,
            wait_for_time: None,
        }
    }

    fn read_ends(&mut self, fields: &Fields<'_>, problems: &mut Problems) {
        let libraries = [
            ("bearssl", Stack::BearSsl),
            ("embedded-tls", Stack::EmbeddedTls),
            ("mbedtls", Stack::MbedTls),
            ("micropython", Stack::MicroPython),
        ];
        let speeds = [
            ("80 MHz", ClockSpeed::Mhz80),
            ("160 MHz", ClockSpeed::Mhz160),
        ];
        let clocks = [
            ("1970", UnsetClock::Epoch1970),
            ("unknown", UnsetClock::Unknown),
        ];
        let groups = [("x25519", KeyExchange::X25519), ("p256", KeyExchange::P256)];
        let suites = [
            ("aes-128-gcm", Suite::Aes128Gcm),
            ("chacha20-poly1305", Suite::ChaCha20Poly1305),
        ];
        self.stack = fields.read("library", problems, |n, p| choice(n, &libraries, p));
        self.clock_speed = fields.read("clock-speed", problems, |n, p| choice(n, &speeds, p));
        self.versions = fields.read("versions", problems, versions);
        self.server_versions = fields.read("server-versions", problems, versions);
        self.groups = fields.read("key-exchange", problems, |n, p| {
            choices(n, ("key-exchange", &groups), p)
        });
        self.suites = fields.read("suites", problems, |n, p| {
            choices(n, ("suites", &suites), p)
        });
        let [low, high] = [FRAGMENT_RANGE.0, FRAGMENT_RANGE.1].map(u32::from);
        self.max_fragment = fields.read("max-fragment", problems, |n, p| {
            small(n, [low, high], p).and_then(|size| u16::try_from(size).ok())
        });
        self.record_buffer = fields.read("record-buffer", problems, |n, p| {
            small(n, [low, u32::from(u16::MAX)], p).and_then(|size| u16::try_from(size).ok())
        });
        self.tickets = fields.read("tickets", problems, |n, p| {
            small(n, [0, u32::from(TICKETS_MAX)], p).and_then(|count| u8::try_from(count).ok())
        });
        self.resumption = fields.read("resumption", problems, boolean);
        self.unset_clock = fields.read("unset-clock", problems, |n, p| choice(n, &clocks, p));
        self.wait_for_time = fields.read("wait-for-time", problems, boolean);
    }

    fn read_certificates(&mut self, fields: &Fields<'_>, problems: &mut Problems) {
        let kinds = [("p256", KeyKind::P256), ("ed25519", KeyKind::Ed25519)];
        let checks = [
            ("full", Verification::Full),
            ("none", Verification::None),
            ("pinned-key", Verification::PinnedKey),
        ];
        self.certificate_key = fields.read("key", problems, |n, p| choice(n, &kinds, p));
        self.intermediates = fields.read("intermediates", problems, |n, p| {
            let count = small(n, [0, u32::from(INTERMEDIATES_MAX)], p);
            count.and_then(|count| u8::try_from(count).ok())
        });
        self.mutual = fields.read("mutual", problems, boolean);
        self.verification = fields.read("verify", problems, |n, p| choice(n, &checks, p));
        self.server_name = fields.read("server-name", problems, host);
        self.valid_from = fields.read("valid-from", problems, moment);
        self.valid_until = fields.read("valid-until", problems, moment);
    }
}

const fn libraries_of(board: BoardKind) -> &'static str {
    match board {
        BoardKind::Esp12 | BoardKind::NodeMcu => "expected bearssl or micropython on an ESP8266",
        BoardKind::Esp32C3 => "expected mbedtls or embedded-tls on an ESP32-C3",
    }
}

fn versions(node: &Node, problems: &mut Problems) -> Option<Versions> {
    let options = [
        ("1.2", Versions::V1_2),
        ("1.3", Versions::V1_3),
        ("both", Versions::Both),
    ];
    choice(node, &options, problems)
}

fn moment(node: &Node, problems: &mut Problems) -> Option<SignedSpan> {
    quantity(node, &SIGNED_DURATION, problems)
}

/// Reads a list of words, or a single one.
fn choices<T: Copy>(
    node: &Node,
    (name, options): (&str, &[(&'static str, T)]),
    problems: &mut Problems,
) -> Option<Vec<T>> {
    if let Kind::Scalar(_) = node.kind {
        return choice(node, options, problems).map(|one| vec![one]);
    }
    let items = items(node, (name, options.len()), problems)?;
    let read = items.iter().map(|item| choice(item, options, problems));
    read.collect()
}
