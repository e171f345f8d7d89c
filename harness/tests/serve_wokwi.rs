//! Goal: clients of Wokwi's simulation API run against nodelab unmodified.
//!
//! Method: the real program on a free port. A client of our own sends what wokwi-cli 0.26.1
//! sends, and what it never would; where it is installed, `wokwi-client` of Python does the same.

#[path = "support/serving.rs"]
mod serving;

#[path = "serve_wokwi/client.rs"]
mod client;

use std::time::Duration;

use serde_json::{Value, json};
use serving::{Serving, root, tool};
use tokio::time::{Instant, sleep};

use client::{Client, Refused};

/// Ideal, at 25 °C: codes and times are known.
const IDEAL: &str = "scenarios/first-reading.test.yaml";
const NODEMCU: &str = include_str!("../../boards/nodemcu/diagram.json");

#[tokio::test]
async fn wokwi_clis_steps_are_carried_out_in_virtual_time() {
    let (_server, mut client) = start(&["--scenario", IDEAL]).await;
    assert_eq!(client.hello["protocolVersion"], 1);
    client.upload("diagram.json", NODEMCU).await;
    let firmware = json!({ "name": "firmware.bin", "binary": "AAECAw==" });
    client.ask("file:upload", firmware).await;
    client.ask("serial-monitor:listen", json!(null)).await;
    // The timeout is there before the simulation, as wokwi-cli adds it.
    client
        .add_time("timeout", "time-absolute", 300_000_000_000)
        .await;
    let start = json!({ "firmware": "firmware.bin", "pause": true, "chips": [] });
    let started = client.ask("sim:start", start).await;
    assert_eq!(started, json!({ "warnings": [] }));
    let log = client.event("chips:log").await;
    assert!(
        log["payload"]["message"]
            .as_str()
            .unwrap()
            .contains("firmware.bin is not executed")
    );
    // A point and the resumption come in one go.
    let began = Instant::now();
    let paused = client.wait_serial("first", "Degrees Celsius 25.0").await;
    assert!(
        began.elapsed() >= Duration::from_millis(45),
        "the client was not given time"
    );
    assert_eq!(paused["payload"]["pausePoint"], "first");
    assert_eq!(paused["paused"], true);
    let first = paused["nanos"].as_u64().unwrap();
    assert!(
        client
            .printed()
            .ends_with("TMP36 reading 240\r\nDegrees Celsius 25.0")
    );
    let hot = json!({ "part": "tmp36", "control": "temperature", "value": 40 });
    client.ask("control:set", hot).await;
    // Exact to the nanosecond.
    client
        .add_time("delay", "time-relative", 100_000_000_001)
        .await;
    client.ask("sim:resume", json!({})).await;
    let paused = client.event("sim:pause").await;
    assert_eq!(paused["payload"]["pausePoint"], "delay");
    assert_eq!(paused["nanos"].as_u64(), Some(first + 100_000_000_001));
    assert!(client.printed().contains("Degrees Celsius 40.0"));
    // A reading is asked for, and what follows the match is printed after it.
    let typed: Vec<u8> = b"read\n".to_vec();
    client
        .ask("serial-monitor:write", json!({ "bytes": typed }))
        .await;
    client.wait_serial("typed", "TMP36 reading").await;
    client.wait_serial("rest", " 288").await;
    assert!(client.printed().ends_with(" 288"));
    let paused = client.wait_serial("never", "this is not printed").await;
    assert_eq!(paused["payload"]["pausePoint"], "timeout");
    assert_eq!(paused["nanos"].as_u64(), Some(300_000_000_000));
    let status = client.ask("sim:status", json!({})).await;
    assert_eq!(
        status,
        json!({ "running": false, "nanos": 300_000_000_000_u64 })
    );
    client
        .ask("pause-point:remove", json!({ "id": "never" }))
        .await;
    assert_eq!(
        client
            .refused("pause-point:remove", json!({ "id": "never" }))
            .await
            .code,
        404
    );
}

