//! The node's half of DHCP, with the states and waits of lwIP.
//!
//! Owns when to ask and what to believe (`pfalcon/esp-open-lwip`, `lwip/core/dhcp.c`, whose
//! function names stand at the states). Sends nothing by itself: it says what is to be done.
//!
//! ```text
//!            OFFER               ACK              (two silent probes)
//! Selecting ──────► Requesting ─────► Checking ──────────────────────► Bound
//!   ▲  ▲               │ NAK, 6 tries    │ somebody has it               │ ▲ ACK
//!   │  └───────────────┘                 ▼                            T1 ▼ │
//!   └──────────────── 10 s ───────── BackingOff          Rebinding ◄─ Renewing
//!   ▲                                                     │  NAK, 9 tries │ NAK
//!   └─────────────────────────────────────────────────────┴───────────────┘
//! ```

use core::net::Ipv4Addr;

use smallvec::SmallVec;
use smoltcp::wire::{DhcpMessageType, DhcpPacket, DhcpRepr, Ipv4Cidr};

use crate::radio::MacAddress;
use crate::rng::Rng;
use crate::stack::address::AddressDrop;
use crate::stack::address::dhcp::{self, ClientMessage, Saying};
use crate::stack::address::ticks::Ticks;
use crate::time::{SimSpan, SimTime};

/// Tick of waits for an answer (`DHCP_FINE_TIMER_MSECS`).
const FINE: SimSpan = SimSpan::from_millis(500);
/// Fine ticks in a second.
const FINE_PER_SECOND: u32 = 2;
/// Tick of leases (`DHCP_COARSE_TIMER_SECS`).
const COARSE_SECONDS: u32 = 60;
const COARSE: SimSpan = SimSpan::from_secs(COARSE_SECONDS as u64);
/// The longest wait after a DISCOVER or REQUEST, in seconds, from the sixth on.
const BACK_OFF_MAX_SECONDS: u32 = 60;
/// REQUESTs without an answer before the offer is forgotten (`dhcp_timeout`).
const REQUESTS_MAX: u8 = 6;
/// Silent probes before an address counts as free (`dhcp_timeout`).
const PROBES: u8 = 2;
/// Wait after a DECLINE, in seconds (`dhcp_decline`).
const DECLINED_SECONDS: u32 = 10;
/// REQUESTs to all servers before the lease is given up (`dhcp_timeout`).
const REBINDS_MAX: u8 = 9;
/// Lease times of this and above never end.
const FOREVER: u32 = u32::MAX;

/// What a node has been given.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lease {
    /// Its address.
    pub address: Ipv4Addr,
    /// Length of the local network's prefix, 0 to 32.
    pub prefix: u8,
    /// Where packets for other networks go.
    pub gateway: Ipv4Addr,
    /// The resolver; unspecified if none was named.
    pub dns: Ipv4Addr,
    /// The DHCP server; unspecified if the address is fixed.
    pub server: Ipv4Addr,
}

/// What is to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum DhcpAction {
    /// The node has this lease from now on.
    Bind(Lease),
    /// Send this message to everyone.
    Broadcast(Vec<u8>),
    /// The node has no address any more.
    Lose,
    /// Ask by ARP who has this address.
    Probe(Ipv4Addr),
    /// The lease goes on.
    Renew(Lease),
    /// Send this message to this server.
    Unicast(Ipv4Addr, Vec<u8>),
}

/// What is to be done, in order.
pub(super) type DhcpActions = SmallVec<[DhcpAction; 2]>;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    BackingOff,
    Bound,
    Checking,
    Off,
    Rebinding,
    Renewing,
    Requesting,
    Selecting,
}

/// The node's half of DHCP.
#[derive(Clone, Debug)]
pub(super) struct DhcpClient {
    state: State,
    /// Whether an address is probed before it is used (`DHCP_DOES_ARP_CHECK`).
    checks: bool,
    /// Messages sent, or probes made, since the state was entered.
    tries: u8,
    xid: u32,
    ticks: Ticks,
    /// What was offered, or what the node has.
    lease: Lease,
    /// Seconds from the acknowledgement to T1 and T2.
    renew_seconds: u32,
    rebind_seconds: u32,
    /// When the answer is overdue, in states that wait for one.
    overdue: SimTime,
    renew_at: SimTime,
    rebind_at: SimTime,
}

