//! Bytes against the node's time, drawn as SVG: one panel for each device.
//!
//! Owns scales, colours and where labels go. Does not know how a figure came about.
//!
//! ```text
//! seconds (log)    ┃ band, least to most
//!   │              ●  label
//!   └──────────────────── bytes of both ends
//! ```

mod label;

use std::fmt::Write as _;

use nodelab_sim::stack::tls::Side;

use self::label::{Frame, Label, place};
use super::axis::{Axis as _, Device, Exchange, Intermediates, Library, Mode, Protocol};
use super::cell::Cell;
use super::lab::{Figures, Row};
use super::render::best;

/// Width of the picture, in its own units.
const WIDTH: f64 = 980.0;
/// Where panels begin below the heading.
const TOP: f64 = 112.0;
/// Height of a panel with its axes.
const PANEL: f64 = 470.0;
/// What is left free around a panel for its axes: left, right, above, below.
const MARGINS: [f64; 4] = [64.0, 24.0, 34.0, 52.0];

/// Colours and fonts; a dark page gets its own.
const STYLE: &str = "\
  <style>
    svg { --page: #ffffff; --ink: #1d2433; --soft: #5d6880; --grid: #e4e8ef;
      --full: #2563c9; --mutual: #c2590c; --resumed: #0f7d4f; --retry: #7a5ccc;
      --quantum: #c0267e; }
    @media (prefers-color-scheme: dark) {
      svg { --page: #12161f; --ink: #e8ecf4; --soft: #9aa6bd; --grid: #2a3140;
        --full: #6ea2ff; --mutual: #f29a4d; --resumed: #4cc38f; --retry: #b39cf5;
        --quantum: #f178ba; }
    }
    text { fill: var(--ink);
      font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
    .page { fill: var(--page); }
    .title { font-size: 19px; font-weight: 600; }
    .note, .tick, .axis { font-size: 12px; fill: var(--soft); }
    .name { font-size: 14px; font-weight: 600; }
    .label { font-size: 11px; }
    .grid { stroke: var(--grid); stroke-width: 1; }
    .leader { stroke: var(--soft); stroke-width: 0.6; }
    .band { stroke-width: 2.4; stroke-linecap: round; opacity: 0.45; }
    .dot { stroke-width: 1.8; }
    .full { stroke: var(--full); fill: var(--full); }
    .mutual { stroke: var(--mutual); fill: var(--mutual); }
    .resumed { stroke: var(--resumed); fill: var(--resumed); }
    .retry { stroke: var(--retry); fill: var(--retry); }
    .quantum { stroke: var(--quantum); fill: var(--quantum); }
    .older { fill: var(--page); }
  </style>
";

/// What a colour stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Full,
    Mutual,
    Quantum,
    Resumed,
    Retry,
}

/// One handshake on one device.
struct Point {
    cell: Cell,
    library: Library,
    bytes: f64,
    seconds: (f64, f64),
}

/// How values become places.
struct Scale {
    frame: Frame,
    bytes_max: f64,
    /// Powers of ten at the bottom and at the top.
    decades: (f64, f64),
}

/// Returns a picture of rows, with a panel for each device.
#[must_use]
pub fn svg(rows: &[Row], devices: &[Device]) -> String {
    let panels = f64::from(u32::try_from(devices.len()).unwrap_or(u32::MAX));
    let height = TOP + panels * PANEL + 12.0;
    let mut out = String::new();
    put(
        &mut out,
        &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             role=\"img\" aria-label=\"Bytes and processor time of TLS handshakes\">"
        ),
    );
    out += STYLE;
    put(
        &mut out,
        &format!("  <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>"),
    );
    heading(&mut out);
    let mut top = TOP;
    for device in devices {
        panel(rows, *device, top, &mut out);
        top += PANEL;
    }
    put(&mut out, "</svg>");
    out
}

fn put(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn heading(out: &mut String) {
    put(
        out,
        "  <text class=\"title\" x=\"24\" y=\"34\">What a TLS handshake costs a node</text>",
    );
    put(
        out,
        "  <text class=\"note\" x=\"24\" y=\"55\">Bytes: both ends, measured, without tickets. \
         Seconds: the node's processor, from counted instructions; a line goes from least to most, \
         its dot lies between.</text>",
    );
    let kinds = [
        (Kind::Full, "full"),
        (Kind::Mutual, "mutual"),
        (Kind::Resumed, "resumed"),
        (Kind::Retry, "after a HelloRetryRequest"),
        (Kind::Quantum, "X25519MLKEM768"),
    ];
    let mut x = 30.0;
    for (kind, words) in kinds {
        let class = kind.class();
        put(
            out,
            &format!(
                "  <circle class=\"dot {class}\" cx=\"{x}\" cy=\"80\" r=\"4\"/>\
                 <text class=\"note\" x=\"{}\" y=\"84\">{words}</text>",
                x + 10.0
            ),
        );
        x += 36.0 + 7.4 * length(words);
    }
    put(
        out,
        &format!(
            "  <circle class=\"dot full older\" cx=\"{x}\" cy=\"80\" r=\"4\"/>\
             <text class=\"note\" x=\"{}\" y=\"84\">hollow: TLS 1.2; square: no firmware\
             </text>",
            x + 10.0
        ),
    );
}

fn panel(rows: &[Row], device: Device, top: f64, out: &mut String) {
    let points: Vec<Point> = rows
        .iter()
        .filter_map(|row| Point::of(row, device))
        .collect();
    let scale = Scale::of(&points, top);
    let name = format!("{}: {}", title(device), libraries(&points));
    put(
        out,
        &format!(
            "  <text class=\"name\" x=\"24\" y=\"{}\">{name}</text>",
            top + 18.0
        ),
    );
    scale.grid(out);
    let marks = points.iter().flat_map(|point| point.marks(&scale));
    let mut taken: Vec<Label> = marks.collect();
    for point in &points {
        point.draw(&scale, out);
    }
    for point in &points {
        let (x, y) = point.place(&scale);
        let words = point.label();
        if let Some(label) = place(&words, (x, y), scale.frame, &taken) {
            put(out, &label.svg(&words));
            taken.push(label);
        }
    }
}

const fn title(device: Device) -> &'static str {
    match device {
        Device::Esp32C3At160 => "ESP32-C3 at 160 MHz",
        Device::Esp32C3At80 => "ESP32-C3 at 80 MHz",
        Device::Esp8266At160 => "ESP8266 at 160 MHz",
        Device::Esp8266At80 => "ESP8266 at 80 MHz",
    }
}

/// Returns which libraries the points are of.
fn libraries(points: &[Point]) -> String {
    let all = Library::ALL.iter().filter(|library| {
        let of = |point: &Point| point.library == **library;
        points.iter().any(of)
    });
    let names: Vec<&str> = all
        .map(|library| match library {
            Library::AxTls => "axTLS",
            Library::BearSsl => "BearSSL",
            Library::EmbeddedTls => "embedded-tls",
            Library::MbedTls => "mbedTLS",
            Library::RustCrypto => "RustCrypto's primitives",
        })
        .collect();
    names.join(", ")
}

impl Kind {
    const fn class(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Mutual => "mutual",
            Self::Quantum => "quantum",
            Self::Resumed => "resumed",
            Self::Retry => "retry",
        }
    }

    fn of(cell: Cell) -> Self {
        if cell.kx == Exchange::X25519MlKem768 {
            Self::Quantum
        } else if cell.mode.resumes() {
            Self::Resumed
        } else if cell.mode == Mode::Retry {
            Self::Retry
        } else if cell.mutual.is_on() {
            Self::Mutual
        } else {
            Self::Full
        }
    }
}

