//! The sensor on ADC1.
//!
//! Owns one conversion at a time, as a raw code: what a code means is node-core's work. The
//! converter's zero is set from the eFuse (esp-hal's "basic" calibration), because the factory's
//! gain was measured with it; the gain goes to node-core as [`factory_calibration`]. esp-hal's
//! line and curve are left out: they return whole millivolts, which are 0.1 °C each.

use alloc::boxed::Box;

use embassy_time::{Duration, Instant};
use esp_hal::analog::adc::{Adc, AdcCalBasic, AdcChannel, AdcConfig, Attenuation};
use esp_hal::efuse::{AdcCalibUnit, rtc_calib_cal_code};
use esp_hal::gpio::AnalogPin;
use esp_hal::peripherals::{ADC1, GPIO0, GPIO1, GPIO2, GPIO3, GPIO4};
use node_core::{AdcCode, Calibration};

use crate::config;

/// How long a conversion may take; it takes some tens of microseconds. Past it the sensor is
/// silent, and node-core reports that.
const CONVERSION_MAX: Duration = Duration::from_millis(2);

/// The pins that ADC1 can read.
pub(crate) type Pins = (
    GPIO0<'static>,
    GPIO1<'static>,
    GPIO2<'static>,
    GPIO3<'static>,
    GPIO4<'static>,
);

/// Returns what takes one conversion on the configured pin.
pub(crate) fn thermometer(adc: ADC1<'static>, pins: Pins) -> Box<dyn FnMut() -> Option<AdcCode>> {
    match config::PIN {
        0 => Box::new(converter(adc, pins.0)),
        1 => Box::new(converter(adc, pins.1)),
        2 => Box::new(converter(adc, pins.2)),
        3 => Box::new(converter(adc, pins.3)),
        // The build script lets no other through.
        _ => Box::new(converter(adc, pins.4)),
    }
}

/// Returns the correction that the factory wrote into this chip; none if it wrote none.
pub(crate) fn factory_calibration() -> Calibration {
    rtc_calib_cal_code(AdcCalibUnit::ADC1, attenuation())
        .map_or(Calibration::default(), portable::factory_calibration)
}

fn converter<P>(adc: ADC1<'static>, pin: P) -> impl FnMut() -> Option<AdcCode>
where
    P: AdcChannel + AnalogPin,
{
    let mut config = AdcConfig::new();
    let mut pin = config.enable_pin_with_cal::<P, AdcCalBasic<ADC1<'static>>>(pin, attenuation());
    let mut adc = Adc::new(adc, config);
    move || {
        let late = Instant::now() + CONVERSION_MAX;
        loop {
            match adc.read_oneshot(&mut pin) {
                Ok(code) => return Some(AdcCode(code)),
                Err(nb::Error::Other(())) => return None,
                Err(nb::Error::WouldBlock) if Instant::now() > late => return None,
                Err(nb::Error::WouldBlock) => {}
            }
        }
    }
}

const fn attenuation() -> Attenuation {
    match config::ATTENUATION {
        node_core::Attenuation::Db0 => Attenuation::_0dB,
        node_core::Attenuation::Db2p5 => Attenuation::_2p5dB,
        node_core::Attenuation::Db6 => Attenuation::_6dB,
        node_core::Attenuation::Db11 => Attenuation::_11dB,
    }
}
