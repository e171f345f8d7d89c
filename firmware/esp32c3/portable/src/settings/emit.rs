//! Settings as Rust source, for the build script to write.
//!
//! Owns the names that the firmware includes. Whatever goes wrong here is a compile error there.

use node_core::{Attenuation, Filter, PayloadFormat, Qos, ReportConfig, WifiPolicy};

use crate::settings::model::{CalibrationSource, Console, Settings, Tls};

/// What only a node that reports needs.
const IMPORTS: &str = "use node_core::{PayloadFormat, Qos, ReportConfig, Text};";

/// Returns the source of the firmware's constants.
#[must_use]
pub fn source(settings: &Settings) -> String {
    let mut out = String::new();
    let mut constant = |docs: &str, name: &str, kind: &str, value: String| {
        // Writing to a string cannot fail.
        let line = format!("/// {docs}.\npub(crate) const {name}: {kind} = {value};\n");
        out.push_str(&line);
    };
    let broker = settings.broker.as_ref();
    let text = |value: &str| format!("{value:?}");
    constant(
        "The access point's name",
        "SSID",
        "&str",
        text(&settings.wifi.ssid),
    );
    constant(
        "Its password, empty for none",
        "PASSWORD",
        "&str",
        text(&settings.wifi.password),
    );
    let (host, port) = broker.map_or(("", 0), |broker| (&broker.host, broker.port));
    constant("The broker", "BROKER_HOST", "&str", text(host));
    constant("Its port", "BROKER_PORT", "u16", port.to_string());
    let tls = broker.and_then(|broker| broker.tls.as_ref());
    constant(
        "Whom to trust",
        "IDENTITY",
        "Option<Identity>",
        identity(tls),
    );
    constant("The sensor's GPIO", "PIN", "u8", settings.pin.to_string());
    constant(
        "Its attenuation",
        "ATTENUATION",
        "Attenuation",
        format!("Attenuation::{}", attenuation(settings.attenuation())),
    );
    let factory = settings.calibration == CalibrationSource::Factory;
    constant(
        "Whether the factory's calibration counts",
        "FACTORY_CALIBRATION",
        "bool",
        factory.to_string(),
    );
    let usb = settings.console == Console::Usb;
    constant(
        "Whether the console is on USB",
        "CONSOLE_IS_USB",
        "bool",
        usb.to_string(),
    );
    constant(
        "Who knows the time",
        "TIME_SERVER",
        "Option<&str>",
        format!("{:?}", settings.time_server),
    );
    out.push_str(&node(settings));
    out
}

fn identity(tls: Option<&Tls>) -> String {
    tls.map_or("None".to_owned(), |tls| {
        let dates = if tls.needs_time {
            "Required"
        } else {
            "WhenKnown"
        };
        format!(
            "Some({{ use portable::tls::{{Dates, KeyPin}}; \
             Identity {{ ca: &{:?}, dates: Dates::{dates}, pin: KeyPin({:?}) }} }})",
            tls.ca, tls.key_sha256
        )
    })
}

/// Returns the function that builds node-core's configuration.
fn node(settings: &Settings) -> String {
    let (sampling, sensor) = (&settings.node.sampling, &settings.node.sensor);
    let filter = match sampling.filter {
        Filter::Mean => "Mean",
        Filter::Median => "Median",
    };
    let policy = match settings.node.wifi.policy {
        WifiPolicy::LeaveWhenIdle => "LeaveWhenIdle",
        WifiPolicy::Stay => "Stay",
    };
    let mut out = String::from(
        "/// Returns what node-core is told, which its own check has passed.\n\
         pub(crate) fn node() -> Result<Config, TextTooLong> {\n\
         let mut config = Config::default();\n",
    );
    let mut set = |field: &str, value: String| {
        let line = format!("config.{field} = {value};\n");
        out.push_str(&line);
    };
    set("sampling.filter", format!("Filter::{filter}"));
    let interval_us = sampling.interval.as_micros();
    set(
        "sampling.interval",
        format!("Duration::from_micros({interval_us})"),
    );
    set("sampling.oversample", sampling.oversample.to_string());
    set("sensor.scale", "Scale::Esp32c3(ATTENUATION)".to_owned());
    let (gain, offset) = (sensor.calibration.gain_ppm, sensor.calibration.offset.0);
    set("sensor.calibration.gain_ppm", gain.to_string());
    set(
        "sensor.calibration.offset",
        format!("MilliCelsius({offset})"),
    );
    set("wifi.policy", format!("WifiPolicy::{policy}"));
    if let Some(report) = &settings.node.report {
        set(
            "report",
            format!("Some({{ {IMPORTS}\n{} }})", self::report(report)),
        );
    }
    out.push_str("Ok(config)\n}\n");
    out
}

fn report(report: &ReportConfig) -> String {
    let qos = match report.qos {
        Qos::AtMostOnce => "AtMostOnce",
        Qos::AtLeastOnce => "AtLeastOnce",
    };
    let format = match report.format {
        PayloadFormat::HomeAssistant => "HomeAssistant",
        PayloadFormat::Json => "Json",
        PayloadFormat::Losant => "Losant",
        PayloadFormat::Plain => "Plain",
        PayloadFormat::SenMl => "SenMl",
    };
    let text = |text: &str| format!("Text::new({text:?})?");
    let fields = [
        ("clean_session", report.clean_session.to_string()),
        ("client_id", text(report.client_id.as_str())),
        ("commands", report.commands.to_string()),
        ("format", format!("PayloadFormat::{format}")),
        ("keep_alive_s", report.keep_alive_s.to_string()),
        ("password", text(report.password.as_str())),
        ("qos", format!("Qos::{qos}")),
        ("status", report.status.to_string()),
        ("topic", text(report.topic.as_str())),
        ("username", text(report.username.as_str())),
    ];
    let lines: Vec<String> = fields
        .iter()
        .map(|(field, value)| format!("{field}: {value},\n"))
        .collect();
    format!(
        "ReportConfig {{\n{}..ReportConfig::default()\n}}",
        lines.concat()
    )
}

const fn attenuation(attenuation: Attenuation) -> &'static str {
    match attenuation {
        Attenuation::Db0 => "Db0",
        Attenuation::Db2p5 => "Db2p5",
        Attenuation::Db6 => "Db6",
        Attenuation::Db11 => "Db11",
    }
}
