//! What can be typed after `nodelab tls`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::action::{
    AdviseAction, CompareAction, PlotAction, TableAction, TextOrJson, TlsAction, TraceAction,
};
use crate::tls::advise::{Floor, PostQuantum};
use crate::tls::axis::{Axis, Device, Library, Mutual};
use crate::tls::cell::{Cell, CellFilter};
use crate::tls::lab;
use crate::tls::link::Link;
use crate::tls::measure::Conditions;
use crate::tls::render::{Format, SortKey};

pub(super) const HELP: &str = "\
Bytes, flights, records and round trips are measured: both ends shake hands in memory, the same by
seed on any machine. Instructions are the operations of the node times what each was counted to
take on an emulated core (cargo xtask tls-tables). Times, energy and memory follow from them;
`nodelab tls calibrate` shows how well. The server's processor takes no time.

Keys of a cell, and their values:
  protocol       1.2, 1.3
  auth           p256, p384, ed25519, rsa2048, rsa4096     all keys in certificates
  intermediates  0, 1, 2                                   certificates below the root
  mutual         false, true                               the node has one too
  mode           full, ticket, session-id, hrr             hrr: HelloRetryRequest
  kx             x25519, p256, x25519mlkem768
  aead           aes128gcm, aes256gcm, chacha20poly1305
What is not named is protocol=1.3, auth=p256, intermediates=0, mutual=false, mode=full, kx=x25519,
aead=aes128gcm.

  --device       esp8266-80, esp8266-160, esp32c3-80, esp32c3-160
  --stack        axtls, bearssl, mbedtls, embedded-tls, rustcrypto (no firmware, to compare)
  --link         loopback, lan, good, flaky-ap, crowded, lossy, far, gprs

Examples:
  nodelab tls                                    about 40 cells
  nodelab tls --cell auth=rsa2048 --sort bytes   those of them with RSA-2048
  nodelab tls --full --cell mode=ticket,kx=p256 --format csv
  nodelab tls compare 1.3 1.3,kx=x25519mlkem768  what changes, and why
  nodelab tls advise --device esp8266-80 --battery 2500mAh --connections-per-day 24
  nodelab tls trace 1.3,kx=p256                  every operation of both ends
  nodelab tls plot --out tls.svg";

const COMPARE_HELP: &str = "\
Examples:
  nodelab tls compare 1.3,auth=p256 1.3,auth=rsa2048
  nodelab tls compare 1.3,mutual,intermediates=1 1.3,mutual,intermediates=1,mode=ticket";

const ADVISE_HELP: &str = "\
Only cells that a library can do with firmware are advised; what no library can do is said.

Examples:
  nodelab tls advise --device esp8266-80 --battery 2500mAh --connections-per-day 24 --ram 36000
  nodelab tls advise --device esp32c3-160 --post-quantum wish
  nodelab tls advise --device esp8266-160 --server auth=rsa2048 --server protocol=1.2";

const TRACE_HELP: &str = "\
The operations do not depend on a device, and a diff of two traces shows what a choice changes.

Example:
  nodelab tls trace 1.3,auth=rsa2048 > rsa.txt && nodelab tls trace 1.3 | diff rsa.txt -";

/// `nodelab tls`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct TlsArgs {
    #[command(subcommand)]
    command: Option<TlsCommand>,
    #[command(flatten)]
    table: TableArgs,
}

#[derive(Debug, Subcommand)]
enum TlsCommand {
    /// Say which cells satisfy constraints, the cheapest first, and how to configure them.
    #[command(after_help = ADVISE_HELP)]
    Advise(AdviseArgs),
    /// Print how instructions become seconds, and how far off published times that is.
    #[command(after_help = "Example:\n  nodelab tls calibrate")]
    Calibrate {
        /// How to print it.
        #[arg(long, default_value = "text", value_parser = axis::<TextOrJson>)]
        format: TextOrJson,
    },
    /// Print what changes from one cell to another, and why.
    #[command(after_help = COMPARE_HELP)]
    Compare(CompareArgs),
    /// Draw bytes against the node's time.
    #[command(after_help = "Example:\n  nodelab tls plot --out tls.svg --device esp8266-80")]
    Plot(PlotArgs),
    /// Print every operation of a handshake: who did it in which flight.
    #[command(after_help = TRACE_HELP)]
    Trace(TraceArgs),
}