impl Lease {
    /// No address at all.
    pub(super) const NONE: Self = Self {
        address: Ipv4Addr::UNSPECIFIED,
        prefix: 0,
        gateway: Ipv4Addr::UNSPECIFIED,
        dns: Ipv4Addr::UNSPECIFIED,
        server: Ipv4Addr::UNSPECIFIED,
    };

    /// Returns who must be asked to reach an address: its host, or the gateway.
    #[must_use]
    pub fn next_hop(&self, address: Ipv4Addr) -> Ipv4Addr {
        let local = Ipv4Cidr::new(self.address, self.prefix);
        if local.contains_addr(&address) {
            address
        } else {
            self.gateway
        }
    }
}

impl DhcpClient {
    pub(super) const fn new(ticks: Ticks) -> Self {
        Self {
            state: State::Off,
            checks: false,
            tries: 0,
            xid: 0,
            ticks,
            lease: Lease::NONE,
            renew_seconds: 0,
            rebind_seconds: 0,
            overdue: SimTime::MAX,
            renew_at: SimTime::MAX,
            rebind_at: SimTime::MAX,
        }
    }

    /// Begins to look for an address.
    pub(super) fn start(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        rng: &mut Rng,
        checks: bool,
    ) -> DhcpActions {
        *self = Self {
            checks,
            ..Self::new(self.ticks)
        };
        [self.discover(at, mac, rng)].into_iter().collect()
    }

    /// Forgets everything.
    pub(super) const fn stop(&mut self) {
        *self = Self::new(self.ticks);
    }

    /// Returns when [`handle_timeout`](Self::handle_timeout) is due.
    pub(super) fn poll_timeout(&self) -> SimTime {
        self.overdue.min(self.renew_at).min(self.rebind_at)
    }

    /// Does what is due; one state is left at most.
    pub(super) fn handle_timeout(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        rng: &mut Rng,
    ) -> DhcpActions {
        let mut actions = DhcpActions::new();
        if at >= self.rebind_at {
            (self.rebind_at, self.renew_at) = (SimTime::MAX, SimTime::MAX);
            self.enter(State::Rebinding);
            actions.push(self.extend(at, mac, rng));
        } else if at >= self.renew_at {
            self.renew_at = SimTime::MAX;
            self.enter(State::Renewing);
            actions.push(self.extend(at, mac, rng));
        } else if at >= self.overdue {
            self.overdue = SimTime::MAX;
            match self.state {
                State::BackingOff | State::Selecting => actions.push(self.discover(at, mac, rng)),
                State::Bound | State::Off => {}
                State::Checking if self.tries < PROBES => actions.push(self.probe(at)),
                State::Checking => actions.push(self.bind(at)),
                State::Rebinding if self.tries >= REBINDS_MAX => {
                    actions.push(DhcpAction::Lose);
                    actions.push(self.discover(at, mac, rng));
                }
                State::Rebinding | State::Renewing => actions.push(self.extend(at, mac, rng)),
                State::Requesting if self.tries >= REQUESTS_MAX => {
                    actions.push(self.discover(at, mac, rng));
                }
                State::Requesting => actions.push(self.request(at, mac)),
            }
        }
        actions
    }

    /// Takes a message of a server.
    pub(super) fn receive(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        rng: &mut Rng,
        payload: &[u8],
    ) -> Result<DhcpActions, AddressDrop> {
        let packet = DhcpPacket::new_checked(payload).map_err(|_| AddressDrop::Malformed)?;
        let message = dhcp::read(&packet)?;
        if message.client_hardware_address.0 != mac.0 || message.transaction_id != self.xid {
            return Err(AddressDrop::Foreign);
        }
        match message.message_type {
            DhcpMessageType::Offer => self.take_offer(at, mac, &message),
            DhcpMessageType::Ack => self.take_ack(at, &message),
            DhcpMessageType::Nak => self.take_nak(at, mac, rng),
            DhcpMessageType::Decline
            | DhcpMessageType::Discover
            | DhcpMessageType::Inform
            | DhcpMessageType::Release
            | DhcpMessageType::Request
            | DhcpMessageType::Unknown(_) => Err(AddressDrop::Unwanted),
        }
    }

