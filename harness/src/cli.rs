//! What can be typed on the command line, and what it means.
//!
//! Owns the words of `--help`. Does nothing: each command becomes an [`Action`].

mod live;
mod man;
mod serve;
mod tls;
mod tui;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::Styles;
use clap::builder::styling::AnsiColor;
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use node_core::MilliCelsius;
use nodelab_sim::capture::Link;
use nodelab_sim::radio::{Preamble, STATIONS_MAX, Standard};
use nodelab_sim::{SimSpan, SimTime};

use crate::action::{
    Action, CheckAction, ColourChoice, Format, LayersAction, ManAction, Report, RunAction,
    SensorAction, SerialChoice, TextOrJson, WifiAction, WiringAction,
};
use crate::record::RecordPlan;
use crate::report::Target;
use crate::scenario::quantity;
use crate::sensor::{self, SensorBoard};
use crate::shard::Shard;
use crate::wifi;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
Exit codes:
  0   every claim held
  1   a claim failed
  2   nodelab itself failed (a bug)
  3   the input is not valid: a scenario, a diagram or an argument; or an output cannot be written
  42  a scenario ran out of simulated time
  130 a signal ended the run; reports hold what was finished

Start here:
  nodelab run scenarios/first-reading.test.yaml";

const RUN_EXAMPLES: &str = "\
Examples:
  nodelab run scenarios                          every *.test.yaml in the folder
  nodelab run scenarios/wifi/lossy.test.yaml --seeds 64
                                                 64 different worlds
  nodelab run scenarios --report junit=out.xml --report text
                                                 for a build server
  nodelab run scenarios --report html=out.html   charts to look at in a browser
  nodelab run scenarios/wifi/lossy.test.yaml --seed 17 --until 00:52:14
                                                 one world again, up to a moment
  nodelab run scenarios/network/tls-1-3.test.yaml --seed 1 --pcap tls.pcapng
                                                 what was on the air, for Wireshark";

const WIFI_HELP: &str = "\
airtime is one data frame, SIFS and its acknowledgement. goodput is the UDP payload that all
stations together deliver when each always has a frame to send, played slot by slot; Bianchi's
equations give the same within 3 %. Every frame also has 8 bytes of UDP, 20 of IP, 8 of LLC/SNAP,
24 of MAC header (26 with 11n), 4 of FCS and, unless --open, 16 of CCMP.

Examples:
  nodelab wifi --standard 11g --stations 5
  nodelab wifi --standard 11b --rate 5.5 --payload 64 --open --format json";

const SCHEMA_HELP: &str = "\
Example:
  nodelab schema > scenario.schema.json
Then the first line of a scenario names it for editors that speak yaml-language-server:
  # yaml-language-server: $schema=scenario.schema.json";

