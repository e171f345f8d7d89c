//! The functions that Wokwi gives to a chip, and those it calls.
//!
//! Owns all unsafe code of the chip. Does not know what the chip does.

#![expect(
    unsafe_code,
    reason = "the interface is one of C, and an interface of C has no safe form"
)]

use core::ffi::{CStr, c_char, c_void};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::chip::Chip;

/// How many sensors a diagram may have; further ones stay without output.
const CHIPS_MAX: usize = 16;
/// Modes of a pin, as in `wokwi-api.h`.
const MODE_ANALOG: u32 = 4;
const MODE_INPUT: u32 = 0;

/// Wokwi's `timer_config_t`.
#[repr(C)]
struct TimerConfig {
    user_data: *mut c_void,
    callback: extern "C" fn(*mut c_void),
    reserved: [u32; 8],
}

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn pinInit(name: *const c_char, mode: u32) -> i32;
    fn pinADCRead(pin: i32) -> f32;
    fn pinDACWrite(pin: i32, voltage: f32);
    fn pinMode(pin: i32, mode: u32);
    fn attrInitFloat(name: *const c_char, default: f32) -> u32;
    fn attrReadFloat(attribute: u32) -> f32;
    fn timerInit(config: *const TimerConfig) -> u32;
    fn timerStart(timer: u32, micros: u32, repeat: bool);
}

/// A pin of one chip.
#[derive(Clone, Copy)]
pub(crate) struct Pin(i32);

impl Pin {
    /// Finds a pin by its name in the chip's JSON file. Only while a chip starts.
    pub(crate) fn analog(name: &CStr) -> Self {
        // SAFETY: the name is a string of C and outlives the call.
        Self(unsafe { pinInit(name.as_ptr(), MODE_ANALOG) })
    }

    /// Returns the voltage at the pin.
    pub(crate) fn volts(self) -> f32 {
        // SAFETY: takes a number and returns one.
        unsafe { pinADCRead(self.0) }
    }

    /// Drives the pin to a voltage.
    pub(crate) fn drive(self, volts: f32) {
        // SAFETY: these take numbers; the pin is in a mode that drives before it is written.
        unsafe {
            pinMode(self.0, MODE_ANALOG);
            pinDACWrite(self.0, volts);
        }
    }

    /// Stops driving the pin.
    pub(crate) fn release(self) {
        // SAFETY: takes numbers.
        unsafe { pinMode(self.0, MODE_INPUT) }
    }
}

/// A control or attribute of one chip.
#[derive(Clone, Copy)]
pub(crate) struct Attribute(u32);

impl Attribute {
    /// Declares an attribute. Only while a chip starts.
    pub(crate) fn new(name: &CStr, default: f32) -> Self {
        // SAFETY: the name is a string of C and outlives the call.
        Self(unsafe { attrInitFloat(name.as_ptr(), default) })
    }

    /// Returns its value.
    pub(crate) fn get(self) -> f32 {
        // SAFETY: takes a number and returns one.
        unsafe { attrReadFloat(self.0) }
    }
}

/// All chips of the diagram; a chip's `user_data` is its place in here.
static mut CHIPS: [Option<Chip>; CHIPS_MAX] = [const { None }; CHIPS_MAX];
/// How many places are taken.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// Starts one chip; Wokwi calls it once for each in the diagram.
#[unsafe(no_mangle)]
extern "C" fn chipInit() {
    let place = STARTED.load(Ordering::Relaxed);
    if place >= CHIPS_MAX {
        return;
    }
    STARTED.store(place + 1, Ordering::Relaxed);
    let config = TimerConfig {
        user_data: core::ptr::without_provenance_mut(place),
        callback: on_timer,
        reserved: [0; 8],
    };
    let chip = Chip::new();
    let period_us = chip.period_us();
    // SAFETY: wasm has one thread, and no reference into the list lives across a call of Wokwi's
    // that could come back in; the place was checked. Wokwi copies the config before it returns.
    unsafe {
        (&raw mut CHIPS)
            .cast::<Option<Chip>>()
            .add(place)
            .write(Some(chip));
        timerStart(timerInit(&raw const config), period_us, true);
    }
    on_timer(config.user_data);
}

extern "C" fn on_timer(user_data: *mut c_void) {
    let place = user_data.addr();
    if place >= CHIPS_MAX {
        return;
    }
    // SAFETY: the place was checked, and a chip is never removed; it is small and copied out.
    let chip = unsafe { (&raw const CHIPS).cast::<Option<Chip>>().add(place).read() };
    if let Some(chip) = chip {
        chip.evaluate();
    }
}

/// Tells which interface the chip was made for.
#[unsafe(no_mangle)]
extern "C" fn __wokwi_api_version_1() -> u32 {
    1
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
