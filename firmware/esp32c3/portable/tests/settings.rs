//! `node.toml`: what is taken, what is refused, and in which words.
#![cfg(feature = "settings")]

use std::path::Path;

use node_core::{Attenuation, Config, Duration, Filter, MilliCelsius, Qos, Scale};
use portable::settings::{CalibrationSource, Console, Settings, load, parse, source};

/// A sensor and nothing else.
const SENSOR: &str = "[sensor]\npin = 0\nattenuation = \"11 dB\"\n";
const CA: &str = include_str!("../../certificates/example-ca.pem");

#[test]
fn the_example_is_legal() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node.example.toml");
    let settings = load(&path).unwrap();
    let broker = settings.broker.unwrap();
    assert_eq!(
        (broker.host.as_str(), broker.port),
        ("broker.example.org", 8883)
    );
    assert!(!broker.tls.unwrap().needs_time);
    assert_eq!(settings.console, Console::Uart);
    assert_eq!(settings.calibration, CalibrationSource::Factory);
    assert_eq!(
        settings.node.sensor.scale,
        Scale::Esp32c3(Attenuation::Db11)
    );
    assert_eq!(settings.node.sampling.oversample, 16);
    assert_eq!(settings.node.report.unwrap().qos, Qos::AtLeastOnce);
}

#[test]
fn without_a_broker_the_node_only_shows_readings() {
    let settings = read(SENSOR).unwrap();
    assert_eq!(settings.broker, None);
    assert_eq!(settings.node.report, None);
    assert_eq!(settings.time_server, None);
}

#[test]
fn every_key_reaches_the_node() {
    let settings = read(&full()).unwrap();
    let report = settings.node.report.unwrap();
    assert_eq!(report.client_id.as_str(), "n1");
    assert_eq!(report.topic.as_str(), "room/1");
    assert_eq!(report.username.as_str(), "u");
    assert_eq!(report.password.as_str(), "p\"\n");
    assert_eq!((report.qos, report.keep_alive_s), (Qos::AtMostOnce, 120));
    assert!(report.clean_session && report.commands && report.status);
    assert_eq!(settings.node.sampling.interval, Duration::from_millis(500));
    assert_eq!(settings.node.sampling.filter, Filter::Median);
    assert_eq!(settings.node.sensor.calibration.gain_ppm, -3_500);
    assert_eq!(settings.node.sensor.calibration.offset, MilliCelsius(200));
    let tls = settings.broker.unwrap().tls.unwrap();
    assert!(tls.needs_time);
    assert_eq!(tls.key_sha256, [0xab; 32]);
    assert_eq!(tls.ca.first(), Some(&0x30), "a certificate is a sequence");
}

