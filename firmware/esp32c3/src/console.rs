//! The serial console.
//!
//! Owns one bounded pipe to whichever port is configured. Printing never waits: what does not fit
//! is lost, and the console says how much.

use core::cell::Cell;

use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::pipe::Pipe;
use embassy_time::{Duration, Timer};
use embedded_io_async::{Read, Write};
use esp_hal::Async;
use esp_hal::peripherals::{GPIO20, GPIO21, UART0, USB_DEVICE};
use esp_hal::uart::{self, Uart, UartRx, UartTx};
use esp_hal::usb::usb_serial_jtag::{UsbSerialJtag, UsbSerialJtagRx, UsbSerialJtagTx};

use crate::mail::{Chunk, Told, tell};

/// Bytes that wait to be printed at most: some seconds of a node's talk.
const PENDING_MAX: usize = 1024;
/// Bytes that are handed to the port at once.
const PIECE_MAX: usize = 64;
/// How long a port is left alone after an error, lest it keep the processor busy.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(10);
/// How often the last message is repeated.
const REPEAT_EVERY: Duration = Duration::from_secs(10);

static PENDING: Pipe<CriticalSectionRawMutex, PENDING_MAX> = Pipe::new();
static LOST: Mutex<CriticalSectionRawMutex, Cell<usize>> = Mutex::new(Cell::new(0));

/// Prints what fits.
pub(crate) fn print(bytes: &[u8]) {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Ok(written) = PENDING.try_write(rest) else {
            LOST.lock(|lost| lost.set(lost.get().saturating_add(rest.len())));
            return;
        };
        rest = rest.get(written..).unwrap_or(&[]);
    }
}

/// Says for ever why the node cannot run.
pub(crate) async fn stop(why: &str) -> ! {
    loop {
        print(b"error: ");
        print(why.as_bytes());
        print(b"\r\n");
        Timer::after(REPEAT_EVERY).await;
    }
}

/// Starts the console on UART0.
pub(crate) fn on_uart(
    spawner: &Spawner,
    uart: UART0<'static>,
    rx: GPIO20<'static>,
    tx: GPIO21<'static>,
) {
    // The default is 115 200 baud, 8N1, which no hardware refuses.
    let Ok(port) = Uart::new(uart, uart::Config::default()) else {
        return;
    };
    let (rx, tx) = port.with_rx(rx).with_tx(tx).into_async().split();
    if let (Ok(reader), Ok(writer)) = (read_uart(rx), write_uart(tx)) {
        spawner.spawn(reader);
        spawner.spawn(writer);
    }
}

/// Starts the console on the chip's own USB port.
pub(crate) fn on_usb(spawner: &Spawner, usb: USB_DEVICE<'static>) {
    let (rx, tx) = UsbSerialJtag::new(usb).into_async().split();
    if let (Ok(reader), Ok(writer)) = (read_usb(rx), write_usb(tx)) {
        spawner.spawn(reader);
        spawner.spawn(writer);
    }
}

#[embassy_executor::task]
async fn read_uart(port: UartRx<'static, Async>) -> ! {
    listen(port).await
}

#[embassy_executor::task]
async fn write_uart(port: UartTx<'static, Async>) -> ! {
    speak(port).await
}

#[embassy_executor::task]
async fn read_usb(port: UsbSerialJtagRx<'static, Async>) -> ! {
    listen(port).await
}

#[embassy_executor::task]
async fn write_usb(port: UsbSerialJtagTx<'static, Async>) -> ! {
    speak(port).await
}

async fn listen(mut port: impl Read) -> ! {
    let mut piece = [0; PIECE_MAX];
    loop {
        match port.read(&mut piece).await {
            Ok(len @ 1..) => {
                let bytes = piece.get(..len).unwrap_or(&[]);
                tell(Told::Serial(Chunk::of(bytes))).await;
            }
            // Noise on the line, or a FIFO that overflowed.
            Ok(0) | Err(_) => Timer::after(PAUSE_AFTER_ERROR).await,
        }
    }
}

async fn speak(mut port: impl Write) -> ! {
    let mut piece = [0; PIECE_MAX];
    loop {
        let len = PENDING.read(&mut piece).await;
        let bytes = piece.get(..len).unwrap_or(&[]);
        if port.write_all(bytes).await.is_err() || port.flush().await.is_err() {
            Timer::after(PAUSE_AFTER_ERROR).await;
        }
        let lost = LOST.lock(|lost| lost.replace(0));
        if lost > 0 {
            confess(&mut port, lost).await;
        }
    }
}

/// Prints how many bytes are missing here.
async fn confess(port: &mut impl Write, lost: usize) {
    let mut text = [0; PIECE_MAX];
    let mut out = node_core::Writer::new(&mut text);
    out.text("\r\n[")
        .number(lost as u64)
        .text(" bytes lost]\r\n");
    let text = out.finish().unwrap_or(&[]);
    if port.write_all(text).await.is_err() {
        Timer::after(PAUSE_AFTER_ERROR).await;
    }
}
