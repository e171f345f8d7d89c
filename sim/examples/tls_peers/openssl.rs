//! OpenSSL at one end, told to do what a cell says.
//!
//! Owns its command lines and the files that it reads. Does not know what it should have said.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use nodelab_sim::NodeId;
use nodelab_sim::stack::tls::{
    Authority, Credentials, EPOCH_S, KeyExchange, KeyKind, Mode, Side, Suite, TlsVersion,
};

use crate::cell::Cell;
use crate::child::{Listen, Program};
use crate::heard::{self, Heard};
use crate::ours::{Ours, Spoken};
use crate::pem;
use crate::trouble::Trouble;

/// The name that the server's certificate holds.
pub(crate) const NAME: &str = "broker.test";

/// The program.
#[derive(Debug)]
pub(crate) struct Openssl {
    folder: PathBuf,
    /// Its number as it says it.
    pub(crate) version: String,
}

/// A cell that was spoken; the last connection is the measured one.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) spoken: Vec<Spoken>,
    pub(crate) heard: Vec<Heard>,
}

impl Openssl {
    /// Finds the program.
    pub(crate) fn find(folder: &Path) -> Result<Self, Trouble> {
        let output = Command::new("openssl").arg("version").output();
        let output = output.map_err(|error| {
            Trouble::Invalid(format!(
                "openssl did not start: {error}; install it: apt-get install openssl"
            ))
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            version: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        })
    }

    /// Returns its major and minor number.
    pub(crate) fn release(&self) -> (u32, u32) {
        let number = self.version.split_whitespace().nth(1).unwrap_or_default();
        let mut parts = number.split('.').map(|part| part.parse().unwrap_or(0));
        (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        )
    }

    /// Returns the file that clients write their secrets to.
    pub(crate) fn key_log(&self) -> PathBuf {
        self.folder.join("keys.txt")
    }

    /// Lets OpenSSL be at the end `openssl`, and ours at the other.
    pub(crate) fn speak(&self, cell: &Cell, openssl: Side) -> Result<Run, Trouble> {
        let mut ours = Ours::new(cell);
        self.write_files(&ours.authority, cell)?;
        let run = match openssl {
            Side::Client => self.as_client(cell, &mut ours),
            Side::Server => self.as_server(cell, &mut ours),
        };
        run.map_err(|trouble| {
            let complaints = fs::read_to_string(self.folder.join("complaints.txt"));
            let complaints = complaints.unwrap_or_default();
            Trouble::Failed(format!("{trouble}\n{}", complaints.trim_end()))
        })
    }

    fn as_server(&self, cell: &Cell, ours: &mut Ours) -> Result<Run, Trouble> {
        let mut command = self.server_command(cell);
        command.args(["-msg", "-naccept", &cell.connections().to_string()]);
        let complaints = self.folder.join("complaints.txt");
        let mut server = Program::start(command, Listen::Output, &complaints)?;
        let port = server.wait_for(accepting)?;
        let mut spoken = Vec::new();
        for _ in 0..cell.connections() {
            spoken.push(ours.connect(port)?);
        }
        let heard = heard::connections(&server.finish()?, Side::Server);
        Ok(Run { spoken, heard })
    }

