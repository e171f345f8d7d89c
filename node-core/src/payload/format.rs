//! A reading as payload, in each format.

use crate::config::PayloadFormat;
use crate::effect::Reading;
use crate::payload::temperature::temperature_two_decimals;
use crate::payload::topic::plain_name;
use crate::text::Writer;
use crate::time::UnixTime;

/// Times below this many seconds are relative to the present (RFC 8428 §4.5.3).
const SENML_ABSOLUTE_S: u64 = 1 << 28;

/// Appends `reading`, with the civil time at which it was taken if that is known.
pub fn write_payload(
    format: PayloadFormat,
    reading: &Reading,
    unix: Option<UnixTime>,
    client_id: &str,
    out: &mut Writer<'_>,
) {
    match format {
        //= https://www.home-assistant.io/integrations/sensor.mqtt/
        PayloadFormat::HomeAssistant => {
            out.text("{");
            temperature_member(reading, out);
        }
        PayloadFormat::Json => {
            out.text("{\"sequence\":")
                .number(u64::from(reading.sequence));
            out.text(",");
            temperature_member(reading, out);
            time_member(unix, out);
        }
        //= https://docs.losant.com/devices/state/
        PayloadFormat::Losant => {
            out.text("{\"data\":{");
            temperature_member(reading, out);
            out.text("}");
            time_member(unix, out);
        }
        PayloadFormat::Plain => {
            temperature_two_decimals(reading.value, out);
            return;
        }
        PayloadFormat::SenMl => {
            senml_record(reading, unix, client_id, out);
            return;
        }
    }
    out.text("}");
}

/// Appends `"temperature":25.0`.
fn temperature_member(reading: &Reading, out: &mut Writer<'_>) {
    out.text("\"temperature\":");
    temperature_two_decimals(reading.value, out);
}

/// Appends `,"time":1700000000000`, or nothing while civil time is unknown.
fn time_member(unix: Option<UnixTime>, out: &mut Writer<'_>) {
    if let Some(unix) = unix {
        out.text(",\"time\":").number(unix.as_millis());
    }
}

/// Appends a pack of one record (RFC 8428 §4.1 to §4.3, §12.1).
fn senml_record(reading: &Reading, unix: Option<UnixTime>, client_id: &str, out: &mut Writer<'_>) {
    out.text("[{\"bn\":\"");
    senml_base_name(client_id, out);
    out.text("\",\"n\":\"temperature\",\"u\":\"Cel\",\"v\":");
    temperature_two_decimals(reading.value, out);
    // A clock that was never set must not turn into "seconds from now".
    if let Some(unix) = unix
        && unix.as_millis() / 1000 >= SENML_ABSOLUTE_S
    {
        out.text(",\"t\":");
        match i64::try_from(unix.as_millis()) {
            Ok(milliseconds) if milliseconds % 1000 != 0 => out.decimal(milliseconds, 3),
            _ => out.number(unix.as_millis() / 1000),
        };
    }
    out.text("}]");
}

