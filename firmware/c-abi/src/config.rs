//! What C tells a node at boot.
//!
//! Owns the layout of `node_core_config_t` and its translation. Does not know the rules between
//! fields: those are node-core's.

use core::ffi::c_char;
use core::ptr;

use node_core::{
    Attenuation, BackoffConfig, Calibration, Config, Duration, MilliCelsius, Qos, QueueConfig,
    ReportConfig, SamplingConfig, Scale, SensorConfig, WifiConfig,
};

use crate::pointer;
use crate::result::Outcome;
use crate::storage::NODE_CORE_ABI;

/// How several conversions become one reading.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Filter {
    /// The arithmetic mean: best against noise.
    Mean = 0,
    /// The middle one: best against single spikes.
    Median = 1,
}

/// The rule from code to temperature.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum Conversion {
    /// The TMP36 data sheet's transfer function at the board's scale.
    Datasheet = 0,
    /// `code / 10`, as a well-known tutorial has it; kept to compare against.
    TenthOfCode = 1,
}

/// What voltage at the sensor's output a code stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum SensorScale {
    /// NodeMCU: 220 kΩ over 100 kΩ in front of the ESP8266, so 3.2 V is code 1024.
    NodeMcu = 0,
    /// ESP8266 without a divider: 1.0 V is code 1024.
    BareEsp12 = 1,
    /// ESP32-C3 at 0 dB.
    Esp32c3Db0 = 2,
    /// ESP32-C3 at 2.5 dB.
    Esp32c3Db2p5 = 3,
    /// ESP32-C3 at 6 dB.
    Esp32c3Db6 = 4,
    /// ESP32-C3 at 11 dB.
    Esp32c3Db11 = 5,
}

/// Which reading goes when the queue is full and one more comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum DropPolicy {
    /// The oldest that is not being sent: the present is worth more.
    Oldest = 0,
    /// The newest: history is worth more.
    Newest = 1,
}

/// When to leave the access point.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum WifiPolicy {
    /// Join at boot and stay: for mains.
    Stay = 0,
    /// Leave as soon as the queue is empty: for batteries.
    LeaveWhenIdle = 1,
}

/// What a payload looks like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub enum PayloadFormat {
    /// `25.0`.
    Plain = 0,
    /// `{"sequence":7,"temperature":25.0,"time":1700000000000}`.
    Json = 1,
    /// Losant: `{"data":{"temperature":25.0},"time":1700000000000}`.
    Losant = 2,
    /// Home Assistant: `{"temperature":25.0}`, announced by a retained discovery message.
    HomeAssistant = 3,
    /// SenML (RFC 8428).
    SenMl = 4,
}