/// A laboratory for Wi-Fi sensor nodes: runs scenarios in virtual time and judges them.
#[derive(Debug, Parser)]
#[command(name = "nodelab", version, about, after_help = AFTER_HELP, styles = STYLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenarios, and say which claims held.
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<RunArgs>),
    /// Check scenario files without running them.
    #[command(after_help = "Examples:\n  nodelab check scenarios\n  \
        nodelab check --strict-wokwi my.test.yaml    accepted by wokwi-cli 0.26.1?")]
    Check(CheckArgs),
    /// Print what a TMP36 reads at each temperature, and what `value/10` makes of it.
    #[command(after_help = "Example:\n  \
        nodelab sensor --board nodemcu --from -40 --to 125 --step 5 --format csv")]
    Sensor(SensorArgs),
    /// Be the simulated hardware for other programs, in real time: broker, TLS endpoint, link,
    /// converter, Wokwi's API.
    #[command(after_help = serve::HELP)]
    Serve(Box<serve::ServeArgs>),
    /// Explain what a file means.
    #[command(subcommand)]
    Explain(ExplainCommand),
    /// Run nodes in real time, with a simulated sensor and a real broker.
    #[command(after_help = live::HELP)]
    Live(Box<live::LiveArgs>),
    /// Print what a TLS handshake costs: bytes, round trips, and the node's time and energy.
    #[command(after_help = tls::HELP)]
    Tls(Box<tls::TlsArgs>),
    /// Look at a world as it happens, and lay hands on it.
    #[command(after_help = tui::HELP)]
    Tui(tui::TuiArgs),
    /// Print how long a frame is on the air, and what saturated stations achieve.
    #[command(after_help = WIFI_HELP)]
    Wifi(WifiArgs),
    /// Print the JSON Schema of scenario files, with which editors complete and check them.
    #[command(after_help = SCHEMA_HELP)]
    Schema,
    /// Write the manual pages.
    #[command(after_help = "Example:\n  nodelab man ~/.local/share/man/man1")]
    Man {
        /// The folder, which is made if it is not there.
        folder: PathBuf,
    },
    /// Print completions for a shell.
    #[command(after_help = "Example:\n  nodelab completions bash > \
        ~/.local/share/bash-completion/completions/nodelab")]
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
enum ExplainCommand {
    /// Print what each layer adds to one published reading, and who can read it.
    #[command(after_help = "Example:\n  \
        nodelab explain layers scenarios/network/tls-1-3.test.yaml")]
    Layers {
        /// The scenario: it is run until the first node's first reading is acknowledged.
        scenario: PathBuf,
        /// Which world of it [default: the scenario's first].
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
        format: ExplainFormat,
    },
    /// Print the nets of a Wokwi diagram, what reaches the converter, and what is wrong.
    #[command(after_help = "Example:\n  nodelab explain wiring boards/nodemcu/diagram.json")]
    Wiring {
        /// The `diagram.json`.
        diagram: PathBuf,
        /// How to print it.
        #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
        format: ExplainFormat,
    },
}

#[derive(Args, Debug)]
struct RunArgs {
    /// Scenario files, and folders that are searched for `*.test.yaml`.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// First seed; without `--seeds`, the only one [default: the scenario's].
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How many worlds to try of each scenario [default: the scenario's].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    seeds: Option<u32>,
    /// Worlds at a time [default: one for each processor].
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Run only one part of the worlds, such as 2/5 [default: what the CI's variables say].
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,
    /// Stop each world at this simulated time, such as 90s or 00:52:14.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<SimTime>,
    /// Simulated time for the steps, such as 3s; a bare number is milliseconds, as on wokwi-cli
    /// [default: the scenario's duration].
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    timeout: Option<SimSpan>,
    /// Run each world twice, and compare the digests.
    #[arg(long)]
    verify: bool,
    /// text, html, json, junit or github, each to a file with `=FILE`; `-` is standard output. May
    /// be repeated.
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = report)]
    report: Vec<Report>,
    /// Write what the nodes sent and received to a pcapng file, TLS secrets inside; of one world.
    #[arg(long, value_name = "FILE", conflicts_with = "strict_wokwi")]
    pcap: Option<PathBuf>,
    /// Whether captures show frames as a program on the node sees them, or as a radio beside it.
    #[arg(long, value_enum, default_value_t = PcapLink::Ethernet, requires = "pcap")]
    pcap_link: PcapLink,
    /// Write the TLS secrets to a file, in the form of SSLKEYLOGFILE; of one world.
    #[arg(long, value_name = "FILE", conflicts_with = "strict_wokwi")]
    keylog: Option<PathBuf>,
    /// Write a timeline of what lasted, for Perfetto and Chromium; of one world.
    #[arg(long, value_name = "FILE", conflicts_with = "strict_wokwi")]
    timeline: Option<PathBuf>,
    /// Write the waveform of pins, converter and link, for wave viewers; of one world.
    #[arg(long, value_name = "FILE", conflicts_with = "strict_wokwi")]
    vcd: Option<PathBuf>,
    /// Write what every node was told to a file, to be replayed on another core; of all worlds.
    #[arg(long, value_name = "FILE", conflicts_with = "strict_wokwi")]
    trace: Option<PathBuf>,
    /// Write everything that happens to a file as NDJSON, one event in each line: for programs, and
    /// for `nodelab tui --replay`; of all worlds.
    #[arg(
        long,
        visible_alias = "record",
        value_name = "FILE",
        conflicts_with = "strict_wokwi"
    )]
    events: Option<PathBuf>,
    /// Print events, processor time and memory of each world.
    #[arg(long)]
    stats: bool,
    /// Whether to print the first node's console [auto: of a single world].
    #[arg(long, value_enum, default_value_t = When::Auto)]
    serial: When,
    /// Accept and reject what wokwi-cli 0.26.1 does, with its messages and exit codes.
    #[arg(long)]
    strict_wokwi: bool,
    /// Whether to use colours [auto: on a terminal].
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