    fn as_client(&self, cell: &Cell, ours: &mut Ours) -> Result<Run, Trouble> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let complaints = self.folder.join("complaints.txt");
        let session = self.folder.join("session.pem");
        let (mut spoken, mut heard) = (Vec::new(), Vec::new());
        for number in 1..=cell.connections() {
            let mut command = self.client_command(cell, port);
            if number < cell.connections() {
                command.arg("-sess_out").arg(&session);
            } else if number > 1 {
                command.arg("-sess_in").arg(&session);
            }
            let client = Program::start(command, Listen::Output, &complaints)?;
            spoken.push(ours.serve(&listener)?);
            heard.extend(heard::connections(&client.finish()?, Side::Client));
        }
        Ok(Run { spoken, heard })
    }

    /// Returns the command of a server on a port that the system chooses.
    pub(crate) fn server_command(&self, cell: &Cell) -> Command {
        let mut command = self.command("s_server", cell);
        let groups = match (cell.version, cell.auth) {
            // OpenSSL takes no signature of a client's on a curve that it does not take itself.
            (TlsVersion::V1_2, KeyKind::P256) if cell.kx != KeyExchange::P256 => {
                format!("{}:P-256", group(cell.kx))
            }
            _ => group(cell.kx).to_owned(),
        };
        command.args(["-accept", "127.0.0.1:0", "-groups", &groups]);
        self.show(&mut command, "server");
        if cell.mutual {
            command.args(["-Verify", "4"]);
            // Names the root in its request. The chain is built from a store of its own, which
            // lacks the root: OpenSSL would send it along.
            command.arg("-CAfile").arg(self.file("root"));
            command.arg("-chainCAfile").arg(self.file("server"));
        }
        match cell.mode {
            Mode::Full | Mode::HelloRetry => {
                command.args(["-no_ticket", "-num_tickets", "0", "-no_cache"]);
            }
            Mode::SessionId => {
                command.arg("-no_ticket");
            }
            Mode::Ticket => {
                command.args(["-num_tickets", "1"]);
            }
        }
        command
    }

    fn client_command(&self, cell: &Cell, port: u16) -> Command {
        let mut command = self.command("s_client", cell);
        let groups = match (cell.version, cell.auth) {
            _ if cell.mode == Mode::HelloRetry => {
                let wrong = match cell.kx {
                    KeyExchange::X25519 => KeyExchange::P256,
                    KeyExchange::P256 | KeyExchange::X25519MlKem768 => KeyExchange::X25519,
                };
                format!("{}:{}", group(wrong), group(cell.kx))
            }
            // OpenSSL takes no certificate on a curve that it did not offer.
            (TlsVersion::V1_2, KeyKind::P384) => format!("{}:P-384", group(cell.kx)),
            (TlsVersion::V1_2, KeyKind::P256) if cell.kx != KeyExchange::P256 => {
                format!("{}:P-256", group(cell.kx))
            }
            _ => group(cell.kx).to_owned(),
        };
        command.args(["-msg", "-connect", &format!("127.0.0.1:{port}")]);
        command.args(["-groups", &groups, "-servername", NAME]);
        command.args(["-verify_hostname", NAME, "-verify", "4"]);
        command.arg("-keylogfile").arg(self.key_log());
        if cell.mutual {
            self.show(&mut command, "client");
            if (cell.version, cell.auth) == (TlsVersion::V1_2, KeyKind::P384) {
                // By itself it would sign over SHA-256, by the first scheme that the server
                // takes: in TLS 1.2 a scheme names no curve, but ours keeps to that of TLS 1.3.
                command.args(["-client_sigalgs", "ECDSA+SHA384"]);
            }
        }
        if matches!(cell.mode, Mode::Full | Mode::HelloRetry) {
            command.arg("-no_ticket");
        }
        command
    }

    /// Returns what both ends share: version, cipher and trust, with nothing of the machine's.
    fn command(&self, what: &str, cell: &Cell) -> Command {
        let mut command = Command::new("openssl");
        command
            .arg(what)
            .args(["-no-CAfile", "-no-CApath", "-no-CAstore"]);
        command.env_remove("SSLKEYLOGFILE");
        // In the store of roots to trust only: from the common one, a server would send it along.
        command.arg("-verifyCAfile").arg(self.file("root"));
        command.args(["-verify_return_error", "-attime", &EPOCH_S.to_string()]);
        match cell.version {
            TlsVersion::V1_2 => command.args(["-tls1_2", "-cipher", older_suite(cell)]),
            TlsVersion::V1_3 => command.args(["-tls1_3", "-ciphersuites", newer_suite(cell.suite)]),
        };
        command
    }

    fn show(&self, command: &mut Command, who: &str) {
        command.arg("-cert").arg(self.file(who));
        command.arg("-key").arg(self.file(&format!("{who}-key")));
        let chain = self.file(&format!("{who}-chain"));
        if chain.exists() {
            command.arg("-cert_chain").arg(chain);
        }
    }

    /// Returns the file of something in PEM.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.pem"))
    }

    /// Writes what OpenSSL shows and trusts in a cell.
    pub(crate) fn write_files(&self, authority: &Authority, cell: &Cell) -> Result<(), Trouble> {
        let root = pem::certificate(authority.root_der());
        fs::write(self.file("root"), root)?;
        self.write_credentials("server", &authority.server_credentials())?;
        if cell.mutual {
            self.write_credentials("client", &authority.client_credentials(NodeId(0)))?;
        }
        Ok(())
    }

    fn write_credentials(&self, who: &str, shown: &Credentials) -> Result<(), Trouble> {
        let (leaf, above) = shown.chain_der.split_first().expect("there is a leaf");
        fs::write(self.file(who), pem::certificate(leaf))?;
        fs::write(self.file(&format!("{who}-key")), pem::key(&shown.key_der))?;
        let chain = self.file(&format!("{who}-chain"));
        if above.is_empty() {
            fs::remove_file(chain).ok();
        } else {
            let above: String = above.iter().map(|der| pem::certificate(der)).collect();
            fs::write(chain, above)?;
        }
        Ok(())
    }
}

/// Reads `ACCEPT 127.0.0.1:42425`.
pub(crate) fn accepting(line: &str) -> Option<u16> {
    let address = line.strip_prefix("ACCEPT ")?;
    address.rsplit_once(':')?.1.trim().parse().ok()
}

const fn group(kx: KeyExchange) -> &'static str {
    match kx {
        KeyExchange::P256 => "P-256",
        KeyExchange::X25519 => "X25519",
        KeyExchange::X25519MlKem768 => "X25519MLKEM768",
    }
}

pub(crate) const fn newer_suite(suite: Suite) -> &'static str {
    match suite {
        Suite::Aes128Gcm => "TLS_AES_128_GCM_SHA256",
        Suite::Aes256Gcm => "TLS_AES_256_GCM_SHA384",
        Suite::ChaCha20Poly1305 => "TLS_CHACHA20_POLY1305_SHA256",
    }
}

pub(crate) const fn older_suite(cell: &Cell) -> &'static str {
    let rsa = matches!(cell.auth, KeyKind::Rsa2048 | KeyKind::Rsa4096);
    match (cell.suite, rsa) {
        (Suite::Aes128Gcm, false) => "ECDHE-ECDSA-AES128-GCM-SHA256",
        (Suite::Aes128Gcm, true) => "ECDHE-RSA-AES128-GCM-SHA256",
        (Suite::Aes256Gcm, false) => "ECDHE-ECDSA-AES256-GCM-SHA384",
        (Suite::Aes256Gcm, true) => "ECDHE-RSA-AES256-GCM-SHA384",
        (Suite::ChaCha20Poly1305, false) => "ECDHE-ECDSA-CHACHA20-POLY1305",
        (Suite::ChaCha20Poly1305, true) => "ECDHE-RSA-CHACHA20-POLY1305",
    }
}
