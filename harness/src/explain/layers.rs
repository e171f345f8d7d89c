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

use nodelab_sim::{NodeId, SimTime, World};

use crate::expand;
use crate::prepare::Prepared;
use crate::record::produces_frames;

pub use anatomy::{Air, Anatomy, Layer, Part, Sighting};
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
    if !produces_frames(prepared) {
        return Err(
            "its network is modelled, which sends no frames; say `network: real` in its \
             x-nodelab block"
                .to_owned(),
        );
    }
    let spec = expand::draw(prepared, seed);
    let until = SimTime::ZERO.after(prepared.scenario.extension.duration);
    let mut world = World::new(&spec);
    let mut watch = watch::Watch::new(NODE);
    while !watch.is_done() && world.step_before(until, &mut watch).is_some() {}
    let secrets = spec.node.config_of(NODE.0).report.map(|report| {
        [
            ("user name", report.username.as_bytes().to_vec()),
            ("password", report.password.as_bytes().to_vec()),
            ("client identifier", report.client_id.as_bytes().to_vec()),
        ]
    });
    find::anatomy(&watch, &secrets.into_iter().flatten().collect::<Vec<_>>())
}