/// Each line of the table is one mistake: what is written, and what is said about it.
#[test]
fn each_mistake_is_told_with_its_place() {
    let pin = "`sensor.pin`: read `5`, expected a GPIO from 0 to 4, which are the pins of ADC1";
    let unknown = "`sensor.pinn`: read a key that means nothing, \
                   expected attenuation, calibration or pin";
    let interval = "`sampling.interval`: read \"60\", \
                    expected a time from 100 ms to 168 h, as in \"60 s\"";
    let decibels = "`sensor.attenuation`: read \"12 dB\", \
                    expected \"0 dB\", \"2.5 dB\", \"6 dB\" or \"11 dB\"";
    let clear = "`broker.tls`: read nothing, expected a table with `ca` and `key-sha256`, \
                 or \"none\" to send in the clear";
    let cases = [
        (
            SENSOR.replace("= 0", "= 5"),
            format!("node.toml:2:7: {pin}"),
        ),
        (
            format!("{SENSOR}pinn = 1\n"),
            format!("node.toml:4:1: {unknown}"),
        ),
        (
            format!("{SENSOR}[sampling]\ninterval = \"60\"\n"),
            format!("node.toml:5:12: {interval}"),
        ),
        (
            SENSOR.replace("11 dB", "12 dB"),
            format!("node.toml:3:15: {decibels}"),
        ),
        (
            format!("{SENSOR}[broker]\nhost = \"b\"\nport = 1883\n"),
            format!("node.toml:4:1: {clear}"),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(mistake(&text), expected);
    }
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    assert!(
        mistake("a = \n").starts_with("node.toml:1:"),
        "{}",
        mistake("a = \n")
    );
}

#[test]
fn node_core_has_the_last_word() {
    for (from, to, key) in [
        ("\"500 ms\"", "\"1 ms\"", "sampling.interval"),
        ("\"room/1\"", "\"room/+\"", "mqtt.topic"),
        ("\"n1\"", "\"\"", "mqtt.client-id"),
        ("\"u\"", "\"\"", "mqtt.username"),
        ("oversample = 4", "oversample = 17", "sampling.oversample"),
        ("-3500", "1000001", "sensor.calibration.gain-ppm"),
    ] {
        let said = mistake(&full().replace(from, to));
        assert!(
            said.contains(key) && said.contains("node-core refuses"),
            "{said}"
        );
    }
}

#[test]
fn secrets_are_never_shown() {
    for (from, to) in [
        ("\"hunter22\"", "\"hunter2\""),
        ("\"hunter22\"", "4711471147"),
    ] {
        let said = mistake(&full().replace(from, to));
        assert!(said.contains("`wifi.password`"), "{said}");
        assert!(!said.contains("hunter") && !said.contains("4711"), "{said}");
    }
}

#[test]
fn an_authority_that_cannot_be_checked_is_refused() {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let params = rcgen::CertificateParams::new(vec!["ca".to_owned()]).unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let said = parse("node.toml", &full(), &|_| Ok(pem.clone())).unwrap_err();
    assert_eq!(said.key, "broker.tls.ca");
    assert!(said.read.contains("ECDSA P-384"), "{said}");
    let said = parse("node.toml", &full(), &|_| Err("not found".to_owned())).unwrap_err();
    assert!(said.read.contains("not found"), "{said}");
}

#[test]
fn dates_need_a_clock() {
    let said = mistake(&full().replace("[time]\nserver = \"t\"\n", ""));
    assert!(
        said.contains("`time`") && said.contains("required"),
        "{said}"
    );
}

/// The build script's output must say what the file says, quotes and line ends included.
#[test]
fn the_source_quotes_what_it_holds() {
    let text = source(&read(&full()).unwrap());
    assert!(text.contains(r#"password: Text::new("p\"\n")?,"#), "{text}");
    assert!(text.contains("SSID: &str = \"my net\""), "{text}");
    assert!(text.contains("Dates::Required"), "{text}");
    let shown = source(&read(SENSOR).unwrap());
    assert!(
        shown.contains("IDENTITY: Option<Identity> = None"),
        "{shown}"
    );
    assert!(!shown.contains("ReportConfig"), "{shown}");
}

#[test]
fn the_defaults_are_node_cores() {
    let node = read(SENSOR).unwrap().node;
    assert_eq!(node.sampling, Config::default().sampling);
    assert_eq!(node.wifi, Config::default().wifi);
    assert_eq!(node.queue, Config::default().queue);
}

/// Returns a text with every key there is.
fn full() -> String {
    format!(
        "console = \"usb\"\n\
         [wifi]\nssid = \"my net\"\npassword = \"hunter22\"\npolicy = \"leave-when-idle\"\n\
         [broker]\nhost = \"b.test\"\nport = 8883\n\
         [broker.tls]\nca = \"ca.pem\"\nkey-sha256 = \"{}\"\ndates = \"required\"\n\
         [mqtt]\nclient-id = \"n1\"\ntopic = \"room/1\"\nqos = 0\nformat = \"senml\"\n\
         username = \"u\"\npassword = \"p\\\"\\n\"\nkeep-alive = \"2 min\"\n\
         clean-session = true\ncommands = true\nstatus = true\n\
         [sampling]\ninterval = \"500 ms\"\noversample = 4\nfilter = \"median\"\n\
         [sensor]\npin = 3\nattenuation = \"2.5 dB\"\n\
         calibration = {{ gain-ppm = -3500, offset = \"0.2 °C\" }}\n\
         [time]\nserver = \"t\"\n",
        "ab".repeat(32)
    )
}

fn read(text: &str) -> Result<Settings, portable::settings::SettingsError> {
    parse("node.toml", text, &|_| Ok(CA.to_owned()))
}

fn mistake(text: &str) -> String {
    read(text).map_or_else(|error| error.to_string(), |_| "no mistake".to_owned())
}
