//! What a disconnect reason of the Wi-Fi driver means to node-core.
//!
//! Owns the table. Does not know the driver's types: they exist for the chip only.

use node_core::LinkLoss;

/// A reason code: below 200 as in a deauthentication frame (IEEE 802.11-2020 table 9-49), from
/// 200 on the driver's own (`wifi_err_reason_t` of ESP-IDF).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Reason(pub u16);

/// Returns why the link is down, for a station that was `associated` when it happened or was
/// still trying.
///
/// The same code means two things: "authentication expired" is a refusal while a station joins,
/// and an access point that cleans up when it comes later.
#[must_use]
pub const fn link_loss(reason: Reason, associated: bool) -> LinkLoss {
    match (reason.0, associated) {
        // Beacon timeout.
        (200, _) => LinkLoss::BeaconsLost,
        (_, true) => LinkLoss::Deauthenticated,
        // No access point found; or none with this security, this threshold, this strength.
        (201 | 210 | 211 | 212, false) => LinkLoss::AccessPointNotFound,
        // Authentication expired, MIC failure, four-way handshake timed out or differed, 802.1X
        // failed, authentication failed, handshake timed out: each is how a wrong password looks.
        (2 | 14 | 15 | 17 | 23 | 202 | 204, false) => LinkLoss::AuthenticationFailed,
        (_, false) => LinkLoss::AssociationFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_password_is_told_from_a_missing_access_point() {
        let cases = [
            (15, LinkLoss::AuthenticationFailed),
            (202, LinkLoss::AuthenticationFailed),
            (204, LinkLoss::AuthenticationFailed),
            (2, LinkLoss::AuthenticationFailed),
            (201, LinkLoss::AccessPointNotFound),
            (210, LinkLoss::AccessPointNotFound),
            (5, LinkLoss::AssociationFailed),
            (203, LinkLoss::AssociationFailed),
            (205, LinkLoss::AssociationFailed),
            (200, LinkLoss::BeaconsLost),
        ];
        for (code, expected) in cases {
            assert_eq!(link_loss(Reason(code), false), expected, "{code}");
        }
    }

    #[test]
    fn a_station_that_was_associated_was_sent_away_or_lost_the_beacons() {
        for code in 0..=300 {
            let expected = if code == 200 {
                LinkLoss::BeaconsLost
            } else {
                LinkLoss::Deauthenticated
            };
            assert_eq!(link_loss(Reason(code), true), expected, "{code}");
        }
    }

    #[test]
    fn an_unknown_code_is_a_failed_association() {
        assert_eq!(link_loss(Reason(999), false), LinkLoss::AssociationFailed);
    }

    /// node-core names each loss with a code of its own; what the ESP8266 reports for a loss must
    /// be read as that loss here, the join timeout aside, which the driver never reports.
    #[test]
    fn the_codes_of_node_core_are_read_as_what_they_name() {
        for loss in [
            LinkLoss::AccessPointNotFound,
            LinkLoss::AssociationFailed,
            LinkLoss::AuthenticationFailed,
            LinkLoss::BeaconsLost,
        ] {
            assert_eq!(link_loss(Reason(loss.reason_code()), false), loss);
        }
    }
}
