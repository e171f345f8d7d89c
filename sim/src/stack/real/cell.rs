//! What the nodes of one world share: the access point, the services behind it, and the channel.

use std::collections::VecDeque;

use crate::radio::{AccessPoint, AccessPointEffect, Channel, Frame};
use crate::stack::address::AddressServer;
use crate::time::SimTime;

/// One access point with everything behind it but the broker.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) access_point: AccessPoint,
    pub(crate) services: AddressServer,
    pub(crate) channel: Channel,
    /// Share of frames that are lost on top of what the radio loses, in parts per million.
    pub(crate) loss_ppm: u32,
    /// Frames for stations, and when they are ready.
    pub(crate) outgoing: VecDeque<(SimTime, Frame)>,
}

impl Cell {
    pub(crate) fn new(access_point: AccessPoint, services: AddressServer) -> Self {
        Self {
            access_point,
            services,
            channel: Channel::new(),
            loss_ppm: 0,
            outgoing: VecDeque::new(),
        }
    }

    /// Collects what access point and services want to send.
    pub(crate) fn collect(&mut self, at: SimTime) {
        while let Some(effect) = self.access_point.poll() {
            let AccessPointEffect::Send {
                frame, not_before, ..
            } = effect;
            self.outgoing.push_back((not_before.max(at), frame));
        }
        while let Some((due, frame)) = self.services.poll() {
            self.outgoing.push_back((due.max(at), frame));
        }
    }
}