#[derive(Args, Debug)]
struct CheckArgs {
    /// Scenario files, and folders that are searched for `*.test.yaml`.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Accept and reject what wokwi-cli 0.26.1 does, with its messages and exit codes.
    #[arg(long)]
    strict_wokwi: bool,
    /// Whether to use colours [auto: on a terminal].
    #[arg(long, value_enum, default_value_t = When::Auto)]
    color: When,
}

#[derive(Args, Debug)]
struct SensorArgs {
    /// The board.
    #[arg(long, value_enum, default_value_t = Board::Nodemcu)]
    board: Board,
    /// First temperature, in °C.
    #[arg(long, default_value = "-40", allow_hyphen_values = true, value_parser = celsius)]
    from: MilliCelsius,
    /// Last temperature, in °C.
    #[arg(long, default_value = "125", allow_hyphen_values = true, value_parser = celsius)]
    to: MilliCelsius,
    /// Distance between rows, in °C.
    #[arg(long, default_value = "5", allow_hyphen_values = true, value_parser = celsius)]
    step: MilliCelsius,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = TableFormat::Table)]
    format: TableFormat,
}

#[derive(Args, Debug)]
struct WifiArgs {
    /// The amendment of 802.11.
    #[arg(long, value_enum, default_value_t = Amendment::N)]
    standard: Amendment,
    /// One rate, such as 5.5, 54 or MCS7 [default: each of the standard].
    #[arg(long, value_name = "RATE")]
    rate: Option<String>,
    /// Stations that always have a frame to send, 1 to 200.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(STATIONS_MAX)))]
    stations: u32,
    /// UDP payload of each frame, in bytes; above 1472 the MTU must exceed 1500.
    #[arg(long, value_name = "BYTES", default_value_t = 1_472,
          value_parser = clap::value_parser!(u32).range(1..=i64::from(wifi::PAYLOAD_MAX)))]
    payload: u32,
    /// Without encryption [default: WPA2, which adds 16 bytes of CCMP to each frame].
    #[arg(long)]
    open: bool,
    /// The short preamble of 11b, from 2 Mb/s on.
    #[arg(long)]
    short_preamble: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = WifiFormat::Text)]
    format: WifiFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Amendment {
    /// DSSS and CCK, 1 to 11 Mb/s.
    #[value(name = "11b")]
    B,
    /// ERP-OFDM, 6 to 54 Mb/s, short slots.
    #[value(name = "11g")]
    G,
    /// HT at 20 MHz, MCS 0 to 7.
    #[value(name = "11n")]
    N,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum WifiFormat {
    Csv,
    Json,
    Text,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Board {
    /// The bare module: 1.0 V full scale.
    Esp12,
    /// 12 bits at 11 dB.
    #[value(name = "esp32-c3", alias = "esp32c3")]
    Esp32C3,
    /// With its divider: 3.2 V full scale.
    Nodemcu,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TableFormat {
    Csv,
    Json,
    Table,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PcapLink {
    Ethernet,
    Radio,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ExplainFormat {
    Json,
    Text,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum When {
    Always,
    Auto,
    Never,
}

/// What a command line asks for, or what to print about it.
#[derive(Debug)]
pub enum Parsed {
    /// Do this.
    Action(Action),
    /// Print this on standard output: help, a version, completions.
    Print(String),
    /// The arguments are wrong: print this on standard error.
    Wrong(String),
}

/// Reads a command line, the program's name first.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Parsed {
    match Cli::try_parse_from(arguments) {
        Ok(cli) => action_of(cli.command),
        Err(error) if error.use_stderr() => {
            Parsed::Wrong(rendered(&error, io::stderr().is_terminal()))
        }
        Err(error) => Parsed::Print(rendered(&error, io::stdout().is_terminal())),
    }
}

/// Returns the words of clap: in colours on a terminal, plain in a file or a pipe.
fn rendered(error: &clap::Error, to_terminal: bool) -> String {
    let text = error.render();
    if to_terminal && std::env::var_os("NO_COLOR").is_none() {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

fn action_of(command: Command) -> Parsed {
    Parsed::Action(match command {
        Command::Run(args) => Action::Run(Box::new(run(*args))),
        Command::Check(args) => Action::Check(CheckAction {
            colour: colour(args.color),
            paths: args.paths,
            strict: args.strict_wokwi,
        }),
        Command::Sensor(args) => Action::Sensor(SensorAction {
            board: match args.board {
                Board::Esp12 => SensorBoard::BareEsp12,
                Board::Esp32C3 => SensorBoard::Esp32C3,
                Board::Nodemcu => SensorBoard::NodeMcu,
            },
            format: match args.format {
                TableFormat::Csv => sensor::Format::Csv,
                TableFormat::Json => sensor::Format::Json,
                TableFormat::Table => sensor::Format::Table,
            },
            sweep: sensor::Sweep {
                from: args.from,
                step: args.step,
                to: args.to,
            },
        }),
        Command::Serve(args) => Action::Serve(Box::new(serve::action(*args))),
        Command::Explain(ExplainCommand::Layers {
            scenario,
            seed,
            format,
        }) => Action::ExplainLayers(LayersAction {
            format: explained(format),
            scenario,
            seed,
        }),
        Command::Explain(ExplainCommand::Wiring { diagram, format }) => {
            let format = explained(format);
            Action::ExplainWiring(WiringAction { diagram, format })
        }
        Command::Live(args) => match live::action(*args) {
            Ok(action) => Action::Live(Box::new(action)),
            Err(words) => return Parsed::Wrong(words),
        },
        Command::Tls(args) => Action::Tls(Box::new(tls::action(*args))),
        Command::Tui(args) => Action::Tui(tui::action(args)),
        Command::Wifi(args) => Action::Wifi(wifi_action(args)),
        Command::Man { folder } => Action::Man(ManAction {
            folder,
            pages: man::pages(Cli::command()),
        }),
        Command::Schema => {
            return Parsed::Print(format!("{:#}\n", crate::schema::scenario()));
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "nodelab", &mut script);
            return Parsed::Print(String::from_utf8_lossy(&script).into_owned());
        }
    })
}

fn run(args: RunArgs) -> RunAction {
    let mut reports = args.report;
    if reports.is_empty() {
        reports.push(Report {
            format: Format::Text,
            target: Target::Stdout,
        });
    }
    RunAction {
        colour: colour(args.color),
        events: args.events,
        jobs: args.jobs,
        paths: args.paths,
        record: RecordPlan {
            key_log: args.keylog,
            link: match args.pcap_link {
                PcapLink::Ethernet => Link::Ethernet,
                PcapLink::Radio => Link::Radio,
            },
            pcap: args.pcap,
            timeline: args.timeline,
            waveform: args.vcd,
        },
        reports,
        seed: args.seed,
        seeds: args.seeds,
        serial: match args.serial {
            When::Always => SerialChoice::Always,
            When::Auto => SerialChoice::Auto,
            When::Never => SerialChoice::Never,
        },
        shard: args.shard,
        stats: args.stats,
        strict: args.strict_wokwi,
        timeout: args.timeout,
        trace: args.trace,
        until: args.until,
        verify: args.verify,
    }
}

fn wifi_action(args: WifiArgs) -> WifiAction {
    WifiAction {
        format: match args.format {
            WifiFormat::Csv => wifi::Format::Csv,
            WifiFormat::Json => wifi::Format::Json,
            WifiFormat::Text => wifi::Format::Text,
        },
        query: wifi::Query {
            encrypted: !args.open,
            payload: args.payload,
            preamble: if args.short_preamble {
                Preamble::Short
            } else {
                Preamble::Long
            },
            rate: args.rate,
            standard: match args.standard {
                Amendment::B => Standard::B,
                Amendment::G => Standard::G,
                Amendment::N => Standard::N,
            },
            stations: args.stations,
        },
    }
}

const fn explained(format: ExplainFormat) -> TextOrJson {
    match format {
        ExplainFormat::Json => TextOrJson::Json,
        ExplainFormat::Text => TextOrJson::Text,
    }
}

const fn colour(when: When) -> ColourChoice {
    match when {
        When::Always => ColourChoice::Always,
        When::Auto => ColourChoice::Auto,
        When::Never => ColourChoice::Never,
    }
}

fn report(text: &str) -> Result<Report, String> {
    let (format, target) = match text.split_once('=') {
        Some((format, "-")) => (format, Target::Stdout),
        Some((_, "")) => return Err("expected a file after `=`, or `-`".to_owned()),
        Some((format, file)) => (format, Target::File(PathBuf::from(file))),
        None => (text, Target::Stdout),
    };
    let format = match format {
        "github" => Format::Github,
        "html" => Format::Html,
        "json" => Format::Json,
        "junit" => Format::Junit,
        "text" => Format::Text,
        _ => {
            return Err(format!(
                "\"{format}\" is no format; expected text, html, json, junit or github"
            ));
        }
    };
    Ok(Report { format, target })
}

/// Reads `90s`, `2h` or a clock as reports print it: `00:52:14`, `00:52:14.204`.
fn moment(text: &str) -> Result<SimTime, String> {
    let wrong = || format!("\"{text}\" is no time; expected one such as 90s, 2h or 00:52:14");
    if !text.contains(':') {
        return Ok(SimTime::ZERO.after(quantity::duration(text).map_err(|_| wrong())?));
    }
    let mut parts = text.splitn(3, ':');
    let mut whole = || parts.next().and_then(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (whole().ok_or_else(wrong)?, whole().ok_or_else(wrong)?);
    let seconds = parts.next().ok_or_else(wrong)?;
    let seconds = quantity::duration(&format!("{seconds}s")).map_err(|_| wrong())?;
    let minutes = hours
        .checked_mul(60)
        .and_then(|h| h.checked_add(minutes))
        .ok_or_else(wrong)?;
    let whole = SimSpan::from_secs(minutes.checked_mul(60).ok_or_else(wrong)?);
    Ok(SimTime::ZERO.after(whole).after(seconds))
}

fn timeout(text: &str) -> Result<SimSpan, String> {
    if let Ok(ms) = text.parse() {
        return Ok(SimSpan::from_millis(ms));
    }
    quantity::duration(text)
        .map_err(|_| format!("\"{text}\" is no time; expected one such as 3s, or milliseconds"))
}

#[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
fn celsius(text: &str) -> Result<MilliCelsius, String> {
    let number = text.trim_end_matches("°C").trim_end_matches('C').trim();
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() && value.abs() < 1e6 => {
            Ok(MilliCelsius((value * 1_000.0).round() as i32))
        }
        _ => Err(format!(
            "\"{text}\" is no temperature; expected one such as 25 or -12.5"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_of_the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn moments_are_read_as_reports_print_them() {
        let at = SimTime::from_nanos(3_133_204_000_000);
        assert_eq!(moment("00:52:13.204"), Ok(at));
        assert_eq!(
            moment("52min"),
            Ok(SimTime::ZERO.after(SimSpan::from_secs(52 * 60)))
        );
        for wrong in [
            "",
            "12",
            "1:2",
            "a:b:c",
            "99999999999999999999:0:0",
            "18446744073709551615:0:0",
        ] {
            assert!(moment(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reports_name_a_format_and_maybe_a_file() {
        let file = Target::File(PathBuf::from("out.xml"));
        assert_eq!(
            report("junit=out.xml"),
            Ok(Report {
                format: Format::Junit,
                target: file
            })
        );
        assert_eq!(
            report("json=-"),
            Ok(Report {
                format: Format::Json,
                target: Target::Stdout
            })
        );
        assert!(report("pdf").is_err());
        assert!(report("json=").is_err());
    }
}
