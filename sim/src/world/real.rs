//! What a world needs for a network of frames and bytes.
//!
//! Owns what its nodes share, and whom a frame of the access point is for.

use std::collections::VecDeque;
use std::sync::Arc;

use node_core::UnixTime;

use super::World;
use crate::event::{Class, EventKind};
use crate::id::NodeId;
use crate::observe::Observer;
use crate::radio::{AccessPoint, Air};
use crate::spec::WorldSpec;
use crate::stack::address::{AddressServer, ServiceSpec, plan};
use crate::stack::tls::Moment;
use crate::stack::{Cell, PathAround, PathOutput, RealPath, RealSpec, Security, Shapes};
use crate::time::SimTime;

/// What the paths of one world share.
#[derive(Debug)]
pub(super) struct RealWorld {
    pub(super) cell: Cell,
    air: Arc<Air>,
    /// When the access point's pending alarm rings.
    alarm: SimTime,
    epoch: UnixTime,
    out: VecDeque<PathOutput>,
    pub(super) security: Option<Security>,
    spec: RealSpec,
    tells_time: bool,
}

impl RealWorld {
    /// Builds what paths share; nothing if the network is a modelled one.
    pub(super) fn build(world: &WorldSpec) -> Option<Box<Self>> {
        let mut spec = world.real.clone()?;
        if let Some(epoch) = world.epoch {
            spec.services.began = epoch;
        }
        let epoch = spec.services.began;
        let security = security(world, epoch);
        let access_point = AccessPoint::new(&spec.wifi.access_point, world.seed);
        let services = AddressServer::new(world.seed, spec.services.clone());
        let mut cell = Cell::new(access_point, services);
        cell.loss_ppm = spec.loss_ppm;
        Some(Box::new(Self {
            cell,
            air: Arc::new(Air::new(&spec.wifi)),
            alarm: SimTime::MAX,
            epoch,
            out: VecDeque::new(),
            security,
            spec,
            tells_time: world.epoch.is_some(),
        }))
    }

    /// Builds the path of one node.
    pub(super) fn path(&self, seed: u64, node: NodeId) -> RealPath {
        RealPath::new(seed, node, &self.spec, &self.air, self.security.as_ref())
    }

    /// Returns what is lost on top of what the radio loses while no fault is active.
    pub(super) const fn loss_ppm(&self) -> u32 {
        self.spec.loss_ppm
    }

    /// Returns what a path can touch.
    pub(super) fn around(&mut self) -> PathAround<'_> {
        PathAround {
            cell: &mut self.cell,
            epoch: self.epoch,
            out: &mut self.out,
            security: self.security.as_ref(),
            spec: &self.spec,
            tells_time: self.tells_time,
        }
    }
}

/// Makes the keys of a world that begins at `epoch`.
fn security(world: &WorldSpec, epoch: UnixTime) -> Option<Security> {
    let epoch_s = i64::try_from(epoch.as_millis() / 1_000).unwrap_or(i64::MAX);
    let spec = world.security.clone()?;
    Some(Security::new(spec, epoch_s, world.seed))
}

impl World {
    /// Returns what the handshakes of such a world look like, if its streams are protected.
    #[must_use]
    pub fn shapes(spec: &WorldSpec) -> Option<Shapes> {
        let epoch = spec.epoch.unwrap_or(ServiceSpec::default().began);
        let security = security(spec, epoch)?;
        let unix_ms = i64::try_from(epoch.as_millis()).ok();
        Some(Shapes::measure(&security, Moment { unix_ms }, spec.seed))
    }

    /// Lets the access point do what is due.
    pub(super) fn ring_access_point(&mut self) {
        let now = self.now;
        if let Some(real) = self.real.as_mut().filter(|real| real.alarm == now) {
            real.alarm = SimTime::MAX;
            real.cell.access_point.handle_timeout(now);
            real.cell.collect(now);
        }
    }

    /// Hands frames of the access point to the paths they are for, and keeps its alarm.
    pub(super) fn tend_cell(&mut self, watch: &mut dyn Observer) {
        let now = self.now;
        let Some(real) = &mut self.real else { return };
        let due = real.cell.access_point.poll_timeout();
        let alarm = due.map(|due| due.max(now)).filter(|due| *due < real.alarm);
        if let Some(alarm) = alarm {
            real.alarm = alarm;
        }
        let outgoing = std::mem::take(&mut real.cell.outgoing);
        if let Some(alarm) = alarm {
            self.schedule(alarm, Class::Timer, EventKind::AccessPointDue);
        }
        for (due, frame) in outgoing {
            if let Some(node) = plan::node_of(frame.receiver) {
                self.with_device(node, watch, |device, around| {
                    device.act_on_path(now, around, |path, _| path.relay(due, frame));
                });
            }
        }
    }
}