/// A node's parameters. Fill with `node_core_config_default`, then change what differs.
///
/// Texts are UTF-8, end in a NUL, are copied by `node_core_init`, and must lie where single
/// bytes may be read: on the ESP8266 in RAM, not in flash (`PROGMEM`, `ICACHE_RODATA_ATTR`).
/// Null is the empty text. Flags are 0 or 1; other values are `NODE_CORE_ERROR_VALUE`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct NodeConfig {
    /// Version of the interface; leave what `node_core_config_default` wrote.
    pub abi: u32,
    /// Time between readings in ms, 100 to 604 800 000 (one week); default 60 000.
    pub interval_ms: u32,
    /// How long one conversion may take in ms, at least 1; default 100.
    pub sample_timeout_ms: u32,
    /// How long a join may take in ms, at least 1; default 15 000.
    pub join_timeout_ms: u32,
    /// First pause after a failure in ms, 1 to `backoff_cap_ms`; default 1 000.
    pub backoff_base_ms: u32,
    /// Longest pause after failures in ms; default 60 000.
    pub backoff_cap_ms: u32,
    /// How long the broker may take to answer anything in ms, at least 1; default 10 000.
    pub broker_timeout_ms: u32,
    /// Correction of the sensor's gain in ppm, −1 000 000 to 1 000 000; default 0.
    pub gain_ppm: i32,
    /// Correction of the sensor's offset in m°C; default 0.
    pub offset_mc: i32,
    /// Largest believable change between readings in m°C, 0 believes all; default 20 000.
    pub step_max_mc: i32,
    /// MQTT client identifier, 1 to 48 bytes if `reports`; default null.
    pub client_id: *const c_char,
    /// Topic of the readings, 1 to 80 bytes without wildcards if `reports`; default null.
    pub topic: *const c_char,
    /// User name, at most 96 bytes, empty for none; default null.
    pub username: *const c_char,
    /// Password, at most 160 bytes, empty for none; default null.
    pub password: *const c_char,
    /// Longest silence towards the broker in s, 0 for none; default 60.
    pub keep_alive_s: u16,
    /// Conversions per reading, 1 to 16; default 1.
    pub oversample: u8,
    /// A `node_core_filter_t`; default the mean.
    pub filter: u8,
    /// A `node_core_conversion_t`; default the data sheet's.
    pub conversion: u8,
    /// A `node_core_scale_t`; default NodeMCU.
    pub scale: u8,
    /// Readings kept until they are acknowledged, 1 to 32; default 32.
    pub queue_capacity: u8,
    /// A `node_core_drop_policy_t`; default the oldest goes.
    pub drop_policy: u8,
    /// A `node_core_wifi_policy_t`; default stay.
    pub wifi_policy: u8,
    /// Flag: report to a broker; else readings go to the console only. Default 0.
    pub reports: u8,
    /// A `node_core_payload_format_t`; default plain.
    pub payload_format: u8,
    /// Quality of service, 0 or 1 (MQTT 3.1.1 §4.3); default 1.
    pub qos: u8,
    /// Flag: ask the broker to forget earlier sessions; default 0.
    pub clean_session: u8,
    /// Flag: subscribe to commands; default 0.
    pub commands: u8,
    /// Flag: keep `online`/`offline` in `<topic>/status`; default 0.
    pub status: u8,
    /// Belongs to the library.
    pub reserved: u8,
}

/// Writes the defaults to `*config`, all of it.
///
/// Returns `NODE_CORE_OK`, `NODE_CORE_ERROR_NULL` or `NODE_CORE_ERROR_MISALIGNED`.
///
/// # Safety
///
/// A non-null `config` points to a `node_core_config_t` that nobody else uses during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn node_core_config_default(config: *mut NodeConfig) -> Outcome {
    // SAFETY: the caller's condition is the same.
    match unsafe { pointer::exclusive(config) } {
        Ok(config) => {
            *config = NodeConfig::DEFAULT;
            Outcome::Ok
        }
        Err(error) => error,
    }
}

impl NodeConfig {
    /// What node-core takes for defaults, which a test compares.
    pub(crate) const DEFAULT: Self = Self {
        abi: NODE_CORE_ABI,
        interval_ms: 60_000,
        sample_timeout_ms: 100,
        join_timeout_ms: 15_000,
        backoff_base_ms: 1_000,
        backoff_cap_ms: 60_000,
        broker_timeout_ms: 10_000,
        gain_ppm: 0,
        offset_mc: 0,
        step_max_mc: 20_000,
        client_id: ptr::null(),
        topic: ptr::null(),
        username: ptr::null(),
        password: ptr::null(),
        keep_alive_s: 60,
        oversample: 1,
        filter: Filter::Mean as u8,
        conversion: Conversion::Datasheet as u8,
        scale: SensorScale::NodeMcu as u8,
        queue_capacity: 32,
        drop_policy: DropPolicy::Oldest as u8,
        wifi_policy: WifiPolicy::Stay as u8,
        reports: 0,
        payload_format: PayloadFormat::Plain as u8,
        qos: 1,
        clean_session: 0,
        commands: 0,
        status: 0,
        reserved: 0,
    };

