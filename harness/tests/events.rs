//! Goal: the stream of events is what its page says, and the same in every order of work.
//!
//! Method: the real program writes it; it is read back line by line.

mod support;

use std::fmt::Write as _;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fs, process, thread};

use nodelab::telemetry::{Events, Fact, Line, ReadError};
use support::{nodelab, root};

/// Where the page's tables begin.
const MARK: &str = "<!-- The rest is generated: `cargo xtask scenario-docs` writes it. -->\n";

#[test]
fn worlds_follow_each_other_whatever_the_number_of_threads() {
    let scenario = "scenarios/network/tls-1-3.test.yaml";
    let streams = ["1", "4"].map(|jobs| {
        let file = temporary(&format!("jobs-{jobs}.ndjson"));
        let path = file.to_str().unwrap();
        let until = ["--until", "60s", "--seeds", "4"];
        let run = nodelab(
            &[
                &["run", scenario, "--jobs", jobs, "--events", path],
                &until[..],
            ]
            .concat(),
        );
        assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
        let text = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        let parts = fs::read_dir(env::temp_dir()).unwrap();
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let left = parts.filter(|entry| {
            let found = entry.as_ref().unwrap().file_name();
            found.to_string_lossy().starts_with(&name)
        });
        assert_eq!(left.count(), 0, "parts are left");
        text
    });
    assert!(streams[0] == streams[1]);
    let lines: Vec<Line> = Events::new(streams[0].as_bytes())
        .map(Result::unwrap)
        .collect();
    let seeds = lines.iter().filter_map(|line| match line {
        Line::World(header) => Some(header.seed),
        Line::Ended(_) | Line::Event(_) => None,
    });
    assert_eq!(seeds.collect::<Vec<_>>(), [1, 2, 3, 4]);
    let written: String = lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{}", serde_json::to_string(line).unwrap()).unwrap();
        text
    });
    assert!(
        written == streams[0],
        "what was read is not what was written"
    );
}

#[test]
fn the_stream_tells_a_handshake_and_no_secret() {
    let file = temporary("handshake.ndjson");
    let path = file.to_str().unwrap();
    let scenario = "scenarios/network/tls-1-3.test.yaml";
    let run = nodelab(&[
        "run", scenario, "--seed", "1", "--until", "20s", "--record", path,
    ]);
    assert_eq!(run.code, Some(0), "{}{}", run.out, run.err);
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(!text.contains("CLIENT_RANDOM") && !text.contains("TRAFFIC_SECRET"));
    let facts = Events::new(text.as_bytes())
        .map(Result::unwrap)
        .filter_map(|line| match line {
            Line::Event(moment) => Some(moment.fact),
            Line::Ended(_) | Line::World(_) => None,
        });
    let messages: Vec<String> = facts
        .filter_map(|fact| {
            if let Fact::TlsMessage { message, .. } = fact {
                return Some(message.into_owned());
            }
            None
        })
        .collect();
    let handshake = [
        "ClientHello",
        "ServerHello",
        "EncryptedExtensions",
        "Certificate",
        "CertificateVerify",
        "Finished",
        "Finished",
    ];
    assert_eq!(
        messages.iter().take(7).collect::<Vec<_>>(),
        handshake.iter().collect::<Vec<_>>()
    );
}

#[test]
fn what_is_no_stream_is_named_with_its_line() {
    let read = |text: &str| Events::new(BufReader::new(text.as_bytes())).find_map(Result::err);
    let header = fs::read_to_string(root().join("harness/tests/data/events.ndjson")).unwrap();
    let header = header.lines().next().unwrap();
    let wrong = read(&format!("{header}\nhello\n"));
    assert!(
        matches!(wrong, Some(ReadError::Wrong { line: 2, .. })),
        "{wrong:?}"
    );
    let newer = header.replace("\"schema\":1", "\"schema\":2");
    let version = read(&newer);
    assert!(
        matches!(version, Some(ReadError::Version { line: 1, found: 2 })),
        "{version:?}"
    );
    let crowd = header.replace("\"nodes\":1", "\"nodes\":4000000000");
    assert!(matches!(
        read(&crowd),
        Some(ReadError::Wrong { line: 1, .. })
    ));
    let long = format!("{header}\n{}\n", "x".repeat(1 << 21));
    assert!(matches!(read(&long), Some(ReadError::TooLong { line: 2 })));
    assert!(read(header).is_none());
}

