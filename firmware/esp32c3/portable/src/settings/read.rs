//! Which keys `node.toml` has, and what each may say.
//!
//! Owns the keys and the limits that only a board has. The limits of the node itself are
//! node-core's: its own check has the last word.

use std::fs;
use std::path::Path;

use node_core::{
    Calibration, Config, ConfigError, MilliCelsius, Qos, ReportConfig, SamplingConfig, Scale,
    SensorConfig, Text, WifiConfig, WifiPolicy,
};

use crate::certificate::{KeyKind, public_key_info};
use crate::settings::document::{File, Section, Value};
use crate::settings::error::{Place, SettingsError};
use crate::settings::model::{Broker, CalibrationSource, Console, Settings, Tls, Wifi};
use crate::settings::{pem, values};

type Result<T> = core::result::Result<T, SettingsError>;

//= IEEE 802.11-2020 §9.4.2.2: an SSID has 0 to 32 octets
const SSID_MAX: usize = 32;
//= IEEE 802.11-2020 annex J.4.1: a pass-phrase has 8 to 63 characters
const PASSWORD_MIN: usize = 8;
const PASSWORD_MAX: usize = 63;
/// What the TLS library holds of a name.
const HOST_MAX: usize = 64;
/// Pins of the converter that Wi-Fi leaves alone.
//= ESP32-C3 Series Datasheet v1.4 table 2-6: ADC1_CH0 to ADC1_CH4 are GPIO0 to GPIO4
const PIN_MAX: u8 = 4;

/// Reads and checks the file at `path`; certificates are looked for beside it.
///
/// # Errors
///
/// The first mistake.
pub fn load(path: &Path) -> Result<Settings> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| SettingsError {
        place: Place {
            file: name.clone(),
            line: 0,
            column: 0,
        },
        key: String::new(),
        read: format!("no file ({error})"),
        expected: "a copy of `node.example.toml`".to_owned(),
    })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(&name, &text, &|file| {
        fs::read_to_string(folder.join(file)).map_err(|error| error.to_string())
    })
}

/// Checks a text that came from a file called `name`; `read` reads the files that it names.
///
/// # Errors
///
/// The first mistake.
pub fn parse(
    name: &str,
    text: &str,
    read: &dyn Fn(&str) -> core::result::Result<String, String>,
) -> Result<Settings> {
    let file = File { name, text };
    let document = file.parse()?;
    let mut top = Section::top(file, document.get_ref());
    let console = match top.optional("console") {
        Some(value) => value.named(&[("uart", Console::Uart), ("usb", Console::Usb)])?,
        None => Console::default(),
    };
    let (pin, calibration, sensor) = read_sensor(&mut top)?;
    let sampling = read_sampling(&mut top)?;
    let (broker, report) = match top.optional("broker") {
        Some(value) => {
            let broker = read_broker(&value, read)?;
            let expected = "a table, because there is a broker";
            let mqtt = top.required("mqtt", expected)?.section(expected)?;
            (Some(broker), Some(read_mqtt(mqtt)?))
        }
        None => (None, None),
    };
    let (wifi, policy) = match top.optional("wifi") {
        Some(value) => read_wifi(&value)?,
        None if broker.is_some() => {
            return Err(top.missing("wifi", "a table, because there is a broker"));
        }
        None => (Wifi::default(), WifiPolicy::Stay),
    };
    let time_server = read_time(&mut top)?;
    let tls = broker.as_ref().and_then(|broker| broker.tls.as_ref());
    if tls.is_some_and(|tls| tls.needs_time) && time_server.is_none() {
        let expected = "a table with a `server`, because `broker.tls.dates` is \"required\"";
        return Err(top.missing("time", expected));
    }
    top.finish()?;
    let node = Config {
        report,
        sampling,
        sensor,
        wifi: WifiConfig {
            policy,
            ..WifiConfig::default()
        },
        ..Config::default()
    };
    node.check().map_err(|error| refused(name, error))?;
    Ok(Settings {
        broker,
        calibration,
        console,
        node,
        pin,
        time_server,
        wifi,
    })
}

fn read_wifi(value: &Value<'_>) -> Result<(Wifi, WifiPolicy)> {
    let mut section = value.section("a table")?;
    let expected = "a network's name of 1 to 32 bytes";
    let ssid = section.required("ssid", expected)?;
    let ssid = ssid.parsed(expected, |text| {
        (1..=SSID_MAX)
            .contains(&text.len())
            .then(|| text.to_owned())
    })?;
    let expected = "8 to 63 characters, or \"\" for an open network";
    let password = section.required("password", expected)?;
    let password = secret(&password, expected, |text| {
        let fits = (PASSWORD_MIN..=PASSWORD_MAX).contains(&text.len());
        text.is_empty() || (fits && text.bytes().all(|b| (0x20..0x7f).contains(&b)))
    })?;
    let policy = match section.optional("policy") {
        Some(value) => value.named(&[
            ("leave-when-idle", WifiPolicy::LeaveWhenIdle),
            ("stay", WifiPolicy::Stay),
        ])?,
        None => WifiPolicy::Stay,
    };
    section.finish()?;
    Ok((Wifi { password, ssid }, policy))
}

