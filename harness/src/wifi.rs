//! The table of airtime and saturation goodput.
//!
//! Owns the headers around a UDP payload, and which rows a table has. Does not know how long a
//! frame is on the air, or how stations contend: it asks the simulator's own models.

mod render;

use std::fmt;

use nodelab_sim::radio::{
    Aggregate, Bianchi, Exchange, Preamble, Rate, STATIONS_MAX, Saturation, Standard, Timing,
    psdu_bytes,
};
use nodelab_sim::{EntityId, Purpose, Rng, SimSpan};

pub use self::render::{Format, render};

/// Largest UDP payload of one frame: a frame body of 2 304 bytes (IEEE 802.11-2020 §9.2.4.7)
/// without LLC/SNAP, IP and UDP. Above 1 472 bytes, an MTU of more than 1 500 is needed.
pub const PAYLOAD_MAX: u32 = 2_304 - 8 - HEADERS;
/// Headers of IPv4 without options, and of UDP.
const HEADERS: u32 = 20 + 8;
/// Frames that are delivered for a table: the goodput is then within 0.3 % of its mean.
const FRAMES: u32 = 100_000;
/// The seed of every table.
const SEED: u64 = 1;

/// What a table is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Query {
    /// The amendment.
    pub standard: Standard,
    /// One rate by name; `None` is each that the amendment added.
    pub rate: Option<String>,
    /// Stations that always have something to send, 1 to [`STATIONS_MAX`].
    pub stations: u32,
    /// UDP payload of each frame in bytes, 1 to [`PAYLOAD_MAX`].
    pub payload: u32,
    /// Whether frames are encrypted with CCMP, as WPA2 does.
    pub encrypted: bool,
    /// Preamble of 802.11b frames.
    pub preamble: Preamble,
}

/// Why a query makes no table.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum QueryError {
    /// A payload that no frame carries.
    Payload(u32),
    /// A short preamble of an amendment that knows no long one.
    Preamble(Standard),
    /// No rate of this amendment.
    Rate {
        /// The amendment.
        standard: Standard,
        /// What was asked for.
        asked: String,
    },
    /// No number of stations.
    Stations(u32),
}

/// One rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The rate.
    pub rate: Rate,
    /// Bytes from the MAC header to the FCS.
    pub psdu_bytes: u32,
    /// One frame, its acknowledgement, and the waits.
    pub exchange: Exchange,
    /// UDP payload that all stations together deliver, in Mb/s, played slot by slot.
    pub goodput_mbps: f64,
    /// The same from Bianchi's equations.
    pub bianchi_mbps: f64,
    /// The same with the largest aggregates, for 802.11n.
    pub aggregated_mbps: Option<f64>,
    /// Share of attempts that collide.
    pub collided: f64,
}

/// Returns the table of a query.
///
/// # Errors
///
/// A [`QueryError`] that names what is wrong with it.
pub fn table(query: &Query) -> Result<Vec<Row>, QueryError> {
    if !(1..=STATIONS_MAX).contains(&query.stations) {
        return Err(QueryError::Stations(query.stations));
    }
    if !(1..=PAYLOAD_MAX).contains(&query.payload) {
        return Err(QueryError::Payload(query.payload));
    }
    if query.preamble == Preamble::Short && query.standard != Standard::B {
        return Err(QueryError::Preamble(query.standard));
    }
    let rates = match &query.rate {
        None => query.standard.rates().to_vec(),
        Some(name) => vec![rate_of(query.standard, name)?],
    };
    let timing = Timing::of(query.standard);
    let mut rng = Rng::derive(SEED, EntityId::World, Purpose::Air);
    let played = Saturation::play(timing, query.stations, FRAMES, &mut rng);
    let settled = Bianchi::solve(timing, query.stations);
    Ok(rates
        .into_iter()
        .map(|rate| row(query, rate, &played, settled))
        .collect())
}

fn row(query: &Query, rate: Rate, played: &Saturation, settled: Bianchi) -> Row {
    let bits = 8 * query.payload;
    let bytes = psdu_bytes(query.payload + HEADERS, query.standard, query.encrypted);
    let exchange = Exchange::new(query.standard, rate, query.preamble, bytes);
    let aggregated_mbps = (query.standard == Standard::N).then(|| {
        let aggregate = Aggregate::largest(rate, bytes);
        let exchange = Exchange::aggregated(rate, aggregate);
        played.throughput_mbps(&exchange, bits * aggregate.mpdus)
    });
    Row {
        rate,
        psdu_bytes: bytes,
        exchange,
        goodput_mbps: played.throughput_mbps(&exchange, bits),
        bianchi_mbps: settled.throughput_mbps(&exchange, bits),
        aggregated_mbps,
        collided: played.collision_share(),
    }
}