    /// Takes an ARP packet's word that somebody has an address (`dhcp_arp_reply`).
    pub(super) fn hear_owner(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        rng: &mut Rng,
        owned: Ipv4Addr,
    ) -> Option<DhcpAction> {
        if self.state != State::Checking || owned != self.lease.address {
            return None;
        }
        self.enter(State::BackingOff);
        let xid = self.draw_xid(rng);
        self.wait(at, DECLINED_SECONDS * FINE_PER_SECOND);
        let saying = Saying::Decline { offered: owned };
        Some(broadcast(mac, xid, saying))
    }

    /// `dhcp_handle_offer`.
    fn take_offer(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        message: &DhcpRepr<'_>,
    ) -> Result<DhcpActions, AddressDrop> {
        if self.state != State::Selecting {
            return Err(AddressDrop::Stale);
        }
        let server = message.server_identifier.ok_or(AddressDrop::Malformed)?;
        if !is_host(message.your_ip) || !is_host(server) {
            return Err(AddressDrop::Malformed);
        }
        (self.lease.address, self.lease.server) = (message.your_ip, server);
        self.enter(State::Requesting);
        Ok([self.request(at, mac)].into_iter().collect())
    }

    /// `dhcp_handle_ack`.
    fn take_ack(
        &mut self,
        at: SimTime,
        message: &DhcpRepr<'_>,
    ) -> Result<DhcpActions, AddressDrop> {
        let had = self.lease;
        let is_extension = match self.state {
            State::Rebinding | State::Renewing => true,
            State::Requesting => false,
            State::BackingOff | State::Bound | State::Checking | State::Off | State::Selecting => {
                return Err(AddressDrop::Stale);
            }
        };
        if !is_host(message.your_ip) {
            return Err(AddressDrop::Malformed);
        }
        self.lease = lease_of(message, had.server);
        let seconds = message.lease_duration.unwrap_or(FOREVER);
        self.renew_seconds = message.renew_duration.unwrap_or_else(|| half(seconds));
        self.rebind_seconds = message.rebind_duration.unwrap_or(seconds);
        let mut actions = DhcpActions::new();
        if is_extension {
            let moved = self.lease.address != had.address;
            let bound = self.bind(at);
            if moved {
                actions.extend([DhcpAction::Lose, bound]);
            } else {
                actions.push(DhcpAction::Renew(self.lease));
            }
        } else if self.checks {
            self.enter(State::Checking);
            actions.push(self.probe(at));
        } else {
            actions.push(self.bind(at));
        }
        Ok(actions)
    }

    /// `dhcp_handle_nak`: everything begins again, at once.
    fn take_nak(
        &mut self,
        at: SimTime,
        mac: MacAddress,
        rng: &mut Rng,
    ) -> Result<DhcpActions, AddressDrop> {
        let mut actions = DhcpActions::new();
        match self.state {
            State::Rebinding | State::Renewing => actions.push(DhcpAction::Lose),
            State::Requesting => {}
            State::BackingOff | State::Bound | State::Checking | State::Off | State::Selecting => {
                return Err(AddressDrop::Stale);
            }
        }
        self.enter(State::BackingOff);
        actions.push(self.discover(at, mac, rng));
        Ok(actions)
    }

    /// `dhcp_discover`.
    fn discover(&mut self, at: SimTime, mac: MacAddress, rng: &mut Rng) -> DhcpAction {
        self.lease = Lease::NONE;
        (self.renew_at, self.rebind_at) = (SimTime::MAX, SimTime::MAX);
        self.enter(State::Selecting);
        let xid = self.draw_xid(rng);
        self.back_off(at);
        broadcast(mac, xid, Saying::Discover)
    }

    /// `dhcp_select`; the REQUEST keeps the transaction of its OFFER (RFC 2131 §4.4.1).
    fn request(&mut self, at: SimTime, mac: MacAddress) -> DhcpAction {
        let (offered, server) = (self.lease.address, self.lease.server);
        self.back_off(at);
        broadcast(mac, self.xid, Saying::Request { offered, server })
    }

    /// `dhcp_check`.
    fn probe(&mut self, at: SimTime) -> DhcpAction {
        self.tries += 1;
        self.wait(at, 1);
        DhcpAction::Probe(self.lease.address)
    }

