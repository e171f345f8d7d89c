//! The TCP/IP stack.
//!
//! Owns its sockets' number and its address, which DHCP gives. Does not know the radio's state.

use embassy_executor::Spawner;
use embassy_net::{Config, DhcpConfig, Runner, Stack, StackResources};
use esp_hal::rng::Rng;
use esp_radio::wifi::Interface;
use static_cell::StaticCell;

/// DHCP, DNS, the broker's stream, the time server's socket.
const SOCKETS_MAX: usize = 4;

static RESOURCES: StaticCell<StackResources<SOCKETS_MAX>> = StaticCell::new();

/// Starts the stack on the station's interface.
pub(crate) fn start(spawner: &Spawner) -> Stack<'static> {
    let rng = Rng::new();
    let seed = u64::from(rng.random()) << 32 | u64::from(rng.random());
    let config = Config::dhcpv4(DhcpConfig::default());
    let resources = RESOURCES.init(StackResources::new());
    let (stack, runner) = embassy_net::new(Interface::station(), config, resources, seed);
    if let Ok(task) = run(runner) {
        spawner.spawn(task);
    }
    stack
}

#[embassy_executor::task]
async fn run(mut runner: Runner<'static, Interface>) -> ! {
    runner.run().await
}