#[derive(Args, Debug)]
struct TableArgs {
    /// Only cells with this value; may be repeated, and a key that comes twice takes either.
    #[arg(long, value_name = "KEY=VALUE", value_parser = filter)]
    cell: Vec<CellFilter>,
    /// Every cell [default: the 40 or so that answer most questions].
    #[arg(long)]
    full: bool,
    /// Only this device; may be repeated [default: esp8266-80 and esp32c3-160 in a table, all in
    /// JSON and CSV].
    #[arg(long, value_name = "DEVICE", value_parser = axis::<Device>)]
    device: Vec<Device>,
    /// Only this library; may be repeated [default: all].
    #[arg(long, value_name = "STACK", value_parser = axis::<Library>)]
    stack: Vec<Library>,
    /// The link that energy is for, and the connection in CSV.
    #[arg(long, default_value = "good", value_parser = axis::<Link>)]
    link: Link,
    /// What comes first: cell, bytes, up, down, round-trips, seconds, millijoules or ram.
    #[arg(long, value_name = "KEY", default_value = "cell", value_parser = axis::<SortKey>)]
    sort: SortKey,
    /// How to print it: table, json, csv or markdown.
    #[arg(long, default_value = "table", value_parser = axis::<Format>)]
    format: Format,
    #[command(flatten)]
    conditions: ConditionArgs,
    /// Cells at a time [default: one for each processor].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

#[derive(Args, Clone, Copy, Debug)]
struct ConditionArgs {
    /// What keys, certificates and random bytes are drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Tickets that the server sends at once, 0 to 2.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u8).range(0..=2))]
    tickets: u8,
}

#[derive(Args, Debug)]
struct CompareArgs {
    /// The one cell.
    #[arg(value_name = "A", value_parser = cell)]
    one: Cell,
    /// The other.
    #[arg(value_name = "B", value_parser = cell)]
    other: Cell,
    /// The link between node and broker.
    #[arg(long, default_value = "good", value_parser = axis::<Link>)]
    link: Link,
    /// How to print it.
    #[arg(long, default_value = "text", value_parser = axis::<TextOrJson>)]
    format: TextOrJson,
    #[command(flatten)]
    conditions: ConditionArgs,
}

#[derive(Args, Debug)]
struct AdviseArgs {
    /// The node's chip and clock.
    #[arg(long, default_value = "esp8266-80", value_parser = axis::<Device>)]
    device: Device,
    /// Only this library; may be repeated [default: all that have firmware].
    #[arg(long, value_name = "STACK", value_parser = axis::<Library>)]
    stack: Vec<Library>,
    /// The link between node and broker.
    #[arg(long, default_value = "good", value_parser = axis::<Link>)]
    link: Link,
    /// What the battery holds, such as 2500mAh.
    #[arg(long, value_name = "CHARGE", value_parser = charge)]
    battery: Option<u32>,
    /// How often the node connects.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    connections_per_day: u32,
    /// Memory that is free for TLS, in bytes.
    #[arg(long, value_name = "BYTES")]
    ram: Option<u64>,
    /// Least strength of every key: 112 (RSA-2048), 128 (P-256) or 192 (P-384) bits.
    #[arg(long, value_name = "BITS", default_value = "112", value_parser = axis::<Floor>)]
    floor: Floor,
    /// Whether recordings must stay secret from a quantum computer: no, wish or must.
    #[arg(long, value_name = "HOW", default_value = "no", value_parser = axis::<PostQuantum>)]
    post_quantum: PostQuantum,
    /// Whether the node needs a certificate of its own [default: false, unless the server demands
    /// one].
    #[arg(long, value_parser = axis::<Mutual>)]
    mutual: Option<Mutual>,
    /// What the server takes, as the key of a cell; may be repeated [default: everything].
    #[arg(long, value_name = "KEY=VALUE", value_parser = filter)]
    server: Vec<CellFilter>,
    /// How many answers.
    #[arg(long, value_name = "N", default_value = "3")]
    top: NonZeroUsize,
    /// How to print it.
    #[arg(long, default_value = "text", value_parser = axis::<TextOrJson>)]
    format: TextOrJson,
    #[command(flatten)]
    conditions: ConditionArgs,
}

#[derive(Args, Debug)]
struct PlotArgs {
    /// Where to write the SVG.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Only this device; may be repeated [default: esp8266-80 and esp32c3-160].
    #[arg(long, value_name = "DEVICE", value_parser = axis::<Device>)]
    device: Vec<Device>,
    #[command(flatten)]
    conditions: ConditionArgs,
}

#[derive(Args, Debug)]
struct TraceArgs {
    /// The cell, such as 1.3,auth=rsa2048,mode=ticket.
    #[arg(value_name = "CELL", value_parser = cell)]
    cell: Cell,
    /// How to print it.
    #[arg(long, default_value = "text", value_parser = axis::<TextOrJson>)]
    format: TextOrJson,
    #[command(flatten)]
    conditions: ConditionArgs,
}

/// Returns what a command line means.
pub(super) fn action(args: TlsArgs) -> TlsAction {
    match args.command {
        None => TlsAction::Table(table(args.table)),
        Some(TlsCommand::Advise(args)) => TlsAction::Advise(advise(args)),
        Some(TlsCommand::Calibrate { format }) => TlsAction::Calibrate(format),
        Some(TlsCommand::Compare(args)) => TlsAction::Compare(CompareAction {
            cells: [args.one, args.other],
            conditions: conditions(args.conditions),
            format: args.format,
            link: args.link,
        }),
        Some(TlsCommand::Plot(args)) => TlsAction::Plot(PlotAction {
            conditions: conditions(args.conditions),
            devices: shown(args.device),
            out: args.out,
        }),
        Some(TlsCommand::Trace(args)) => TlsAction::Trace(TraceAction {
            cell: args.cell,
            conditions: conditions(args.conditions),
            format: args.format,
        }),
    }
}

fn table(args: TableArgs) -> TableAction {
    let wide = matches!(args.format, Format::Csv | Format::Json);
    let devices = match args.device[..] {
        [] if wide => Device::ALL.to_vec(),
        _ => shown(args.device),
    };
    let pairs = lab::every_device().into_iter().filter(|(device, library)| {
        devices.contains(device) && (args.stack.is_empty() || args.stack.contains(library))
    });
    let pairs = pairs.collect();
    TableAction {
        conditions: conditions(args.conditions),
        devices,
        filter: CellFilter::merged(&args.cell),
        format: args.format,
        full: args.full,
        jobs: args.jobs,
        link: args.link,
        pairs,
        sort: args.sort,
    }
}

fn advise(args: AdviseArgs) -> AdviseAction {
    AdviseAction {
        conditions: conditions(args.conditions),
        constraints: crate::tls::advise::Constraints {
            battery_mah: args.battery,
            connections_per_day: args.connections_per_day,
            device: args.device,
            floor: args.floor,
            libraries: args.stack,
            link: args.link,
            mutual: args.mutual,
            post_quantum: args.post_quantum,
            ram_bytes: args.ram,
            server: CellFilter::merged(&args.server),
        },
        format: args.format,
        top: args.top.get(),
    }
}

/// Returns the devices that are asked for, or one of each chip.
fn shown(devices: Vec<Device>) -> Vec<Device> {
    if devices.is_empty() {
        vec![Device::Esp8266At80, Device::Esp32C3At160]
    } else {
        devices
    }
}

const fn conditions(args: ConditionArgs) -> Conditions {
    Conditions {
        seed: args.seed,
        tickets: args.tickets,
    }
}

/// Reads a value of an axis.
fn axis<A: Axis>(text: &str) -> Result<A, String> {
    A::parse(text).map_err(|error| error.to_string())
}

fn cell(text: &str) -> Result<Cell, String> {
    text.parse::<Cell>().map_err(|error| error.to_string())
}

fn filter(text: &str) -> Result<CellFilter, String> {
    let mut filter = CellFilter::default();
    filter.add(text).map_err(|error| error.to_string())?;
    Ok(filter)
}

/// Reads a charge in milliampere-hours.
fn charge(text: &str) -> Result<u32, String> {
    let number = text.trim();
    let number = number.strip_suffix("mAh").unwrap_or(number).trim();
    match number.parse() {
        Ok(charge) if charge > 0 => Ok(charge),
        _ => Err(format!(
            "\"{text}\" is no charge; expected one such as 2500mAh"
        )),
    }
}
