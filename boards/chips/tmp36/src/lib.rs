//! nodelab's TMP36 as a custom chip for Wokwi.
//!
//! Owns nothing but the order of its two halves: `api` is Wokwi's interface, `chip` the sensor.

#![no_std]

mod api;
mod chip;