    /// Writes what these fields mean to `config`.
    ///
    /// # Errors
    ///
    /// [`Outcome::ErrorAbi`], [`Outcome::ErrorValue`] and those of [`pointer::text`].
    ///
    /// # Safety
    ///
    /// As for [`pointer::text`], for each text.
    pub(crate) unsafe fn read(&self, config: &mut Config) -> Result<(), Outcome> {
        if self.abi != NODE_CORE_ABI {
            return Err(Outcome::ErrorAbi);
        }
        config.sampling = self.sampling()?;
        config.sensor = self.sensor()?;
        config.queue = QueueConfig {
            capacity: self.queue_capacity,
            drop: one_of(
                self.drop_policy,
                &[node_core::DropPolicy::Oldest, node_core::DropPolicy::Newest],
            )?,
        };
        config.wifi = WifiConfig {
            backoff: BackoffConfig {
                base: millis(self.backoff_base_ms),
                cap: millis(self.backoff_cap_ms),
            },
            join_timeout: millis(self.join_timeout_ms),
            policy: one_of(
                self.wifi_policy,
                &[
                    node_core::WifiPolicy::Stay,
                    node_core::WifiPolicy::LeaveWhenIdle,
                ],
            )?,
        };
        config.report = None;
        if flag(self.reports)? {
            let report = config.report.insert(ReportConfig::default());
            // SAFETY: the caller's condition is the same.
            unsafe { self.read_report(report) }?;
        }
        Ok(())
    }

    fn sampling(&self) -> Result<SamplingConfig, Outcome> {
        Ok(SamplingConfig {
            filter: one_of(
                self.filter,
                &[node_core::Filter::Mean, node_core::Filter::Median],
            )?,
            interval: millis(self.interval_ms),
            oversample: self.oversample,
            response_timeout: millis(self.sample_timeout_ms),
        })
    }

    fn sensor(&self) -> Result<SensorConfig, Outcome> {
        if self.step_max_mc < 0 {
            return Err(Outcome::ErrorValue);
        }
        Ok(SensorConfig {
            calibration: Calibration {
                gain_ppm: self.gain_ppm,
                offset: MilliCelsius(self.offset_mc),
            },
            conversion: one_of(
                self.conversion,
                &[
                    node_core::Conversion::Datasheet,
                    node_core::Conversion::TenthOfCode,
                ],
            )?,
            scale: one_of(
                self.scale,
                &[
                    Scale::NodeMcu,
                    Scale::BareEsp12,
                    Scale::Esp32c3(Attenuation::Db0),
                    Scale::Esp32c3(Attenuation::Db2p5),
                    Scale::Esp32c3(Attenuation::Db6),
                    Scale::Esp32c3(Attenuation::Db11),
                ],
            )?,
            step_max: (self.step_max_mc != 0).then_some(MilliCelsius(self.step_max_mc)),
        })
    }

    /// # Safety
    ///
    /// As for [`pointer::text`], for each text.
    unsafe fn read_report(&self, report: &mut ReportConfig) -> Result<(), Outcome> {
        report.clean_session = flag(self.clean_session)?;
        report.commands = flag(self.commands)?;
        report.status = flag(self.status)?;
        report.keep_alive_s = self.keep_alive_s;
        report.response_timeout = millis(self.broker_timeout_ms);
        report.qos = one_of(self.qos, &[Qos::AtMostOnce, Qos::AtLeastOnce])?;
        report.format = one_of(
            self.payload_format,
            &[
                node_core::PayloadFormat::Plain,
                node_core::PayloadFormat::Json,
                node_core::PayloadFormat::Losant,
                node_core::PayloadFormat::HomeAssistant,
                node_core::PayloadFormat::SenMl,
            ],
        )?;
        // SAFETY: the caller's condition is the same.
        report.client_id = unsafe { pointer::text(self.client_id) }?;
        // SAFETY: the caller's condition is the same.
        report.topic = unsafe { pointer::text(self.topic) }?;
        // SAFETY: the caller's condition is the same.
        report.username = unsafe { pointer::text(self.username) }?;
        // SAFETY: the caller's condition is the same.
        report.password = unsafe { pointer::text(self.password) }?;
        Ok(())
    }
}