#[tokio::test]
async fn a_world_that_begins_anew_is_the_same() {
    let (_server, mut client) = start(&["--seed", "7"]).await;
    client.ask("sim:start", json!({ "pause": true })).await;
    client.ask("serial-monitor:listen", json!({})).await;
    let mut printed = Vec::new();
    for _ in 0..2 {
        let restart = json!({ "pause": true });
        client.ask("sim:restart", restart).await;
        client
            .ask("sim:resume", json!({ "pauseAfter": 600_000_000_000_u64 }))
            .await;
        let paused = client.event("sim:pause").await;
        assert_eq!(paused["payload"]["pausePoint"], Value::Null);
        assert_eq!(paused["nanos"].as_u64(), Some(600_000_000_000));
        printed.push(std::mem::take(&mut client.serial));
    }
    assert!(printed[0].len() > 500, "{}", printed[0].len());
    assert_eq!(printed[0], printed[1]);
    let wave = client.ask("sim:read-vcd", json!({})).await;
    assert_eq!(wave["channelCount"], 3);
    let moments = wave["vcd"].as_str().unwrap().matches("\n#").count();
    assert_eq!(wave["sampleCount"].as_u64(), u64::try_from(moments).ok());
}

#[tokio::test]
async fn without_a_pause_to_come_time_goes_as_it_does() {
    let (_server, mut client) = start(&[]).await;
    let began = Instant::now();
    client.ask("sim:start", json!({})).await;
    sleep(Duration::from_millis(400)).await;
    client.ask("sim:pause", json!({})).await;
    let real = began.elapsed();
    let paused = client.event("sim:pause").await;
    let virtual_ns = paused["nanos"].as_u64().unwrap();
    assert!(virtual_ns >= 100_000_000, "{virtual_ns} ns");
    assert!(
        u128::from(virtual_ns) <= real.as_nanos(),
        "{virtual_ns} ns in {real:?}"
    );
    // What was printed before anybody listened is not lost.
    client.ask("serial-monitor:listen", json!({})).await;
    client.event("serial-monitor:data").await;
    assert!(client.printed().starts_with("BOOT"));
}