/// Reads `54`, `5.5`, `MCS7`, also `54M`, `5.5 Mb/s` and `mcs7`.
fn rate_of(standard: Standard, name: &str) -> Result<Rate, QueryError> {
    let bare = name.trim();
    let bare = bare.strip_suffix("Mb/s").unwrap_or(bare);
    let bare = bare.strip_suffix('M').unwrap_or(bare).trim_end();
    standard.rate_named(bare).ok_or_else(|| QueryError::Rate {
        standard,
        asked: name.to_owned(),
    })
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Payload(bytes) => write!(
                f,
                "{bytes} bytes are no UDP payload of one frame; expected 1 to {PAYLOAD_MAX}"
            ),
            Self::Preamble(standard) => write!(
                f,
                "{standard} has no short preamble; leave out --short-preamble, or use \
                 --standard 11b"
            ),
            Self::Rate { standard, asked } => {
                let names: Vec<String> = standard.rates().iter().map(|rate| rate.name()).collect();
                let names = names.join(", ");
                write!(
                    f,
                    "{standard} has no rate \"{asked}\"; expected one of {names}"
                )
            }
            Self::Stations(number) => write!(f, "{number} stations are not 1 to {STATIONS_MAX}"),
        }
    }
}

impl Row {
    /// Returns a span of its exchange in microseconds.
    #[must_use]
    pub fn us(span: SimSpan) -> f64 {
        span.as_secs_f64() * 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(standard: Standard) -> Query {
        Query {
            standard,
            rate: None,
            stations: 1,
            payload: 1_472,
            encrypted: false,
            preamble: Preamble::Long,
        }
    }

    #[test]
    fn one_station_reaches_the_standards_arithmetic_within_half_a_percent() {
        for standard in Standard::ALL {
            for payload in [64, 512, 1_472] {
                for row in table(&Query {
                    payload,
                    ..query(standard)
                })
                .unwrap()
                {
                    let cycle_us = Row::us(row.exchange.cycle_mean());
                    let expected = f64::from(8 * payload) / cycle_us;
                    let off = row.goodput_mbps / expected - 1.0;
                    assert!(off.abs() < 0.005, "{}, {payload} B: {off}", row.rate);
                }
            }
        }
    }

    #[test]
    fn play_and_equations_agree_within_three_percent_for_any_number_of_stations() {
        for standard in Standard::ALL {
            for stations in [2, 3, 8, 20, 100, 200] {
                for row in table(&Query {
                    stations,
                    ..query(standard)
                })
                .unwrap()
                {
                    let off = row.goodput_mbps / row.bianchi_mbps - 1.0;
                    assert!(off.abs() < 0.03, "{}, {stations}: {off}", row.rate);
                }
            }
        }
    }

    #[test]
    fn rates_answer_to_what_people_write() {
        for name in ["5.5", "5.5M", "5.5 Mb/s"] {
            assert_eq!(rate_of(Standard::B, name), Ok(Rate::Dsss(55)));
        }
        for name in ["MCS7", "mcs7"] {
            assert_eq!(rate_of(Standard::N, name), Ok(Rate::Ht(7)));
        }
        assert!(rate_of(Standard::G, "11").is_err());
    }

    #[test]
    fn errors_say_what_is_right() {
        let base = query(Standard::G);
        let wrong = [
            Query {
                payload: 2_269,
                ..base.clone()
            },
            Query {
                preamble: Preamble::Short,
                ..base.clone()
            },
            Query {
                rate: Some("11".to_owned()),
                ..base.clone()
            },
            Query {
                stations: 0,
                ..base
            },
        ];
        let errors: Vec<String> = wrong
            .iter()
            .map(|q| table(q).unwrap_err().to_string())
            .collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
        2269 bytes are no UDP payload of one frame; expected 1 to 2268
        11g has no short preamble; leave out --short-preamble, or use --standard 11b
        11g has no rate "11"; expected one of 6, 9, 12, 18, 24, 36, 48, 54
        0 stations are not 1 to 200
        "#);
    }
}
