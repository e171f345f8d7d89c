//! The bodies of management frames, as bytes.
//!
//! Owns the layout of IEEE 802.11-2020 §9.3.3 as far as joining takes it, for one network with
//! WPA2-PSK and CCMP. HT elements are left out. Does not know who sends a frame, or when.

use smallvec::SmallVec;

use super::frame::Payload;
use super::reason::ReasonCode;

/// Name of the network, the same in every world.
pub(super) const NETWORK_NAME: &[u8] = b"nodelab";
/// The RSN element: version 1, CCMP for the group, CCMP for pairs, PSK (§9.4.2.24).
pub(super) const RSN: [u8; 22] = [
    0x30, 20, 1, 0, 0x00, 0x0F, 0xAC, 4, 1, 0, 0x00, 0x0F, 0xAC, 4, 1, 0, 0x00, 0x0F, 0xAC, 2, 0, 0,
];
/// Capabilities: ESS, privacy, short preamble, short slot (§9.4.1.4).
const CAPABILITIES: u16 = 0x0431;
/// Rates in units of 500 kb/s, the four of 802.11b marked basic (§9.4.2.3).
const RATES: [u8; 8] = [0x82, 0x84, 0x8B, 0x96, 0x0C, 0x12, 0x18, 0x24];
/// The rates that the element above has no room for (§9.4.2.13).
const RATES_MORE: [u8; 4] = [0x30, 0x48, 0x60, 0x6C];
/// Elements in one body at most.
const ELEMENTS_MAX: usize = 64;

/// Subtypes (table 9-1).
mod subtype {
    pub(super) const ASSOCIATION_REQUEST: u8 = 0;
    pub(super) const ASSOCIATION_RESPONSE: u8 = 1;
    pub(super) const PROBE_REQUEST: u8 = 4;
    pub(super) const PROBE_RESPONSE: u8 = 5;
    pub(super) const BEACON: u8 = 8;
    pub(super) const DISASSOCIATION: u8 = 10;
    pub(super) const AUTHENTICATION: u8 = 11;
    pub(super) const DEAUTHENTICATION: u8 = 12;
}

/// Element numbers (table 9-92).
mod element {
    pub(super) const SSID: u8 = 0;
    pub(super) const RATES: u8 = 1;
    pub(super) const CHANNEL: u8 = 3;
    pub(super) const TRAFFIC_INDICATION: u8 = 5;
    pub(super) const ERP: u8 = 42;
    pub(super) const RATES_MORE: u8 = 50;
}

/// Whether a request was granted (table 9-50).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct StatusCode(pub(super) u16);

/// What an access point tells about itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Advertisement {
    /// Its clock, in microseconds.
    pub(super) timestamp_us: u64,
    /// Time between beacons, in units of 1024 µs.
    pub(super) beacon_interval_tu: u16,
    /// Its channel.
    pub(super) channel: u8,
}

/// A management frame's body. Variant order is alphabetical.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Body {
    /// A station asks to be taken in.
    AssociationRequest {
        /// Beacon intervals that it may sleep through.
        listen_interval: u16,
    },
    /// Whether it is.
    AssociationResponse {
        /// Zero if so.
        status: StatusCode,
        /// Its number, 1 to 2007, if so.
        association_id: u16,
    },
    /// One half of open-system authentication.
    Authentication {
        /// 1 to ask, 2 to answer.
        sequence: u16,
        /// Zero if granted.
        status: StatusCode,
    },
    /// An access point is there.
    Beacon {
        /// What it tells about itself.
        about: Advertisement,
        /// Beacons until the next DTIM, and from one DTIM to the next.
        dtim: (u8, u8),
    },
    /// The sender ends authentication, and with it association.
    Deauthentication {
        /// Why.
        reason: ReasonCode,
    },
    /// The sender ends association.
    Disassociation {
        /// Why.
        reason: ReasonCode,
    },
    /// A station asks who is there.
    ProbeRequest {
        /// On which channel it asks.
        channel: u8,
    },
    /// The access point is.
    ProbeResponse {
        /// What it tells about itself.
        about: Advertisement,
    },
}

impl StatusCode {
    /// Granted.
    pub(super) const SUCCESS: Self = Self(0);
    /// Refused, no reason given.
    pub(super) const REFUSED: Self = Self(1);
    /// Refused, because the access point has no room.
    pub(super) const TOO_MANY: Self = Self(17);
}

