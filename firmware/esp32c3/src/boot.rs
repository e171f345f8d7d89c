//! What the chip needs before and beside the program.
//!
//! Owns the heap's regions, the image's descriptor, the watchdog and the last words. This package
//! has no `unsafe` of its own; two macros used here expand to some.

use core::panic::PanicInfo;

use embassy_executor::Spawner;
use embassy_time::{Duration, Timer};
use esp_hal::peripherals::RTC_TIMER;
use esp_hal::ram;
use esp_hal::rtc_cntl::{Rtc, Rwdt, RwdtStage};
use esp_hal::system::software_reset;
use esp_println::println;

/// The heap is Wi-Fi's: its buffers and its driver's threads. This is what esp-radio's own
/// documentation starts with.
const RECLAIMED_LEN: usize = 64 * 1024;
const OWN_LEN: usize = 36 * 1024;

/// How long nothing may run before the chip resets; a TLS handshake holds the tasks up for about a
/// second.
const HANG_MAX: esp_hal::time::Duration = esp_hal::time::Duration::from_secs(20);
const FEED_EVERY: Duration = Duration::from_secs(5);

// Where the bootloader looks for the image's name, version and age.
esp_bootloader_esp_idf::esp_app_desc!();

/// Gives the allocator its memory.
pub(crate) fn heap() {
    esp_alloc::heap_allocator!(#[ram(reclaimed)] size: RECLAIMED_LEN);
    esp_alloc::heap_allocator!(size: OWN_LEN);
}

/// Starts the watchdog.
pub(crate) fn watch(spawner: &Spawner, timer: RTC_TIMER<'static>) {
    let mut watchdog = Rtc::new(timer).rwdt;
    watchdog.set_timeout(RwdtStage::Stage0, HANG_MAX);
    watchdog.enable();
    if let Ok(task) = feed(watchdog) {
        spawner.spawn(task);
    }
}

#[embassy_executor::task]
async fn feed(mut watchdog: Rwdt) -> ! {
    loop {
        watchdog.feed();
        Timer::after(FEED_EVERY).await;
    }
}

/// Says where it happened, and resets: a node that nobody watches must not stop.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    println!("\r\n{info}");
    for frame in esp_backtrace::Backtrace::capture().frames() {
        println!("  {:#x}", frame.program_counter());
    }
    software_reset()
}
