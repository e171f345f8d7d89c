//! A TCP proxy that takes as long, and loses as much, as the simulated Wi-Fi.
//!
//! ```text
//! client ── TCP ── Lane up   ── Air ── Lane down ── TCP ── upstream
//!           kernel           ╲  (one for all connections)
//!                             each segment: a frame, its repetitions, an acknowledgement
//! ```
//!
//! No byte is ever lost, as with TCP: a frame that the radio loses for good comes again after
//! TCP's waiting time, and what follows it waits.
//!
//! Owns connections. The air is the simulator's; what TCP makes of it is the lanes'.

mod air;
mod lane;
mod outage;
mod tally;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use nodelab_sim::SimSpan;
use nodelab_sim::radio::{Sender, WifiSpec};
use nodelab_sim::stack::tcp::TcpProfile;
use tokio::net::TcpStream;
use tokio::time::timeout;

use self::air::SharedAir;
use self::lane::{Lane, carry_syn};
pub use self::outage::Downtime;
use self::outage::Outages;
use self::tally::Tally;
use super::certificates::random_seed;
use super::door::{Admission, Door, Guest};
use super::error::ServeError;
use super::house::{House, Ready};

/// How long the upstream may take to answer.
const UPSTREAM_PATIENCE: Duration = Duration::from_secs(10);

/// What is asked of the link.
#[derive(Clone, Debug)]
pub struct LinkOptions {
    /// When nothing gets through, from the beginning of the program.
    pub down: Vec<Downtime>,
    /// How often all connections are reset, if they are.
    pub drop_every: Option<SimSpan>,
    /// Where clients connect.
    pub listen: SocketAddr,
    /// The name of the simulated network.
    pub preset: String,
    /// What luck follows from; `None` is the operating system's randomness.
    pub seed: Option<u64>,
    /// Whose TCP it is: how much is under way at a time.
    pub tcp: TcpProfile,
    /// Where the other end is.
    pub upstream: SocketAddr,
}

/// What all connections of a link share.
#[derive(Debug)]
struct Shared {
    air: SharedAir,
    house: House,
    outages: Outages,
    tally: Tally,
    tcp: TcpProfile,
    upstream: SocketAddr,
}

/// Opens the link's door.
pub(super) async fn open(options: LinkOptions, house: &House) -> Result<Ready, ServeError> {
    let wifi = WifiSpec::named(&options.preset).ok_or_else(|| {
        let known: Vec<&str> = WifiSpec::names().collect();
        ServeError::Setting(format!(
            "find the link \"{}\"; expected one of {}",
            options.preset,
            known.join(", ")
        ))
    })?;
    let seed = match options.seed {
        Some(seed) => seed,
        None => random_seed()?,
    };
    let door = Door::open("link", options.listen, Admission::ByAddress, 2, house).await?;
    let greeting = format!(
        "link  listens on {}, is \"{}\" towards {}, seed {seed}",
        door.address(),
        options.preset,
        options.upstream
    );
    let shared = Arc::new(Shared {
        air: SharedAir::new(&wifi, seed),
        house: house.clone(),
        outages: Outages::new(&options, seed),
        tally: Tally::default(),
        tcp: options.tcp,
        upstream: options.upstream,
    });
    Ok(Ready {
        greeting: vec![greeting],
        run: Box::pin(serve(door, shared)),
    })
}

async fn serve(mut door: Door, shared: Arc<Shared>) -> Vec<String> {
    while let Some(guest) = door.next().await {
        tokio::spawn(attend(guest, Arc::clone(&shared)));
    }
    door.emptied().await;
    shared.tally.lines(door.guests(), door.turned_away())
}

async fn attend(guest: Guest, shared: Arc<Shared>) {
    let number = guest.number;
    let journal = &shared.house.journal;
    journal.tell("link", format_args!("#{number} {} connected", guest.peer));
    let began = shared.house.clock.now();
    let (how, own) = connect(guest.stream, &shared).await;
    let took = shared.house.clock.now().since(began);
    journal.tell(
        "link",
        format_args!("#{number} {how} after {took}: {}", own.words()),
    );
    shared.tally.add(&own);
    drop(guest.seat);
}

/// Opens the way to the other end and carries bytes both ways; returns how it ended.
async fn connect(mut client: TcpStream, shared: &Shared) -> (String, Tally) {
    let tally = Tally::default();
    let way = async {
        carry_syn(Sender::Station, shared, &tally).await?;
        let upstream = timeout(UPSTREAM_PATIENCE, TcpStream::connect(shared.upstream)).await;
        let upstream = match upstream {
            Ok(Ok(upstream)) => upstream,
            Ok(Err(error)) => return Err(format!("{}: {error}", shared.upstream)),
            Err(_) => return Err(format!("{} does not answer", shared.upstream)),
        };
        carry_syn(Sender::AccessPoint, shared, &tally).await?;
        Ok(upstream)
    };
    let upstream = tokio::select! {
        upstream = way => upstream,
        () = shared.outages.reset(shared.house.clock) => Err("reset by --drop-every".to_owned()),
        () = shared.house.closing.wait() => Err("closed at the end".to_owned()),
    };
    let mut upstream = match upstream {
        Ok(upstream) => upstream,
        Err(why) => {
            client.set_zero_linger().ok();
            return (why, tally);
        }
    };
    upstream.set_nodelay(true).ok();
    let ended = exchange(&mut client, &mut upstream, shared, &tally).await;
    if ended.is_err() {
        // Both sides learn that it did not end well (socket(7), SO_LINGER).
        client.set_zero_linger().ok();
        upstream.set_zero_linger().ok();
    }
    let how = match ended {
        Ok(how) | Err(how) => how,
    };
    (how, tally)
}

/// Carries bytes both ways until both are closed.
async fn exchange(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    shared: &Shared,
    tally: &Tally,
) -> Result<String, String> {
    let (from_client, to_client) = client.split();
    let (from_upstream, to_upstream) = upstream.split();
    let up = Lane::new(from_client, to_upstream, Sender::Station, shared, tally);
    let down = Lane::new(from_upstream, to_client, Sender::AccessPoint, shared, tally);
    let over = async {
        match tokio::try_join!(up.run(), down.run()) {
            Ok(_) => Ok("closed".to_owned()),
            Err(why) => Err(why),
        }
    };
    tokio::select! {
        ended = over => ended,
        () = shared.outages.reset(shared.house.clock) => Err("reset by --drop-every".to_owned()),
        () = shared.house.closing.wait() => Err("closed at the end".to_owned()),
    }
}