impl Body {
    /// Writes the body into a payload.
    pub(super) fn payload(&self) -> Payload {
        let mut body = Bytes::new();
        let subtype = match *self {
            Self::AssociationRequest { listen_interval } => {
                body.word(CAPABILITIES).word(listen_interval);
                body.name().rates().rates_more().raw(&RSN);
                subtype::ASSOCIATION_REQUEST
            }
            Self::AssociationResponse {
                status,
                association_id,
            } => {
                // The two highest bits of the number are set (§9.4.1.8).
                let number = association_id | 0xC000;
                body.word(CAPABILITIES).word(status.0).word(number);
                body.rates().rates_more();
                subtype::ASSOCIATION_RESPONSE
            }
            Self::Authentication { sequence, status } => {
                // Algorithm 0 is the open system.
                body.word(0).word(sequence).word(status.0);
                subtype::AUTHENTICATION
            }
            Self::Beacon { about, dtim } => {
                body.about(about).name().rates();
                body.element(element::CHANNEL, &[about.channel]);
                body.element(element::TRAFFIC_INDICATION, &[dtim.0, dtim.1, 0, 0]);
                body.element(element::ERP, &[0]).rates_more().raw(&RSN);
                subtype::BEACON
            }
            Self::Deauthentication { reason } => {
                body.word(reason.0);
                subtype::DEAUTHENTICATION
            }
            Self::Disassociation { reason } => {
                body.word(reason.0);
                subtype::DISASSOCIATION
            }
            Self::ProbeRequest { channel } => {
                body.name().rates().rates_more();
                body.element(element::CHANNEL, &[channel]);
                subtype::PROBE_REQUEST
            }
            Self::ProbeResponse { about } => {
                body.about(about).name().rates();
                body.element(element::CHANNEL, &[about.channel]);
                body.element(element::ERP, &[0]).rates_more().raw(&RSN);
                subtype::PROBE_RESPONSE
            }
        };
        Payload::Management {
            subtype,
            body: body.0,
        }
    }

    /// Reads a payload; `None` if it is malformed, of another kind, or about another network.
    pub(super) fn of(payload: &Payload) -> Option<Self> {
        let Payload::Management { subtype, body } = payload else {
            return None;
        };
        match *subtype {
            subtype::ASSOCIATION_REQUEST => {
                elements(body.get(4..)?)?.of_this_network()?;
                let listen_interval = word(body, 2)?;
                Some(Self::AssociationRequest { listen_interval })
            }
            subtype::ASSOCIATION_RESPONSE => Some(Self::AssociationResponse {
                status: StatusCode(word(body, 2)?),
                association_id: word(body, 4)? & 0x3FFF,
            }),
            subtype::AUTHENTICATION if word(body, 0)? == 0 => Some(Self::Authentication {
                sequence: word(body, 2)?,
                status: StatusCode(word(body, 4)?),
            }),
            subtype::BEACON => {
                let indication = elements(body.get(12..)?)?.traffic_indication?;
                Some(Self::Beacon {
                    about: advertisement(body)?,
                    dtim: indication,
                })
            }
            subtype::DEAUTHENTICATION => Some(Self::Deauthentication {
                reason: ReasonCode(word(body, 0)?),
            }),
            subtype::DISASSOCIATION => Some(Self::Disassociation {
                reason: ReasonCode(word(body, 0)?),
            }),
            subtype::PROBE_REQUEST => {
                let channel = elements(body)?.of_this_network()?.channel?;
                Some(Self::ProbeRequest { channel })
            }
            subtype::PROBE_RESPONSE => {
                let about = advertisement(body)?;
                Some(Self::ProbeResponse { about })
            }
            _ => None,
        }
    }
}

/// A body being written.
struct Bytes(SmallVec<[u8; 32]>);

impl Bytes {
    fn new() -> Self {
        Self(SmallVec::new())
    }

    fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn word(&mut self, word: u16) -> &mut Self {
        self.raw(&word.to_le_bytes())
    }

    /// Writes an element of at most 255 bytes.
    fn element(&mut self, number: u8, bytes: &[u8]) -> &mut Self {
        let length = u8::try_from(bytes.len()).expect("elements written here are short");
        self.raw(&[number, length]).raw(bytes)
    }

