//! A TMP36 node on an ESP32-C3.
//!
//! Owns which peripheral goes where and which tasks there are. Does not know what the node wants:
//! `shell` asks it. Nothing here was run on silicon; see `README.md`.
#![no_std]
#![no_main]

extern crate alloc;

mod adc;
mod boot;
mod clock;
mod config;
mod console;
mod mail;
mod net;
mod shell;
mod stream;
mod wifi;

use embassy_executor::Spawner;
use esp_hal::clock::CpuClock;
use esp_hal::rng::Rng;
use esp_hal::timer::timg::TimerGroup;
use node_core::Node;

use crate::shell::Board;

/// Starts everything, and then is the shell.
#[esp_hal::main]
async fn main(spawner: Spawner) {
    let chip = esp_hal::init(esp_hal::Config::default().with_cpu_clock(CpuClock::max()));
    boot::heap();
    boot::watch(&spawner, chip.RTC_TIMER);
    esp_rtos::start(TimerGroup::new(chip.TIMG0).timer0, chip.FROM_CPU_INTR0);
    if config::CONSOLE_IS_USB {
        console::on_usb(&spawner, chip.USB_DEVICE);
    } else {
        console::on_uart(&spawner, chip.UART0, chip.GPIO20, chip.GPIO21);
    }
    let stack = net::start(&spawner);
    wifi::start(&spawner, chip.WIFI, stack);
    stream::start(&spawner, stack);
    clock::start(&spawner, stack);
    let pins = (chip.GPIO0, chip.GPIO1, chip.GPIO2, chip.GPIO3, chip.GPIO4);
    let board = Board::new(adc::thermometer(chip.ADC1, pins));
    let Ok(mut config) = config::node() else {
        console::stop("a text of node.toml is too long").await
    };
    if config::FACTORY_CALIBRATION {
        config.sensor.calibration = adc::factory_calibration();
    }
    let rng = Rng::new();
    let seed = u64::from(rng.random()) << 32 | u64::from(rng.random());
    match Node::new(config, seed, clock::now()) {
        Ok(node) => shell::run(node, board).await,
        Err(_) => console::stop("node-core refuses node.toml").await,
    }
}