impl Point {
    fn of(row: &Row, device: Device) -> Option<Self> {
        let found = row.outcome.as_ref().ok()?;
        let on = best(&found.devices, device)?;
        let figures: &Figures = on.outcome.as_ref().ok()?;
        let handshake = &found.handshake;
        let bytes = handshake.bytes_from(Side::Client) + handshake.bytes_from(Side::Server);
        Some(Self {
            cell: row.cell,
            library: on.library,
            bytes: f64::from(bytes),
            seconds: figures.seconds,
        })
    }

    /// The middle of the band, on the scale that it is drawn on.
    fn place(&self, scale: &Scale) -> (f64, f64) {
        let (low, high) = (scale.y(self.seconds.0), scale.y(self.seconds.1));
        (scale.x(self.bytes), f64::midpoint(low, high))
    }

    /// What the dot and its band take up.
    fn marks(&self, scale: &Scale) -> [Label; 2] {
        let (x, y) = self.place(scale);
        let (low, high) = (scale.y(self.seconds.0), scale.y(self.seconds.1));
        [Label::dot(x, y), Label::line(x, high, low)]
    }

    fn draw(&self, scale: &Scale, out: &mut String) {
        let (x, y) = self.place(scale);
        let class = Kind::of(self.cell).class();
        let older = if self.cell.protocol == Protocol::V1_2 {
            " older"
        } else {
            ""
        };
        let (low, high) = (scale.y(self.seconds.0), scale.y(self.seconds.1));
        put(
            out,
            &format!(
                "  <g><title>{}: {} bytes, {:.3} to {:.3} s with {}</title>\
                 <line class=\"band {class}\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{low:.1}\" \
                 y2=\"{high:.1}\"/>\
                 {}</g>",
                self.cell,
                self.bytes,
                self.seconds.0,
                self.seconds.1,
                self.library.name(),
                dot(
                    &format!("{class}{older}"),
                    (x, y),
                    self.library == Library::RustCrypto
                )
            ),
        );
    }

