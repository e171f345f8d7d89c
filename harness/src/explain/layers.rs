//! One published reading, layer by layer: what each added, and what a stranger can read.
//!
//! Owns `nodelab explain layers`: runs a scenario until its first reading is acknowledged, and
//! takes apart what was seen on the way. Sizes are read from the frames themselves.
//!
//! ```text
//! watch (keeps what was seen) ─► find (the bytes of one PUBLISH) ─► layers ─► text, JSON
//! ```

mod anatomy;
mod find;
mod json;
mod promise;
mod text;
mod watch;

use nodelab_sim::{NodeId, SimTime, World, WorldSpec};

use crate::expand;
use crate::prepare::Prepared;

pub use anatomy::{Air, Anatomy, Layer, Part, Session, Sighting};
pub use json::layers_json;
pub use promise::Message;
pub use text::layers_text;

/// The node that is looked at.
const NODE: NodeId = NodeId(0);

/// Runs a scenario until the first node's first reading is acknowledged, and takes it apart.
///
/// # Errors
///
/// Why there is nothing to explain, in words.
pub fn explain(prepared: &Prepared, seed: u64) -> Result<Anatomy, String> {
    let until = SimTime::ZERO.after(prepared.scenario.extension.duration);
    explain_world(&expand::draw(prepared, seed), until)
}

fn explain_world(spec: &WorldSpec, until: SimTime) -> Result<Anatomy, String> {
    let Some(real) = &spec.real else {
        return Err(
            "its network is modelled, which sends no frames; say `network: real` in its \
             x-nodelab block"
                .to_owned(),
        );
    };
    let mut world = World::new(spec);
    let mut watch = watch::Watch::new(NODE);
    while !watch.is_done() && world.step_before(until, &mut watch).is_some() {}
    let secrets = spec.node.config_of(NODE.0).report.map(|report| {
        [
            ("client identifier", report.client_id.as_bytes().to_vec()),
            ("user name", report.username.as_bytes().to_vec()),
            ("password", report.password.as_bytes().to_vec()),
        ]
    });
    let secrets: Vec<_> = secrets.into_iter().flatten().collect();
    let radio = (real.wifi.standard, real.wifi.phy.preamble);
    let verification = spec.security.as_ref().map(|security| {
        let settings = security.tls.settings();
        settings.verification
    });
    let anatomy = find::anatomy(&watch, radio, &secrets)?;
    Ok(Anatomy {
        verification,
        ..anatomy
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use node_core::UnixTime;
    use nodelab_sim::radio::{WifiSpec, frame_time};
    use nodelab_sim::stack::tls::{Chip, Stack, TlsSettings, TlsSpec};
    use nodelab_sim::stack::{RealSpec, SecuritySpec, UnsetClock};

    use super::*;
    use crate::prepare;

    #[test]
    fn layers_add_up_to_the_bytes_that_took_the_air_time() {
        for anatomy in [plain(), secured()] {
            let on_air: usize = anatomy.air.iter().map(|air| air.bytes).sum();
            assert_eq!(anatomy.bytes(), on_air);
            for air in &anatomy.air {
                let bytes = u32::try_from(air.bytes).unwrap();
                let radio = WifiSpec::good();
                let wanted = frame_time(air.rate, radio.phy.preamble, bytes);
                assert_eq!(air.preamble.plus(air.frame), wanted);
            }
        }
    }

    #[test]
    fn a_stranger_reads_the_temperature_without_tls_and_never_with_it() {
        let seen = |anatomy: &Anatomy, what: &str| {
            let mut all = anatomy.sightings.iter();
            all.find(|seen| seen.what == what).map(|seen| seen.packets)
        };
        let (plain, secured) = (plain(), secured());
        assert!(seen(&plain, "the reading") >= Some(1), "{plain:?}");
        assert!(seen(&plain, "topic") >= Some(1));
        for hidden in ["the reading", "topic", "client identifier"] {
            assert_eq!(seen(&secured, hidden), Some(0), "{hidden}");
        }
        assert!(seen(&secured, "server name") >= Some(1));
        assert!(plain.session.is_none() && plain.handshake.is_empty());
    }

    #[test]
    fn the_handshake_is_told_in_order() {
        let names: Vec<_> = secured().handshake.iter().map(Message::name).collect();
        assert_eq!(names.first(), Some(&"ClientHello"));
        assert_eq!(names.get(1), Some(&"ServerHello"));
        assert!(names.contains(&"Certificate") && names.contains(&"Finished"));
    }

    #[test]
    fn the_text_of_both_is_as_expected() {
        for anatomy in [plain(), secured()] {
            let text = layers_text(&anatomy);
            assert!(
                text.lines().all(|line| line.chars().count() <= 100),
                "{text}"
            );
        }
        insta::assert_snapshot!("plain", layers_text(&plain()));
        insta::assert_snapshot!("secured", layers_text(&secured()));
        insta::assert_snapshot!("secured_json", format!("{:#}", layers_json(&secured())));
    }

    #[test]
    fn a_modelled_network_has_nothing_to_explain() {
        let spec = WorldSpec {
            real: None,
            ..world(None)
        };
        let why = explain_world(&spec, SimTime::ZERO).unwrap_err();
        assert!(why.contains("network: real"), "{why}");
    }

    #[test]
    fn a_reading_that_never_arrives_is_named() {
        let why = explain_world(&world(None), SimTime::from_nanos(1)).unwrap_err();
        assert!(why.contains("no reading"), "{why}");
    }

    fn plain() -> Anatomy {
        explain_world(&world(None), SimTime::from_nanos(300_000_000_000)).unwrap()
    }

    fn secured() -> Anatomy {
        let settings = TlsSettings::of(Stack::BearSsl, Chip::Esp8266At80);
        let security = SecuritySpec {
            tls: TlsSpec::new(settings).unwrap(),
            unset_clock: UnsetClock::Epoch1970,
            waits_for_time: true,
        };
        explain_world(&world(Some(security)), SimTime::from_nanos(300_000_000_000)).unwrap()
    }

    fn world(security: Option<SecuritySpec>) -> WorldSpec {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join("../scenarios/sensor/calibrated-day.test.yaml");
        let (prepared, _) = prepare::prepare(&path).unwrap();
        WorldSpec {
            epoch: Some(UnixTime::from_millis(1_780_000_000_000)),
            nodes: 1,
            real: Some(RealSpec::new(WifiSpec::good())),
            security,
            ..expand::draw(&prepared, 1)
        }
    }
}
