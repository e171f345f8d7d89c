//! The link to the access point.
//!
//! Owns the radio: it is initialised by a join and powered down by a leave. Does not decide when
//! to join or to try again: node-core does.

use core::pin::pin;

use embassy_executor::Spawner;
use embassy_futures::select::{Either, select};
use embassy_net::Stack;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::signal::Signal;
use embassy_time::{Duration, with_timeout};
use esp_hal::peripherals::WIFI;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, ConnectionError, ControllerConfig, DisconnectReason,
    WifiController, WifiError,
};
use node_core::LinkLoss;
use portable::{Reason, link_loss};

use crate::mail::{LinkNews, Told, Turn, tell};
use crate::{config, stream};

/// How long a leave waits for the stream to say goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);
/// How long a join waits for the stack to forget the address of the last link.
const FORGET_MAX: Duration = Duration::from_secs(1);

/// The latest order counts; an earlier one that was not yet taken is void.
static ORDERS: Signal<CriticalSectionRawMutex, Order> = Signal::new();

enum Order {
    Join(Turn),
    Leave,
}

/// The shell's end.
pub(crate) struct Link {
    turn: Turn,
}

impl Link {
    /// Creates the end of a radio that is off.
    pub(crate) const fn new() -> Self {
        Self { turn: Turn::START }
    }

    /// Joins, from the start.
    pub(crate) fn join(&mut self) {
        self.turn = self.turn.next();
        ORDERS.signal(Order::Join(self.turn));
    }

    /// Leaves, and powers the radio down.
    pub(crate) fn leave(&mut self) {
        self.turn = self.turn.next();
        ORDERS.signal(Order::Leave);
    }

    /// Returns whether news of this turn still matters.
    pub(crate) fn is_current(&self, turn: Turn) -> bool {
        self.turn == turn
    }
}

/// Starts the worker.
pub(crate) fn start(spawner: &Spawner, radio: WIFI<'static>, stack: Stack<'static>) {
    if let Ok(task) = work(radio, stack) {
        spawner.spawn(task);
    }
}

#[embassy_executor::task]
async fn work(mut radio: WIFI<'static>, stack: Stack<'static>) -> ! {
    let mut order = ORDERS.wait().await;
    loop {
        order = match order {
            Order::Leave => ORDERS.wait().await,
            Order::Join(turn) => {
                let mut life = pin!(live(radio.reborrow(), stack, turn));
                match select(&mut life, ORDERS.wait()).await {
                    Either::First(why) => {
                        tell(Told::Link(turn, LinkNews::Down(why))).await;
                        ORDERS.wait().await
                    }
                    Either::Second(order) => {
                        // The radio stays up until the stream has closed; then it goes down with
                        // the controller, which `life` owns.
                        let goodbye = with_timeout(GOODBYE_MAX, stream::closed());
                        select(&mut life, goodbye).await;
                        order
                    }
                }
            }
        };
    }
}

/// Joins, says so when there is an address, and returns why the link is down.
async fn live(radio: WIFI<'_>, stack: Stack<'static>, turn: Turn) -> LinkLoss {
    let Ok(mut controller) = controller(radio) else {
        return LinkLoss::AssociationFailed;
    };
    // An address that outlived the last link would be taken for this one's.
    if with_timeout(FORGET_MAX, stack.wait_config_down())
        .await
        .is_err()
    {
        return LinkLoss::AssociationFailed;
    }
    match controller.connect_async().await {
        Ok(_) => {}
        Err(ConnectionError::Failed(info)) => return link_loss(code(info.reason), false),
        Err(_) => return LinkLoss::AssociationFailed,
    }
    let mut loss = pin!(controller.wait_for_disconnect_async());
    let lost = match select(&mut loss, stack.wait_config_up()).await {
        Either::First(lost) => lost,
        Either::Second(()) => {
            tell(Told::Link(turn, LinkNews::Up)).await;
            loss.await
        }
    };
    // An error means that the link was gone before anybody looked.
    lost.map_or(LinkLoss::Deauthenticated, |info| {
        link_loss(code(info.reason), true)
    })
}

fn controller(radio: WIFI<'_>) -> Result<WifiController<'_>, WifiError> {
    let authentication = if config::PASSWORD.is_empty() {
        AuthenticationMethodConfig::Open
    } else {
        AuthenticationMethodConfig::Wpa2Personal(config::PASSWORD.try_into()?)
    };
    let station = StationConfig::default()
        .with_ssid(config::SSID.try_into()?)
        .with_authentication(authentication);
    let settings = ControllerConfig::default().with_initial_config(Config::Station(station));
    WifiController::new(radio, settings)
}

/// Returns the code behind the driver's reason, as far as [`link_loss`] tells codes apart; 1 is
/// "unspecified".
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what the table does not tell apart needs no code of its own"
)]
const fn code(reason: DisconnectReason) -> Reason {
    Reason(match reason {
        DisconnectReason::AuthenticationExpired => 2,
        DisconnectReason::MicFailure => 14,
        DisconnectReason::FourWayHandshakeTimeout => 15,
        DisconnectReason::IeIn4wayDiffers => 17,
        DisconnectReason::_802_1xAuthenticationFailed => 23,
        DisconnectReason::BeaconTimeout => 200,
        DisconnectReason::NoAccessPointFound => 201,
        DisconnectReason::AuthenticationFailed => 202,
        DisconnectReason::HandshakeTimeout => 204,
        DisconnectReason::NoAccessPointFoundWithCompatibleSecurity => 210,
        DisconnectReason::NoAccessPointFoundInAuthmodeThreshold => 211,
        DisconnectReason::NoAccessPointFoundInRssiThreshold => 212,
        _ => 1,
    })
}
