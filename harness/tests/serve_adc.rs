//! Goal: programs that are not ours read the simulated converter over a line protocol.
//!
//! Method: the real program on a free port, asked by sockets and, where it is installed, by the
//! tutorial's own script in MicroPython.

#[path = "support/serving.rs"]
mod serving;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serving::{Serving, root, tool};

/// No answer takes longer, on the slowest of machines.
const PATIENCE: Duration = Duration::from_secs(20);
const IDEAL: &str = "scenarios/first-reading.test.yaml";

/// A client of the line protocol.
struct Client(BufReader<TcpStream>);

impl Client {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the door is open");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("it is not zero");
        Self(BufReader::new(stream))
    }

    fn ask(&mut self, line: &str) -> String {
        let stream = self.0.get_mut();
        stream
            .write_all(format!("{line}\n").as_bytes())
            .expect("it reads");
        let mut answer = String::new();
        self.0.read_line(&mut answer).expect("it answers in time");
        answer.trim_end().to_owned()
    }
}

#[test]
fn clients_share_one_board_that_a_scenario_describes() {
    let mut server = Serving::start(&["--adc", "0", "--scenario", IDEAL]);
    let address = server.address("adc");
    let (mut one, mut other) = (Client::new(address), Client::new(address));
    assert_eq!(one.ask("read"), "240");
    assert_eq!(other.ask("read A0"), "240");
    assert_eq!(
        one.ask("board"),
        "NodeMCU (ESP8266), sensor tmp36 at A0, seed 1"
    );
    assert_eq!(one.ask("fault short"), "ok");
    assert_eq!(other.ask("read"), "0");
    assert_eq!(other.ask("fault none"), "ok");
    assert_eq!(one.ask("temperature 31.5"), "ok");
    assert_eq!(other.ask("temperature"), "31.500");
    let told: String = (0..6).map(|_| server.line()).collect();
    for said in [
        "adc   #1 127.0.0.1:",
        " connected\n",
        "adc   #1 fault short",
        "adc   #2 fault none",
        "adc   #1 temperature 31.5",
    ] {
        assert!(told.contains(said), "{told}");
    }
}

#[test]
fn the_same_seed_is_the_same_board_and_another_is_another() {
    let codes = |seed: &str| {
        let mut server = Serving::start(&["--adc", "0", "--seed", seed]);
        let mut client = Client::new(server.address("adc"));
        // Long before warmth could arrive: at 22 °C the spread of parts is all that differs.
        (0..20).map(|_| client.ask("read")).collect::<Vec<_>>()
    };
    let (first, again, other) = (codes("1"), codes("1"), codes("5"));
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[test]
fn garbage_floods_and_half_lines_hurt_nobody_else() {
    let mut server = Serving::start(&["--adc", "0", "--scenario", IDEAL]);
    let address = server.address("adc");
    let mut honest = Client::new(address);
    let idle: Vec<Client> = (0..200).map(|_| Client::new(address)).collect();
    let mut flood = Client::new(address);
    let stream = flood.0.get_mut();
    // It is cut off somewhere in these, so that a later write may fail.
    (0..64).all(|_| stream.write_all(&[b'x'; 4_096]).is_ok());
    let mut told = Vec::new();
    flood.0.read_to_end(&mut told).ok();
    let mut half = Client::new(address);
    half.0.get_mut().write_all(b"re").expect("it reads");
    drop(half);
    let mut strange = Client::new(address);
    assert!(strange.ask("\u{0}\u{1b}[2J").starts_with("error: "));
    assert_eq!(strange.ask("read"), "240");
    assert_eq!(honest.ask("read"), "240");
    drop(idle);
}

#[test]
fn a_browser_that_knocks_is_closed_before_its_page_is_heard() {
    let mut server = Serving::start(&["--adc", "0", "--scenario", IDEAL]);
    let address = server.address("adc");
    let mut browser = Client::new(address);
    // What a page can send elsewhere without being asked: eight header lines and more, then its
    // own.
    let sent = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\
                Content-Length: 14\r\nUser-Agent: Mozilla/5.0\r\nContent-Type: text/plain\r\n\
                Accept: */*\r\nOrigin: http://example.com\r\n\r\ntemperature 99\n";
    let stream = browser.0.get_mut();
    stream.write_all(sent.as_bytes()).expect("it reads");
    let mut told = Vec::new();
    // Closed with something unread, which may reset.
    browser.0.read_to_end(&mut told).ok();
    while !server
        .line()
        .contains("#1 closed: 8 lines in a row were wrong")
    {}
    let mut honest = Client::new(address);
    assert_eq!(honest.ask("read"), "240");
    // One right line in between, and a typing person stays.
    for _ in 0..3 {
        for _ in 0..7 {
            assert!(honest.ask("raed").starts_with("error: "));
        }
        assert_eq!(honest.ask("read"), "240");
    }
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "another process runs in real time"
)]
fn a_server_whose_lines_nobody_reads_still_ends() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_nodelab"))
        .args(["serve", "--adc", "0", "--for", "2min"])
        .current_dir(root())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    out.read_line(&mut line).expect("it greets");
    let address = line
        .split_once(" listens on ")
        .and_then(|(_, rest)| rest.split(": ").next())
        .expect("a greeting has an address");
    let mut client = Client::new(address.parse().expect("an address"));
    // Each change is a line, and a pipe takes 64 KiB of them (pipe(7)).
    for _ in 0..4_000 {
        assert_eq!(client.ask("temperature 20"), "ok");
    }
    let id = child.id().to_string();
    let killed = std::process::Command::new("kill").arg(&id).status();
    assert!(killed.expect("kill(1) is there").success());
    let ended = (0..300).find_map(|_| {
        std::thread::sleep(Duration::from_millis(100));
        child.try_wait().expect("it was started")
    });
    child.kill().ok();
    assert_eq!(ended.map(|status| status.code()), Some(Some(0)));
    drop(out);
}

#[test]
fn a_scenario_that_is_wrong_opens_no_door() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_nodelab"))
        .args([
            "serve",
            "--adc",
            "0",
            "--scenario",
            "boards/nodemcu/diagram.json",
        ])
        .current_dir(root())
        .output()
        .expect("the program starts");
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.starts_with("error: failed to read the scenario"),
        "{told}"
    );
}

#[test]
#[ignore = "needs MicroPython"]
fn the_tutorials_script_reads_the_simulated_sensor_in_micropython() {
    let mut server = Serving::start(&["--adc", "0", "--scenario", IDEAL]);
    let address = server.address("adc");
    let code = Client::new(address).ask("read");
    let output = tool("micropython")
        .arg("boards/micropython/tutorial.py")
        .env("NODELAB_ADC", address.to_string())
        .output()
        .expect("MicroPython starts");
    let told = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let errors = String::from_utf8_lossy(&output.stderr);
    // Ten units to a degree, which is the tutorial's mistake and not the simulator's.
    let expected = format!("TMP36 reading {code}\nDegrees Celsius 24.0\nDegrees Fahrenheit 75.2\n");
    assert_eq!((code.as_str(), told), ("240", expected), "{errors}");
}

#[test]
fn the_shim_is_short_and_the_script_knows_nothing_of_it() {
    let read = |name: &str| {
        let path = root().join("boards/micropython").join(name);
        std::fs::read_to_string(path).expect("it is shipped")
    };
    let shim = read("machine.py");
    let code = shim.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with("\"\"\"")
    });
    assert!(code.count() <= 20);
    let script = read("tutorial.py");
    assert!(script.starts_with("from machine import ADC\n\nadc = ADC(0)\n"));
    assert!(!script.contains("nodelab") && !script.contains("socket"));
}