/// Appends a base name that ends in a colon: `urn:dev:…` as it is (RFC 9039), any other identifier
/// likewise, but with `_` for characters that no name may hold.
//= RFC 8428 §4.5.1: A-Z a-z 0-9 - : . / _, and the first is a letter or a digit
fn senml_base_name(client_id: &str, out: &mut Writer<'_>) {
    let bytes = client_id.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_alphanumeric) {
        out.text("node");
    }
    plain_name(client_id, b"-:./_", out);
    if bytes.last() != Some(&b':') {
        out.text(":");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
    use serde_json::Value;
    use std::string::String;

    use super::*;
    use crate::time::Instant;
    use crate::units::MilliCelsius;

    fn reading(value: i32, sequence: u32) -> Reading {
        Reading {
            taken: Instant::ZERO,
            value: MilliCelsius(value),
            sequence,
        }
    }

    fn written(format: PayloadFormat, reading: &Reading, unix: Option<u64>, id: &str) -> String {
        let mut buffer = [0; 512];
        let mut out = Writer::new(&mut buffer);
        write_payload(
            format,
            reading,
            unix.map(UnixTime::from_millis),
            id,
            &mut out,
        );
        String::from_utf8(out.finish().unwrap().to_vec()).unwrap()
    }

    #[test]
    fn every_format_looks_as_documented() {
        let [home_assistant, json, losant, plain, senml] = PayloadFormat::ALL
            .map(|format| written(format, &reading(25_000, 7), Some(1_700_000_000_000), "n1"));
        assert_eq!(home_assistant, r#"{"temperature":25.0}"#);
        assert_eq!(
            json,
            r#"{"sequence":7,"temperature":25.0,"time":1700000000000}"#
        );
        assert_eq!(
            losant,
            r#"{"data":{"temperature":25.0},"time":1700000000000}"#
        );
        assert_eq!(plain, "25.0");
        assert_eq!(
            senml,
            r#"[{"bn":"n1:","n":"temperature","u":"Cel","v":25.0,"t":1700000000}]"#
        );
    }

    #[test]
    fn an_unknown_time_is_left_out() {
        let [home_assistant, json, losant, plain, senml] =
            PayloadFormat::ALL.map(|format| written(format, &reading(-40_313, 0), None, "n1"));
        assert_eq!(home_assistant, r#"{"temperature":-40.31}"#);
        assert_eq!(json, r#"{"sequence":0,"temperature":-40.31}"#);
        assert_eq!(losant, r#"{"data":{"temperature":-40.31}}"#);
        assert_eq!(plain, "-40.31");
        assert_eq!(
            senml,
            r#"[{"bn":"n1:","n":"temperature","u":"Cel","v":-40.31}]"#
        );
    }

    #[test]
    fn senml_times_keep_their_milliseconds_and_are_never_relative() {
        let time = |unix| {
            let text = written(PayloadFormat::SenMl, &reading(0, 0), Some(unix), "n");
            text.split_once("\"t\":")
                .map(|(_, time)| String::from(time))
        };
        assert_eq!(time(1_700_000_000_005).as_deref(), Some("1700000000.005}]"));
        assert_eq!(time(1_700_000_000_250).as_deref(), Some("1700000000.250}]"));
        assert_eq!(time(268_435_456_000).as_deref(), Some("268435456}]"));
        assert_eq!(time(268_435_455_999), None);
    }

    #[test]
    fn senml_names_hold_legal_characters_only() {
        let name = |id| {
            let text = written(PayloadFormat::SenMl, &reading(0, 0), None, id);
            String::from(text.split('"').nth(3).unwrap())
        };
        assert_eq!(
            name("urn:dev:mac:0024befffe804ff1"),
            "urn:dev:mac:0024befffe804ff1:"
        );
        assert_eq!(
            name("urn:dev:ow:10e2073a01080063:"),
            "urn:dev:ow:10e2073a01080063:"
        );
        assert_eq!(name("room 1/\"é\""), "room_1/___:");
        assert_eq!(name("-a"), "node-a:");
        assert_eq!(name(""), "node:");
    }

    proptest! {
        #[test]
        fn every_payload_is_json_and_says_the_same(
            value in any::<i32>(),
            sequence in any::<u32>(),
            unix in any::<Option<u64>>(),
            id in "\\PC{0,12}",
        ) {
            let expected = written(PayloadFormat::Plain, &reading(value, sequence), unix, &id);
            let expected: Value = serde_json::from_str(&expected).unwrap();
            for format in PayloadFormat::ALL {
                let text = written(format, &reading(value, sequence), unix, &id);
                let json: Value = serde_json::from_str(&text).unwrap();
                let (temperature, time) = match format {
                    PayloadFormat::HomeAssistant => (&json["temperature"], None),
                    PayloadFormat::Json => (&json["temperature"], json.get("time")),
                    PayloadFormat::Losant => (&json["data"]["temperature"], json.get("time")),
                    PayloadFormat::Plain => (&json, None),
                    PayloadFormat::SenMl => (&json[0]["v"], None),
                };
                prop_assert_eq!(temperature, &expected);
                if matches!(format, PayloadFormat::Json | PayloadFormat::Losant) {
                    prop_assert_eq!(time.and_then(Value::as_u64), unix);
                }
                prop_assert!(text.len() <= 256, "Losant's own client builds no more");
            }
        }
    }
}