    /// What sets the cell apart, in few words.
    fn label(&self) -> String {
        let cell = self.cell;
        let mut words = format!("{} {}", cell.protocol.name(), cell.auth.name());
        if cell.intermediates != Intermediates::None {
            write!(words, "+{}", cell.intermediates.name()).expect("a string takes any text");
        }
        for (is, word) in [
            (cell.mutual.is_on(), "mutual"),
            (cell.mode != Mode::Full, cell.mode.name()),
            (cell.kx == Exchange::P256, "kx p256"),
            (cell.kx == Exchange::X25519MlKem768, "mlkem"),
            (cell.aead != Cell::BASE.aead, cell.aead.name()),
        ] {
            if is {
                words.push(' ');
                words += word;
            }
        }
        words
    }
}

impl Scale {
    fn of(points: &[Point], top: f64) -> Self {
        let [left, right, above, below] = MARGINS;
        let most = points.iter().map(|point| point.bytes).fold(500.0, f64::max);
        let seconds = points
            .iter()
            .flat_map(|point| [point.seconds.0, point.seconds.1]);
        let (mut low, mut high) = (1.0_f64, 0.1_f64);
        for second in seconds.filter(|second| *second > 0.0) {
            low = low.min(second);
            high = high.max(second);
        }
        Self {
            frame: Frame {
                left,
                right: WIDTH - right,
                top: top + above,
                bottom: top + PANEL - below,
            },
            bytes_max: (most / 500.0).ceil() * 500.0 + 250.0,
            decades: (libm::log10(low).floor(), libm::log10(high) + 0.12),
        }
    }

    fn x(&self, bytes: f64) -> f64 {
        let frame = self.frame;
        frame.left + (frame.right - frame.left) * bytes / self.bytes_max
    }

    fn y(&self, seconds: f64) -> f64 {
        let (from, to) = self.decades;
        let share = (libm::log10(seconds) - from) / (to - from);
        self.frame.bottom - (self.frame.bottom - self.frame.top) * share
    }

    fn grid(&self, out: &mut String) {
        let Frame {
            left,
            right,
            top,
            bottom,
        } = self.frame;
        let mut bytes = 0.0;
        while bytes <= self.bytes_max {
            let x = self.x(bytes);
            put(
                out,
                &format!(
                    "  <line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{top}\" \
                     y2=\"{bottom}\"/><text class=\"tick\" x=\"{x:.1}\" y=\"{}\" \
                     text-anchor=\"middle\">{bytes}</text>",
                    bottom + 18.0
                ),
            );
            bytes += 500.0;
        }
        for seconds in [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0] {
            let y = self.y(seconds);
            if y > bottom + 0.5 || y < top {
                continue;
            }
            put(
                out,
                &format!(
                    "  <line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y:.1}\" \
                     y2=\"{y:.1}\"/><text class=\"tick\" x=\"{}\" y=\"{:.1}\" \
                     text-anchor=\"end\">{seconds} s</text>",
                    left - 8.0,
                    y + 4.0
                ),
            );
        }
        put(
            out,
            &format!(
                "  <text class=\"axis\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">bytes of both \
                 ends</text>",
                f64::midpoint(left, right),
                bottom + 38.0
            ),
        );
    }
}

/// Returns a dot, or a square for what no firmware does.
fn dot(class: &str, (x, y): (f64, f64), square: bool) -> String {
    if square {
        let (x, y) = (x - 3.4, y - 3.4);
        format!(
            "<rect class=\"dot {class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"6.8\" height=\"6.8\"/>"
        )
    } else {
        format!("<circle class=\"dot {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.6\"/>")
    }
}

/// Characters as a number to draw with.
fn length(words: &str) -> f64 {
    f64::from(u32::try_from(words.chars().count()).unwrap_or(u32::MAX))
}