    fn name(&mut self) -> &mut Self {
        self.element(element::SSID, NETWORK_NAME)
    }

    fn rates(&mut self) -> &mut Self {
        self.element(element::RATES, &RATES)
    }

    fn rates_more(&mut self) -> &mut Self {
        self.element(element::RATES_MORE, &RATES_MORE)
    }

    fn about(&mut self, about: Advertisement) -> &mut Self {
        self.raw(&about.timestamp_us.to_le_bytes());
        self.word(about.beacon_interval_tu).word(CAPABILITIES)
    }
}

/// The elements that joining looks at.
#[derive(Default)]
struct Elements {
    named_so: bool,
    channel: Option<u8>,
    traffic_indication: Option<(u8, u8)>,
}

impl Elements {
    fn of_this_network(self) -> Option<Self> {
        self.named_so.then_some(self)
    }
}

/// Reads elements to the end; `None` if one is longer than what is left.
fn elements(mut bytes: &[u8]) -> Option<Elements> {
    let mut found = Elements::default();
    for _ in 0..ELEMENTS_MAX {
        let [number, length, rest @ ..] = bytes else {
            break;
        };
        let (content, after) = rest.split_at_checked(usize::from(*length))?;
        match (*number, content) {
            (element::SSID, name) => found.named_so = name == NETWORK_NAME,
            (element::CHANNEL, [channel]) => found.channel = Some(*channel),
            (element::TRAFFIC_INDICATION, [count, period, ..]) => {
                found.traffic_indication = Some((*count, *period));
            }
            _ => {}
        }
        bytes = after;
    }
    bytes.is_empty().then_some(found)
}

fn advertisement(body: &[u8]) -> Option<Advertisement> {
    let (timestamp, rest) = body.split_first_chunk::<8>()?;
    let found = elements(rest.get(4..)?)?.of_this_network()?;
    Some(Advertisement {
        timestamp_us: u64::from_le_bytes(*timestamp),
        beacon_interval_tu: word(rest, 0)?,
        channel: found.channel?,
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*pair))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ABOUT: Advertisement = Advertisement {
        timestamp_us: 0x0102_0304_0506_0708,
        beacon_interval_tu: 100,
        channel: 6,
    };

    #[test]
    fn every_body_is_read_as_it_was_written() {
        for body in all() {
            assert_eq!(Body::of(&body.payload()), Some(body));
        }
    }

    #[test]
    fn an_authentication_request_is_six_bytes() {
        let body = Body::Authentication {
            sequence: 1,
            status: StatusCode::SUCCESS,
        };
        let (_, body) = written(body);
        assert_eq!(body[..], [0, 0, 1, 0, 0, 0]);
    }

    #[test]
    fn a_body_cut_anywhere_is_read_without_a_panic() {
        for body in all() {
            let (subtype, body) = written(body);
            for length in 0..body.len() {
                let body = body[..length].into();
                let _cut = Body::of(&Payload::Management { subtype, body });
            }
        }
    }

    #[test]
    fn another_network_is_not_ours() {
        let (subtype, mut body) = written(Body::ProbeResponse { about: ABOUT });
        body[14] ^= 1;
        assert_eq!(Body::of(&Payload::Management { subtype, body }), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(
            subtype in 0_u8..16,
            body in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let body = body.into();
            let _read = Body::of(&Payload::Management { subtype, body });
        }
    }

    fn written(body: Body) -> (u8, SmallVec<[u8; 32]>) {
        let Payload::Management { subtype, body } = body.payload() else {
            panic!("a management frame");
        };
        (subtype, body)
    }

    fn all() -> [Body; 8] {
        let reason = ReasonCode::AUTH_LEAVE;
        [
            Body::AssociationRequest { listen_interval: 3 },
            Body::AssociationResponse {
                status: StatusCode::TOO_MANY,
                association_id: 2007,
            },
            Body::Authentication {
                sequence: 2,
                status: StatusCode::REFUSED,
            },
            Body::Beacon {
                about: ABOUT,
                dtim: (1, 3),
            },
            Body::Deauthentication { reason },
            Body::Disassociation { reason },
            Body::ProbeRequest { channel: 6 },
            Body::ProbeResponse { about: ABOUT },
        ]
    }
}