#[test]
fn what_a_newer_nodelab_tells_is_passed_over() {
    let text = "{\"line\":\"event\",\"at_ns\":5,\"node\":0,\"event\":\"teleported\",\"to\":3}\n\
                {\"line\":\"event\",\"at_ns\":6,\"node\":0,\"event\":\"booted\",\"why\":\"new\"}\n";
    let facts = Events::new(text.as_bytes()).map(|line| match line.unwrap() {
        Line::Event(moment) => moment.fact,
        Line::Ended(_) | Line::World(_) => panic!("only events were written"),
    });
    assert_eq!(facts.collect::<Vec<_>>(), [Fact::Unknown, Fact::Booted]);
}

/// A signal in the middle of much work leaves a report of what was done, and no parts of files.
#[test]
fn a_signal_ends_a_run_with_its_reports_written() {
    let (report, events) = (
        temporary("interrupted.json"),
        temporary("interrupted.ndjson"),
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_nodelab"))
        .args(["run", "scenarios/wifi/lossy.test.yaml", "--seeds", "100000"])
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .arg("--events")
        .arg(&events)
        .current_dir(root())
        .spawn()
        .unwrap();
    // The first world is done when the file has something.
    patiently(|| {
        fs::metadata(&events)
            .is_ok_and(|data| data.len() > 0)
            .then_some(())
    });
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    let status = patiently(|| child.try_wait().unwrap());
    assert_eq!(status.code(), Some(130));
    let text = fs::read_to_string(&report).unwrap();
    let found: serde_json::Value = serde_json::from_str(&text).unwrap();
    let count = |name: &str| found["summary"][name].as_u64().unwrap();
    let told = fs::read_to_string(&events).unwrap();
    let ended = told
        .lines()
        .filter(|line| line.contains("\"line\":\"ended\""));
    assert_eq!(ended.count() as u64, count("passed") + count("failed"));
    assert_eq!(
        count("passed") + count("failed") + count("unfinished"),
        100_000
    );
    assert!(count("passed") > 0, "{}", found["summary"]);
    for file in [report, events] {
        fs::remove_file(file).unwrap();
    }
}

/// Asks until there is an answer, a minute at most.
#[expect(
    clippy::disallowed_methods,
    reason = "another process runs in real time"
)]
fn patiently<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..1_200 {
        if let Some(answer) = ask() {
            return answer;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing happened within a minute")
}

/// The page's tables are the words of the source.
#[test]
fn the_page_of_the_stream_is_up_to_date() {
    let path = root().join("docs/src/events.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, _) = page.split_once(MARK).expect("the page has its mark");
    let wanted = format!("{head}{MARK}{}", tables());
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    assert!(
        fs::read_to_string(&path).unwrap() == wanted,
        "docs/src/events.md is out of date: run `cargo xtask scenario-docs`"
    );
}

/// Makes tables of the documentation of the lines' types.
fn tables() -> String {
    let mut out = String::new();
    let line = include_str!("../src/telemetry/line.rs");
    for (title, name) in [
        ("`world`", "Header"),
        ("`security` of a world", "Security"),
        ("an item of `drawn`", "Drawn"),
        ("an item of `faults`", "FaultLine"),
        ("`ended`", "Ended"),
        ("an item of `failures`", "FailureLine"),
    ] {
        let body = block(line, &format!("pub struct {name} {{"));
        write!(
            out,
            "\n## Fields of {title}\n\n| field | type | meaning |\n|---|---|---|\n"
        )
        .expect("a string takes any text");
        for (field, kind, about) in fields(body, 4) {
            writeln!(out, "| `{field}` | {kind} | {about} |").expect("a string takes any text");
        }
    }
    out.push_str("\n## Events\n\n| event | fields | meaning |\n|---|---|---|\n");
    let fact = block(include_str!("../src/telemetry/fact.rs"), "pub enum Fact {");
    for (variant, about, body) in variants(fact) {
        let listed: Vec<String> = fields(body, 8)
            .into_iter()
            .map(|(field, kind, about)| format!("`{field}` ({kind}): {about}"))
            .collect();
        writeln!(out, "| `{variant}` | {} | {about} |", listed.join("<br>"))
            .expect("a string takes any text");
    }
    out
}

/// Returns what stands between a line and the brace that closes it at the margin.
fn block<'a>(source: &'a str, opening: &str) -> &'a str {
    let start = source.find(opening).expect("the type is there") + opening.len();
    &source[start..start + source[start..].find("\n}").expect("the type ends")]
}