    /// `dhcp_renew` and `dhcp_rebind`.
    fn extend(&mut self, at: SimTime, mac: MacAddress, rng: &mut Rng) -> DhcpAction {
        let xid = self.draw_xid(rng);
        self.tries = self.tries.saturating_add(1);
        let address = self.lease.address;
        let saying = Saying::Extend { address };
        let tries = u32::from(self.tries.min(10));
        if self.state == State::Rebinding {
            self.wait(at, tries * FINE_PER_SECOND);
            return broadcast(mac, xid, saying);
        }
        self.wait(at, 2 * tries * FINE_PER_SECOND);
        DhcpAction::Unicast(self.lease.server, message(mac, xid, saying))
    }

    /// `dhcp_bind`.
    fn bind(&mut self, at: SimTime) -> DhcpAction {
        self.enter(State::Bound);
        let coarse = |seconds: u32| {
            let ticks =
                (seconds.saturating_add(COARSE_SECONDS / 2) / COARSE_SECONDS).clamp(1, 0xFFFF);
            if seconds == FOREVER {
                SimTime::MAX
            } else {
                self.ticks.nth(at, COARSE, ticks)
            }
        };
        let (renew_at, rebind_at) = (coarse(self.renew_seconds), coarse(self.rebind_seconds));
        self.rebind_at = rebind_at;
        // A lease of a minute and less is not renewed, only rebound.
        self.renew_at = if renew_at >= rebind_at {
            SimTime::MAX
        } else {
            renew_at
        };
        DhcpAction::Bind(self.lease)
    }

    /// `dhcp_set_state`.
    fn enter(&mut self, state: State) {
        if self.state != state {
            (self.state, self.tries, self.overdue) = (state, 0, SimTime::MAX);
        }
    }

    /// Draws a new transaction for a first message; repetitions keep it (`dhcp_create_msg`).
    fn draw_xid(&mut self, rng: &mut Rng) -> u32 {
        if self.tries == 0 {
            self.xid = (rng.bits() >> 32) as u32;
        }
        self.xid
    }

    fn back_off(&mut self, at: SimTime) {
        self.tries = self.tries.saturating_add(1);
        let seconds = if self.tries < 6 {
            1 << self.tries
        } else {
            BACK_OFF_MAX_SECONDS
        };
        self.wait(at, seconds * FINE_PER_SECOND);
    }

    fn wait(&mut self, at: SimTime, fine_ticks: u32) {
        self.overdue = self.ticks.nth(at, FINE, fine_ticks);
    }
}

fn message(mac: MacAddress, xid: u32, saying: Saying) -> Vec<u8> {
    ClientMessage { mac, xid, saying }.write()
}

fn broadcast(mac: MacAddress, xid: u32, saying: Saying) -> DhcpAction {
    DhcpAction::Broadcast(message(mac, xid, saying))
}

/// Returns what an ACK gives, completed as lwIP does where it is silent (`dhcp_bind`).
fn lease_of(message: &DhcpRepr<'_>, server: Ipv4Addr) -> Lease {
    let address = message.your_ip;
    let prefix = message
        .subnet_mask
        .and_then(|mask| Ipv4Cidr::from_netmask(address, mask).ok())
        .map_or_else(|| classful(address), |cidr| cidr.prefix_len());
    let router = message.router.filter(|router| is_host(*router));
    let gateway = router.unwrap_or_else(|| {
        let network = Ipv4Cidr::new(address, prefix).network().address();
        Ipv4Addr::from_bits(network.to_bits() | 1)
    });
    let dns = message.dns_servers.as_ref();
    let dns = dns.and_then(|servers| servers.first()).copied();
    Lease {
        address,
        prefix,
        gateway,
        dns: dns
            .filter(|dns| is_host(*dns))
            .unwrap_or(Ipv4Addr::UNSPECIFIED),
        server: message.server_identifier.unwrap_or(server),
    }
}

const fn classful(address: Ipv4Addr) -> u8 {
    match address.octets()[0] {
        0..=127 => 8,
        128..=191 => 16,
        192..=255 => 24,
    }
}

/// Returns half of a lease; half of for ever is for ever.
const fn half(seconds: u32) -> u32 {
    if seconds == FOREVER {
        FOREVER
    } else {
        seconds / 2
    }
}

/// Returns whether one host can have this address.
const fn is_host(address: Ipv4Addr) -> bool {
    !address.is_unspecified()
        && !address.is_multicast()
        && !address.is_broadcast()
        && !address.is_loopback()
}