#[tokio::test]
async fn pins_and_controls_answer_or_say_why_not() {
    let (_server, mut client) = start(&[]).await;
    for name in [
        "sim:resume",
        "sim:pause",
        "sim:restart",
        "gpio:list",
        "sim:read-vcd",
    ] {
        assert_eq!(client.refused(name, json!({})).await.code, 409, "{name}");
    }
    client.ask("sim:start", json!({ "pause": true })).await;
    let pin = client
        .ask("pin:read", json!({ "part": "mcu", "pin": "D3" }))
        .await;
    assert_eq!((&pin["value"], &pin["voltage"]), (&json!(1), &json!(3.3)));
    let pin = client
        .ask("pin:read", json!({ "part": "mcu", "pin": "D8" }))
        .await;
    assert_eq!((&pin["value"], &pin["voltage"]), (&json!(0), &json!(0.0)));
    client
        .ask(
            "pin:listen",
            json!({ "part": "mcu", "pin": "D5", "listen": true }),
        )
        .await;
    let pins = client.ask("gpio:list", json!({})).await;
    assert_eq!(pins["pins"][0], "mcu:D0");
    let control =
        |part, control, value: Value| json!({ "part": part, "control": control, "value": value });
    let refusals = [
        ("control:set", control("led1", "temperature", json!(3))),
        ("control:set", control("tmp36", "humidity", json!(3))),
        ("control:set", control("tmp36", "fault", json!(9))),
        ("control:set", control("tmp36", "temperature", json!("hot"))),
        ("control:set", control("tmp36", "temperature", json!(1e300))),
        ("pin:read", json!({ "part": "mcu", "pin": "D1" })),
        ("pin:listen", json!({ "part": "mcu", "pin": "Z9" })),
        ("framebuffer:read", json!({ "id": "lcd1" })),
        (
            "touch:event",
            json!({ "part": "lcd1", "x": 1, "y": 2, "event": "press" }),
        ),
        ("sim:start", json!({ "firmware": "absent.bin" })),
        ("file:download", json!({ "name": "absent" })),
        ("pause-point:add", json!({ "id": "a", "type": "never" })),
        ("sim:resume", json!({ "pauseAfter": "1s" })),
        ("sim:stop", json!({})),
    ];
    let mut told = Vec::new();
    for (name, params) in refusals {
        let Refused { code, message } = client.refused(name, params).await;
        told.push(format!("{code} {message}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn the_board_is_the_one_that_was_uploaded() {
    let (_server, mut client) = start(&[]).await;
    let esp32_c3 = include_str!("../../boards/esp32-c3/diagram.json");
    client.upload("diagram.json", esp32_c3).await;
    client.ask("sim:start", json!({ "pause": true })).await;
    let log = client.event("chips:log").await;
    assert!(
        log["payload"]["message"]
            .as_str()
            .unwrap()
            .ends_with("ESP32-C3-DevKitM-1")
    );
    let esp32 = r#"{"version": 1, "parts": [
        {"type": "board-esp32-devkit-c-v4", "id": "esp"}], "connections": []}"#;
    client.upload("diagram.json", esp32).await;
    let refusal = client.refused("sim:start", json!({})).await;
    assert!(
        refusal.message.contains("diagram.json:1:"),
        "{}",
        refusal.message
    );
    assert!(
        refusal.message.contains("board-nodemcu-esp8266"),
        "{}",
        refusal.message
    );
    // The world that was started before is still there.
    assert_eq!(client.ask("sim:status", json!({})).await["running"], false);
    let unwired = NODEMCU.replace("tmp36:VOUT", "tmp36:nothing");
    client.upload("diagram.json", &unwired).await;
    let started = client.ask("sim:start", json!({ "pause": true })).await;
    assert!(
        !started["warnings"].as_array().unwrap().is_empty(),
        "{started}"
    );
}

#[tokio::test]
async fn garbage_is_told_and_ends_nothing() {
    let (_server, mut client) = start(&[]).await;
    for text in [
        "",
        "{",
        "[1, 2]",
        "{\"type\": \"response\"}",
        "\u{0}\u{1b}[2J",
    ] {
        client.send_raw(text).await;
        let told = client.message().await;
        assert_eq!(told["type"], "error", "{told}");
        assert!(
            told["message"].as_str().unwrap().contains("expected"),
            "{told}"
        );
    }
    client.send_binary(&[0, 1, 2]).await;
    assert_eq!(client.message().await["type"], "error");
    client.ask("sim:start", json!({ "pause": true })).await;
}

#[tokio::test]
async fn a_message_that_is_too_large_ends_its_own_connection_only() {
    let (mut server, mut honest) = start(&[]).await;
    let mut large = Client::connect(server.address, None).await.unwrap();
    let upload = json!({ "name": "firmware.elf", "text": "x".repeat(26 << 20) });
    large.send_lossy("file:upload", upload).await;
    let told = large.last_message().await;
    assert!(told.is_none_or(|told| told["message"].as_str().unwrap().contains("at most")));
    assert_eq!(honest.ask("sim:status", json!({})).await["running"], false);
    while !server.inner.line().contains("#2 closed: ") {}
}

#[tokio::test]
async fn only_uploads_may_be_long() {
    let (_server, mut client) = start(&[]).await;
    let text = "x".repeat(1 << 20);
    client.upload("large", &text).await;
    let back = client
        .ask("file:download", json!({ "name": "large" }))
        .await;
    assert_eq!(back["text"].as_str().map(str::len), Some(text.len()));
    client
        .send_lossy("control:set", json!({ "part": "tmp36", "control": text }))
        .await;
    let told = client.message().await;
    assert_eq!(told["type"], "error");
    let why = told["message"].as_str().expect("a text");
    assert!(why.contains("expected 262144 at most"), "{why}");
}

#[tokio::test]
async fn a_client_that_asks_and_does_not_read_is_closed() {
    let (mut server, mut deaf) = start(&[]).await;
    deaf.upload("large", &"x".repeat(8 << 20)).await;
    // 64 MiB in answers, which no socket's buffer takes.
    for _ in 0..8 {
        let large = json!({ "name": "large" });
        deaf.send_lossy("file:download", large).await;
    }
    let began = Instant::now();
    while !server.inner.line().contains("#1 closed: ") {}
    let took = began.elapsed();
    assert!(took < Duration::from_mins(1), "{took:?}");
    drop(deaf);
}

#[tokio::test]
async fn a_page_in_a_browser_is_turned_away_unless_it_has_the_token() {
    let (server, _client) = start(&[]).await;
    for origin in ["http://example.com", "null", "http://127.0.0.1"] {
        let page = Client::connect_from(server.address, None, Some(origin)).await;
        assert_eq!(page.unwrap_err(), Some(403), "{origin}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_nobody_else_up() {
    let (server, mut deaf) = start(&[]).await;
    deaf.ask("serial-monitor:listen", json!({})).await;
    deaf.ask("sim:start", json!({ "pause": true })).await;
    let year = 365 * 86_400 * 1_000_000_000_u64;
    deaf.ask("sim:resume", json!({ "pauseAfter": year })).await;
    sleep(Duration::from_millis(300)).await;
    let mut other = Client::connect(server.address, None).await.unwrap();
    other.ask("sim:start", json!({ "pause": true })).await;
    other
        .ask("sim:resume", json!({ "pauseAfter": 60_000_000_000_u64 }))
        .await;
    other.event("sim:pause").await;
    drop(deaf);
}

#[tokio::test]
async fn places_are_bounded_and_given_back() {
    let (server, first) = start(&[]).await;
    let mut others = Vec::new();
    for _ in 0..7 {
        others.push(Client::connect(server.address, None).await.unwrap());
    }
    assert_eq!(
        Client::connect(server.address, None).await.unwrap_err(),
        Some(503)
    );
    drop(first);
    for attempt in 0.. {
        assert!(attempt < 100, "the place is not given back");
        sleep(Duration::from_millis(50)).await;
        if Client::connect(server.address, None).await.is_ok() {
            break;
        }
    }
}

#[tokio::test]
async fn a_token_is_asked_for_where_there_is_one() {
    let token = "0123456789abcdef";
    let file = std::env::temp_dir().join(format!("nodelab-token-{}", std::process::id()));
    std::fs::write(&file, token).expect("the folder is writable");
    let mut server = Serving::start(&[
        "--wokwi-api",
        "0",
        "--token-file",
        file.to_str().expect("it is UTF-8"),
    ]);
    let address = server.address("wokwi");
    for wrong in [None, Some("0123456789abcdeg"), Some("")] {
        assert_eq!(
            Client::connect(address, wrong).await.unwrap_err(),
            Some(401)
        );
    }
    let mut client = Client::connect(address, Some(token)).await.unwrap();
    client.ask("sim:status", json!({})).await;
    let page = Client::connect_from(address, Some(token), Some("http://example.com")).await;
    page.unwrap().ask("sim:status", json!({})).await;
    std::fs::remove_file(file).ok();
}

#[test]
#[ignore = "needs wokwi-client"]
fn wokwi_client_sees_the_sensor_become_warm() {
    let mut server = Serving::start(&["--wokwi-api", "0", "--scenario", IDEAL]);
    let address = server.address("wokwi");
    let told = python(&["harness/tests/serve_wokwi/warmer.py"], address);
    insta::assert_snapshot!(told.replace('\r', ""));
}

#[test]
#[ignore = "needs wokwi-client"]
fn wokwi_client_drives_scenarios() {
    for (scenario, diagram, steps) in [
        (IDEAL, "boards/nodemcu/diagram.json", 4),
        (
            "scenarios/sensor/breaks-and-heals.test.yaml",
            "boards/nodemcu/diagram.json",
            13,
        ),
        (
            "scenarios/tutorial/session.test.yaml",
            "boards/nodemcu/diagram.json",
            0,
        ),
        (
            "scenarios/esp32-c3/portable.test.yaml",
            "boards/esp32-c3/diagram.json",
            0,
        ),
    ] {
        let mut server = Serving::start(&["--wokwi-api", "0", "--scenario", scenario]);
        let address = server.address("wokwi");
        let drive = ["harness/tests/serve_wokwi/drive.py", scenario, diagram];
        let told = python(&drive, address);
        assert!(told.lines().count() >= steps.max(1), "{scenario}: {told}");
    }
}

#[test]
fn the_book_shows_the_program_that_is_run() {
    let page = include_str!("../../docs/src/serve-devices.md");
    let program = include_str!("serve_wokwi/warmer.py");
    assert!(page.contains(program.trim_end()), "{program}");
}

/// A server with a port of its own.
struct Wokwi {
    address: std::net::SocketAddr,
    inner: Serving,
}

async fn start(arguments: &[&str]) -> (Wokwi, Client) {
    let mut inner = Serving::start(&[&["--wokwi-api", "0"], arguments].concat());
    let address = inner.address("wokwi");
    let client = Client::connect(address, None).await.expect("anybody may");
    (Wokwi { address, inner }, client)
}

/// Runs a program of Python that finds the server; returns what it printed.
fn python(arguments: &[&str], address: std::net::SocketAddr) -> String {
    let output = tool("python")
        .args(arguments)
        .current_dir(root())
        .env("WOKWI_CLI_SERVER", format!("ws://{address}"))
        .output()
        .expect("Python starts");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    String::from_utf8(output.stdout).expect("it prints text")
}