fn read_broker(
    value: &Value<'_>,
    read: &dyn Fn(&str) -> core::result::Result<String, String>,
) -> Result<Broker> {
    let mut section = value.section("a table")?;
    let expected = "a name or an IPv4 address of at most 64 characters";
    let host = section.required("host", expected)?;
    let host = host.parsed(expected, |text| is_host(text).then(|| text.to_owned()))?;
    let expected = "a port from 1 to 65535";
    let port = section.required("port", expected)?;
    let port = match port.integer(expected)? {
        0 => return Err(port.wrong(expected)),
        number => number,
    };
    let expected = "a table with `ca` and `key-sha256`, or \"none\" to send in the clear";
    let tls = section.required("tls", expected)?;
    let tls = match tls.as_text() {
        Some("none") => None,
        _ => Some(read_tls(tls.section(expected)?, read)?),
    };
    section.finish()?;
    Ok(Broker { host, port, tls })
}

fn read_tls(
    mut section: Section<'_>,
    read: &dyn Fn(&str) -> core::result::Result<String, String>,
) -> Result<Tls> {
    let expected = "a PEM file with the authority's certificate";
    let ca = section.required("ca", expected)?;
    let path = ca.text(expected)?;
    let text = read(path).map_err(|error| ca.mistake(format!("{path:?}: {error}"), expected))?;
    let der = pem::certificate(&text)
        .map_err(|found| ca.mistake(format!("{path:?}, which holds {found}"), expected))?;
    match public_key_info(&der).map(KeyKind::of) {
        Some(KeyKind::P256) => {}
        Some(kind) => {
            let read = format!("{path:?}, whose key is {}", kind.as_str());
            let expected = "an ECDSA P-256 key, the only kind that the firmware checks";
            return Err(ca.mistake(read, expected));
        }
        None => {
            let read = format!("{path:?}, which holds no certificate");
            return Err(ca.mistake(read, expected));
        }
    }
    let expected = "64 hexadecimal digits: SHA-256 of the broker's public key";
    let key_sha256 = section.required("key-sha256", expected)?;
    let key_sha256 = key_sha256.parsed(expected, values::sha256)?;
    let needs_time = match section.optional("dates") {
        Some(value) => value.named(&[("required", true), ("when-known", false)])?,
        None => false,
    };
    section.finish()?;
    Ok(Tls {
        ca: der,
        key_sha256,
        needs_time,
    })
}

fn read_mqtt(mut section: Section<'_>) -> Result<ReportConfig> {
    let mut report = ReportConfig {
        client_id: bounded(&section.required("client-id", "a name")?)?,
        topic: bounded(&section.required("topic", "a topic")?)?,
        ..ReportConfig::default()
    };
    if let Some(value) = section.optional("qos") {
        report.qos = match value.integer("0 or 1")? {
            0 => Qos::AtMostOnce,
            1 => Qos::AtLeastOnce,
            2_i64.. | ..0 => return Err(value.wrong("0 or 1")),
        };
    }
    if let Some(value) = section.optional("format") {
        report.format = value.named(&values::FORMATS)?;
    }
    if let Some(value) = section.optional("username") {
        report.username = bounded(&value)?;
    }
    if let Some(value) = section.optional("password") {
        let mut copy = Text::EMPTY;
        secret(&value, "at most 160 bytes", |text| {
            Text::new(text).map(|text| copy = text).is_ok()
        })?;
        report.password = copy;
    }
    if let Some(value) = section.optional("keep-alive") {
        let expected = "a time in whole seconds up to 65535 s, as in \"60 s\"";
        report.keep_alive_s = value.parsed(expected, |text| {
            let span = values::duration(text)?;
            let whole = span.as_millis().is_multiple_of(1_000);
            u16::try_from(span.as_secs()).ok().filter(|_| whole)
        })?;
    }
    for (key, flag) in [
        ("clean-session", &mut report.clean_session),
        ("commands", &mut report.commands),
        ("status", &mut report.status),
    ] {
        if let Some(value) = section.optional(key) {
            *flag = value.boolean()?;
        }
    }
    section.finish()?;
    Ok(report)
}

fn read_sampling(top: &mut Section<'_>) -> Result<SamplingConfig> {
    let mut sampling = SamplingConfig::default();
    let Some(value) = top.optional("sampling") else {
        return Ok(sampling);
    };
    let mut section = value.section("a table")?;
    if let Some(value) = section.optional("interval") {
        let expected = "a time from 100 ms to 168 h, as in \"60 s\"";
        sampling.interval = value.parsed(expected, values::duration)?;
    }
    if let Some(value) = section.optional("oversample") {
        sampling.oversample = value.integer("1 to 16 conversions")?;
    }
    if let Some(value) = section.optional("filter") {
        sampling.filter = value.named(&values::FILTERS)?;
    }
    section.finish()?;
    Ok(sampling)
}