/// Returns each variant in kebab case, what it means, and its fields.
fn variants(body: &str) -> Vec<(String, String, &str)> {
    let mut found = Vec::new();
    let mut about = String::new();
    let mut rest = body;
    while let Some(end) = rest.find('\n') {
        let line = rest[..end].trim();
        let after = &rest[end + 1..];
        rest = after;
        if let Some(text) = line.strip_prefix("///") {
            about.push_str(text);
        } else if line.starts_with('}') {
            // The end of a variant whose fields were taken.
        } else if let Some(name) = line.strip_suffix(" {") {
            let end = after.find("\n    }").expect("the variant ends");
            found.push((
                kebab(name),
                std::mem::take(&mut about).trim().to_owned(),
                &after[..end],
            ));
            rest = &after[end + 1..];
        } else if let Some(name) = line.strip_suffix(',') {
            found.push((
                kebab(name),
                std::mem::take(&mut about).trim().to_owned(),
                "",
            ));
        }
        if !rest.contains('\n') && rest.trim().is_empty() {
            break;
        }
    }
    found
}

/// Returns name, type and meaning of each field that stands this far from the margin.
fn fields(body: &str, margin: usize) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut about = String::new();
    let mut renamed = None;
    for line in body.lines() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if indent != margin || line.is_empty() {
            continue;
        }
        if let Some(text) = line.strip_prefix("///") {
            about.push_str(text);
        } else if line.starts_with("#[serde(rename = \"") {
            renamed = line.split('"').nth(1).map(str::to_owned);
        } else if let Some((name, kind)) = line.trim_end_matches(',').split_once(": ") {
            let name = renamed
                .take()
                .unwrap_or(name.trim_start_matches("pub ").to_owned());
            let about = plain(std::mem::take(&mut about).trim());
            found.push((name, json_type(kind), about));
        }
    }
    found
}

/// Returns what a type of Rust is in JSON.
fn json_type(kind: &str) -> String {
    let (kind, nullable) = match kind.strip_prefix("Option<") {
        Some(inner) => (inner.trim_end_matches('>'), " or null"),
        None => (kind, ""),
    };
    let word = match kind {
        "bool" => "boolean",
        "String" | "Verdict" | "Word" => "string",
        "Security" => "object",
        kind if kind.starts_with("Vec") => "array",
        _ => "integer",
    };
    format!("{word}{nullable}")
}

/// Returns a documentation text without its links.
fn plain(text: &str) -> String {
    text.replace("[`", "`")
        .replace("`]", "`")
        .replace('|', "\\|")
}

fn kebab(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn temporary(name: &str) -> PathBuf {
    Path::new(&env::temp_dir()).join(format!("nodelab-events-{}-{name}", process::id()))
}