fn millis(ms: u32) -> Duration {
    Duration::from_millis(u64::from(ms))
}

/// Returns the variant with this number, numbers being places in `variants`.
fn one_of<T: Copy>(number: u8, variants: &[T]) -> Result<T, Outcome> {
    let variant = variants.get(usize::from(number)).copied();
    variant.ok_or(Outcome::ErrorValue)
}

fn flag(value: u8) -> Result<bool, Outcome> {
    one_of(value, &[false, true])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_node_core() {
        assert_eq!(read(|_| {}), Ok(Config::default()));
        let report = ReportConfig::default();
        let reporting = read(|config| config.reports = 1).map(|config| config.report);
        assert_eq!(reporting, Ok(Some(report)));
    }

    #[test]
    fn each_number_out_of_range_is_refused() {
        let changes: [fn(&mut NodeConfig); 13] = [
            |config| config.filter = 2,
            |config| config.conversion = 2,
            |config| config.scale = 6,
            |config| config.drop_policy = 2,
            |config| config.wifi_policy = 2,
            |config| config.reports = 2,
            |config| config.payload_format = 5,
            |config| config.qos = 2,
            |config| config.clean_session = 2,
            |config| config.commands = 255,
            |config| config.status = 2,
            |config| config.step_max_mc = -1,
            |config| config.scale = 255,
        ];
        for (index, change) in changes.iter().enumerate() {
            let outcome = read(|config| {
                config.reports = 1;
                change(config);
            });
            assert_eq!(outcome, Err(Outcome::ErrorValue), "{index}");
        }
    }

    #[test]
    fn numbers_stand_for_the_variants_of_the_same_name() {
        let number = |change: fn(&mut NodeConfig)| {
            read(|config| {
                config.reports = 1;
                change(config);
            })
            .unwrap()
        };
        let config = number(|c| c.scale = SensorScale::Esp32c3Db11 as u8);
        assert_eq!(config.sensor.scale, Scale::Esp32c3(Attenuation::Db11));
        let config = number(|c| c.scale = SensorScale::BareEsp12 as u8);
        assert_eq!(config.sensor.scale, Scale::BareEsp12);
        let config = number(|c| c.filter = Filter::Median as u8);
        assert_eq!(config.sampling.filter, node_core::Filter::Median);
        let config = number(|c| c.conversion = Conversion::TenthOfCode as u8);
        assert_eq!(config.sensor.conversion, node_core::Conversion::TenthOfCode);
        let config = number(|c| c.drop_policy = DropPolicy::Newest as u8);
        assert_eq!(config.queue.drop, node_core::DropPolicy::Newest);
        let config = number(|c| c.wifi_policy = WifiPolicy::LeaveWhenIdle as u8);
        assert_eq!(config.wifi.policy, node_core::WifiPolicy::LeaveWhenIdle);
        let formats = [
            (PayloadFormat::Plain, node_core::PayloadFormat::Plain),
            (PayloadFormat::Json, node_core::PayloadFormat::Json),
            (PayloadFormat::Losant, node_core::PayloadFormat::Losant),
            (
                PayloadFormat::HomeAssistant,
                node_core::PayloadFormat::HomeAssistant,
            ),
            (PayloadFormat::SenMl, node_core::PayloadFormat::SenMl),
        ];
        for (c, rust) in formats {
            let config = read(|config| {
                config.reports = 1;
                config.payload_format = c as u8;
            });
            assert_eq!(config.unwrap().report.unwrap().format, rust);
        }
    }

    #[test]
    fn a_configuration_that_was_never_filled_in_is_refused() {
        assert_eq!(read(|config| config.abi = 0), Err(Outcome::ErrorAbi));
    }

    fn read(change: impl FnOnce(&mut NodeConfig)) -> Result<Config, Outcome> {
        let mut c = NodeConfig::DEFAULT;
        change(&mut c);
        let mut config = Config::default();
        // SAFETY: all texts are null.
        unsafe { c.read(&mut config) }?;
        Ok(config)
    }
}