fn read_sensor(top: &mut Section<'_>) -> Result<(u8, CalibrationSource, SensorConfig)> {
    let value = top.required("sensor", "a table")?;
    let mut section = value.section("a table")?;
    let expected = "a GPIO from 0 to 4, which are the pins of ADC1";
    let pin = section.required("pin", expected)?;
    let number @ 0..=PIN_MAX = pin.integer(expected)? else {
        return Err(pin.wrong(expected));
    };
    let attenuation = section.required("attenuation", "\"11 dB\"")?;
    let attenuation = attenuation.named(&values::ATTENUATIONS)?;
    let source = match section.optional("calibration") {
        Some(value) => read_calibration(&value)?,
        None => CalibrationSource::Factory,
    };
    section.finish()?;
    let calibration = match source {
        // Read at boot.
        CalibrationSource::Factory => Calibration::default(),
        CalibrationSource::Fixed { gain_ppm, offset } => Calibration { gain_ppm, offset },
    };
    let sensor = SensorConfig {
        calibration,
        scale: Scale::Esp32c3(attenuation),
        ..SensorConfig::default()
    };
    Ok((number, source, sensor))
}

fn read_calibration(value: &Value<'_>) -> Result<CalibrationSource> {
    let expected = "\"factory\", \"none\", or a table with `gain-ppm` and `offset`";
    let none = CalibrationSource::Fixed {
        gain_ppm: 0,
        offset: MilliCelsius(0),
    };
    if value.as_text().is_some() {
        return value.named(&[("factory", CalibrationSource::Factory), ("none", none)]);
    }
    let mut section = value.section(expected)?;
    let gain_ppm = section.required("gain-ppm", "parts per million")?;
    let gain_ppm = gain_ppm.integer("parts per million from -1000000 to 1000000")?;
    let expected = "a difference as in \"-0.5 °C\"";
    let offset = section.required("offset", expected)?;
    let offset = offset.parsed(expected, values::temperature)?;
    section.finish()?;
    Ok(CalibrationSource::Fixed { gain_ppm, offset })
}

fn read_time(top: &mut Section<'_>) -> Result<Option<String>> {
    let Some(value) = top.optional("time") else {
        return Ok(None);
    };
    let mut section = value.section("a table")?;
    let expected = "the name of an SNTP server, or \"none\"";
    let server = section.required("server", expected)?;
    let server = server.parsed(expected, |text| is_host(text).then(|| text.to_owned()))?;
    section.finish()?;
    Ok((server != "none").then_some(server))
}

/// Returns whether `text` can be a host's name or an IPv4 address.
fn is_host(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    (1..=HOST_MAX).contains(&text.len()) && text.bytes().all(legal)
}

/// Copies a text that node-core holds in `N` bytes.
fn bounded<const N: usize>(value: &Value<'_>) -> Result<Text<N>> {
    value.parsed(&format!("at most {N} bytes"), |text| Text::new(text).ok())
}

/// Returns a text that must never be printed.
fn secret(
    value: &Value<'_>,
    expected: &str,
    is_legal: impl FnOnce(&str) -> bool,
) -> Result<String> {
    let Some(text) = value.as_text() else {
        return Err(value.mistake("what is not in quotes".to_owned(), expected));
    };
    if is_legal(text) {
        Ok(text.to_owned())
    } else {
        Err(value.mistake(format!("{} bytes", text.len()), expected))
    }
}

/// Returns which key node-core refuses.
fn refused(file: &str, error: ConfigError) -> SettingsError {
    let (key, expected) = match error {
        ConfigError::BackoffInverted | ConfigError::TimeoutZero => ("", "node-core's defaults"),
        ConfigError::ClientIdEmpty => ("mqtt.client-id", "a name that is not empty"),
        ConfigError::GainOutOfRange => (
            "sensor.calibration.gain-ppm",
            "a number from -1000000 to 1000000",
        ),
        ConfigError::IntervalOutOfRange => ("sampling.interval", "100 ms to 168 h"),
        ConfigError::OversampleOutOfRange => ("sampling.oversample", "1 to 16"),
        ConfigError::PasswordWithoutUsername => (
            "mqtt.username",
            "a name, because there is a password (MQTT 3.1.1 §3.1.2.9)",
        ),
        ConfigError::QueueCapacityOutOfRange => ("", "node-core's own queue"),
        ConfigError::TopicInvalid => (
            "mqtt.topic",
            "a topic without `+`, `#` and NUL (MQTT 3.1.1 §4.7)",
        ),
    };
    SettingsError {
        place: Place {
            file: file.to_owned(),
            line: 0,
            column: 0,
        },
        key: key.to_owned(),
        read: format!("what node-core refuses ({error:?})"),
        expected: expected.to_owned(),
    }
}
