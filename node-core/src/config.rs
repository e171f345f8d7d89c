//! What a node is told once, at boot.
//!
//! Owns the defaults and the checks: after [`Node::new`](crate::Node::new) accepted a
//! configuration it is legal by construction. Fields are public because any value may be
//! written here; the check comes at the door.

use crate::text::Text;
use crate::time::Duration;
use crate::units::MilliCelsius;

/// Readings a queue holds at most.
pub const QUEUE_CAPACITY_MAX: usize = 32;
/// Conversions averaged into one reading at most.
pub const OVERSAMPLE_MAX: usize = 16;
/// Shortest time between samples: the ESP8266 needs about 10 ms between reads while Wi-Fi is on.
pub const INTERVAL_MIN: Duration = Duration::from_millis(100);
/// Longest time between samples, one week.
pub const INTERVAL_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Node parameters, checked once by [`Node::new`](crate::Node::new).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Config {
    /// How unsent readings wait.
    pub queue: QueueConfig,
    /// Where readings go; without it they go to the console only and the radio stays off.
    pub report: Option<ReportConfig>,
    /// When and how often to sample.
    pub sampling: SamplingConfig,
    /// How codes become temperatures.
    pub sensor: SensorConfig,
    /// How to keep the link.
    pub wifi: WifiConfig,
}

/// When and how often to sample.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SamplingConfig {
    /// How several conversions become one.
    pub filter: Filter,
    /// Time between readings, [`INTERVAL_MIN`] to [`INTERVAL_MAX`]; default 60 s.
    pub interval: Duration,
    /// Conversions per reading, 1 to [`OVERSAMPLE_MAX`]; default 1, as in the tutorial.
    pub oversample: u8,
    /// How long a conversion may take before the sensor counts as silent; default 100 ms.
    pub response_timeout: Duration,
}

/// How several conversions become one.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Filter {
    /// The arithmetic mean: best against noise.
    #[default]
    Mean,
    /// The middle one: best against single spikes.
    Median,
}

/// How codes become temperatures.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SensorConfig {
    /// Correction of this board's gain and offset; default none.
    pub calibration: Calibration,
    /// The rule; default the data sheet's.
    pub conversion: Conversion,
    /// What voltage a code stands for; default NodeMCU.
    pub scale: Scale,
    /// Largest believable change between readings, in m°C; `None` believes all. Default 20 °C.
    pub step_max: Option<MilliCelsius>,
}

/// Correction of a board's gain and offset, applied to the converted temperature:
/// `(t + 50 °C) · (1 + gain) − 50 °C + offset`, so that the gain acts on the voltage.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Calibration {
    /// Correction of the gain, in parts per million; ±1 000 000 at most.
    pub gain_ppm: i32,
    /// Added at the end.
    pub offset: MilliCelsius,
}

/// The rule from code to temperature.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Conversion {
    /// The TMP36 data sheet's transfer function at the board's scale.
    #[default]
    Datasheet,
    /// `code / 10`, as a well-known tutorial has it; kept to compare against.
    TenthOfCode,
}

/// What voltage at the sensor's output a code stands for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Scale {
    /// ESP8266 without a divider: 1.0 V is code 1024.
    BareEsp12,
    /// ESP32-C3 at this attenuation: 12 bits, code 2000 at the factory's calibration voltage.
    Esp32c3(Attenuation),
    /// NodeMCU: 220 kΩ over 100 kΩ in front of the ESP8266, so 3.2 V is code 1024.
    #[default]
    NodeMcu,
}

/// Input attenuation of the ESP32-C3's converter.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Attenuation {
    /// 0 dB: specified from 0 to 750 mV.
    Db0,
    /// 2.5 dB: specified from 0 to 1050 mV.
    Db2p5,
    /// 6 dB: specified from 0 to 1300 mV.
    Db6,
    /// 11 dB: specified from 0 to 2500 mV.
    #[default]
    Db11,
}

/// How unsent readings wait.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct QueueConfig {
    /// Readings kept, 1 to [`QUEUE_CAPACITY_MAX`]; default 32.
    pub capacity: u8,
    /// Which reading goes when one more comes; default the oldest.
    pub drop: DropPolicy,
}

/// Which reading goes when the queue is full.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum DropPolicy {
    /// The newest: history is worth more.
    Newest,
    /// The oldest that is not being sent: the present is worth more.
    #[default]
    Oldest,
}

/// How to keep the link.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct WifiConfig {
    /// Pauses between failed attempts, of the join and of the session alike.
    pub backoff: BackoffConfig,
    /// How long a join may take; default 15 s.
    pub join_timeout: Duration,
    /// When to leave the access point; default never.
    pub policy: WifiPolicy,
}

/// When to leave the access point.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum WifiPolicy {
    /// Leave as soon as the queue is empty: for batteries.
    LeaveWhenIdle,
    /// Join at boot and stay: for mains.
    #[default]
    Stay,
}

/// Capped exponential pauses with jitter: the n-th pause is drawn from the upper half of
/// `base · 2ⁿ`, capped.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct BackoffConfig {
    /// First pause; default 1 s.
    pub base: Duration,
    /// Longest pause; default 60 s.
    pub cap: Duration,
}

/// Where readings go, and as what.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct ReportConfig {
    /// Ask the broker to forget earlier sessions (MQTT 3.1.1 §3.1.2.4); default false.
    pub clean_session: bool,
    /// MQTT client identifier; must not be empty.
    pub client_id: Text<48>,
    /// Subscribe to commands (`<topic>/command`; with Losant `losant/<id>/command`); default false.
    pub commands: bool,
    /// What a payload looks like; default a plain number.
    pub format: PayloadFormat,
    /// Longest silence towards the broker, 0 for none; default 60 s.
    pub keep_alive_s: u16,
    /// Password; empty for none.
    pub password: Text<160>,
    /// Quality of service; default at least once.
    pub qos: Qos,
    /// How long the broker may take to answer anything; default 10 s.
    pub response_timeout: Duration,
    /// Keep `online`/`offline` in `<topic>/status`, by a retained message and a will; default no.
    pub status: bool,
    /// Topic of the readings; must not be empty, and holds no wildcard.
    pub topic: Text<80>,
    /// User name; empty for none.
    pub username: Text<96>,
}

/// Quality of service (MQTT 3.1.1 §4.3).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Qos {
    /// 0: sent once, never acknowledged.
    AtMostOnce,
    /// 1: sent until acknowledged.
    #[default]
    AtLeastOnce,
}

/// What a payload looks like.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum PayloadFormat {
    /// Home Assistant: `{"temperature":25.0}`, announced by a retained discovery message.
    HomeAssistant,
    /// `{"sequence":7,"temperature":25.0,"time":1700000000000}`.
    Json,
    /// Losant: `{"data":{"temperature":25.0},"time":1700000000000}`.
    Losant,
    /// `25.0`.
    #[default]
    Plain,
    /// SenML (RFC 8428):
    /// `[{"bn":"urn:dev:…","n":"temperature","u":"Cel","v":25.0,"t":1700000000}]`.
    SenMl,
}

/// Why a [`Config`] was rejected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ConfigError {
    /// The back-off's base is zero or above its cap.
    BackoffInverted,
    /// The client identifier is empty.
    ClientIdEmpty,
    /// The gain correction is beyond ±1 000 000 ppm.
    GainOutOfRange,
    /// The interval is outside [`INTERVAL_MIN`] to [`INTERVAL_MAX`].
    IntervalOutOfRange,
    /// The oversampling is 0 or above [`OVERSAMPLE_MAX`].
    OversampleOutOfRange,
    /// A password without a user name (MQTT 3.1.1 §3.1.2.9).
    PasswordWithoutUsername,
    /// The queue's capacity is 0 or above [`QUEUE_CAPACITY_MAX`].
    QueueCapacityOutOfRange,
    /// A timeout is zero.
    TimeoutZero,
    /// The topic is empty, or holds a wildcard or a NUL (MQTT 3.1.1 §4.7.1, §4.7.3).
    TopicInvalid,
}

/// Largest correction of the gain, in parts per million.
const GAIN_PPM_MAX: u32 = 1_000_000;

impl Scale {
    /// All of them. Places are recorded as numbers elsewhere: new ones go to the end.
    pub const ALL: [Self; 6] = [
        Self::BareEsp12,
        Self::Esp32c3(Attenuation::Db0),
        Self::Esp32c3(Attenuation::Db2p5),
        Self::Esp32c3(Attenuation::Db6),
        Self::Esp32c3(Attenuation::Db11),
        Self::NodeMcu,
    ];
}

impl PayloadFormat {
    /// All of them. Places are recorded as numbers elsewhere: new ones go to the end.
    pub const ALL: [Self; 5] = [
        Self::HomeAssistant,
        Self::Json,
        Self::Losant,
        Self::Plain,
        Self::SenMl,
    ];
}

impl Config {
    /// Checks every rule, sampling first, the broker last.
    ///
    /// # Errors
    ///
    /// The first rule that is broken.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.sampling.check()?;
        if self.sensor.calibration.gain_ppm.unsigned_abs() > GAIN_PPM_MAX {
            return Err(ConfigError::GainOutOfRange);
        }
        if !(1..=QUEUE_CAPACITY_MAX).contains(&usize::from(self.queue.capacity)) {
            return Err(ConfigError::QueueCapacityOutOfRange);
        }
        self.wifi.check()?;
        self.report.as_ref().map_or(Ok(()), ReportConfig::check)
    }
}

impl SamplingConfig {
    fn check(&self) -> Result<(), ConfigError> {
        if !(1..=OVERSAMPLE_MAX).contains(&usize::from(self.oversample)) {
            return Err(ConfigError::OversampleOutOfRange);
        }
        if self.response_timeout == Duration::ZERO {
            return Err(ConfigError::TimeoutZero);
        }
        if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&self.interval) {
            return Err(ConfigError::IntervalOutOfRange);
        }
        Ok(())
    }
}

impl WifiConfig {
    fn check(&self) -> Result<(), ConfigError> {
        if self.join_timeout == Duration::ZERO {
            return Err(ConfigError::TimeoutZero);
        }
        if self.backoff.base == Duration::ZERO || self.backoff.base > self.backoff.cap {
            return Err(ConfigError::BackoffInverted);
        }
        Ok(())
    }
}

impl ReportConfig {
    fn check(&self) -> Result<(), ConfigError> {
        if self.client_id.is_empty() {
            return Err(ConfigError::ClientIdEmpty);
        }
        let illegal = |byte: &u8| matches!(byte, b'+' | b'#' | 0);
        if self.topic.is_empty() || self.topic.as_bytes().iter().any(illegal) {
            return Err(ConfigError::TopicInvalid);
        }
        if self.username.is_empty() && !self.password.is_empty() {
            return Err(ConfigError::PasswordWithoutUsername);
        }
        if self.response_timeout == Duration::ZERO {
            return Err(ConfigError::TimeoutZero);
        }
        Ok(())
    }
}

impl Config {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        queue: QueueConfig::DEFAULT,
        report: None,
        sampling: SamplingConfig::DEFAULT,
        sensor: SensorConfig::DEFAULT,
        wifi: WifiConfig::DEFAULT,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl SamplingConfig {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        filter: Filter::Mean,
        interval: Duration::from_secs(60),
        oversample: 1,
        response_timeout: Duration::from_millis(100),
    };
}

impl Default for SamplingConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl SensorConfig {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        calibration: Calibration {
            gain_ppm: 0,
            offset: MilliCelsius(0),
        },
        conversion: Conversion::Datasheet,
        scale: Scale::NodeMcu,
        step_max: Some(MilliCelsius(20_000)),
    };
}

impl Default for SensorConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl QueueConfig {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        capacity: 32,
        drop: DropPolicy::Oldest,
    };
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl WifiConfig {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        backoff: BackoffConfig::DEFAULT,
        join_timeout: Duration::from_secs(15),
        policy: WifiPolicy::Stay,
    };
}

impl Default for WifiConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl BackoffConfig {
    /// What [`Default`] gives, as a constant.
    pub(crate) const DEFAULT: Self = Self {
        base: Duration::from_secs(1),
        cap: Duration::from_secs(60),
    };
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Default for ReportConfig {
    fn default() -> Self {
        Self {
            clean_session: false,
            client_id: Text::EMPTY,
            commands: false,
            format: PayloadFormat::Plain,
            keep_alive_s: 60,
            password: Text::EMPTY,
            qos: Qos::AtLeastOnce,
            response_timeout: Duration::from_secs(10),
            status: false,
            topic: Text::EMPTY,
            username: Text::EMPTY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reporting() -> ReportConfig {
        ReportConfig {
            client_id: Text::new("node-1").unwrap(),
            topic: Text::new("room/1/temperature").unwrap(),
            ..ReportConfig::default()
        }
    }

    #[test]
    fn defaults_are_legal() {
        assert_eq!(Config::default().check(), Ok(()));
        let config = Config {
            report: Some(reporting()),
            ..Config::default()
        };
        assert_eq!(config.check(), Ok(()));
    }

    fn plain(change: fn(&mut Config)) -> Config {
        let mut config = Config::default();
        change(&mut config);
        config
    }

    fn report(change: fn(&mut ReportConfig)) -> Config {
        let mut to = reporting();
        change(&mut to);
        Config {
            report: Some(to),
            ..Config::default()
        }
    }

    #[test]
    fn each_broken_rule_of_the_node_is_named() {
        let cases = [
            (
                plain(|c| c.sampling.oversample = 0),
                ConfigError::OversampleOutOfRange,
            ),
            (
                plain(|c| c.sampling.oversample = 17),
                ConfigError::OversampleOutOfRange,
            ),
            (
                plain(|c| c.sampling.interval = Duration::ZERO),
                ConfigError::IntervalOutOfRange,
            ),
            (
                plain(|c| c.sampling.response_timeout = Duration::ZERO),
                ConfigError::TimeoutZero,
            ),
            (
                plain(|c| c.sensor.calibration.gain_ppm = i32::MIN),
                ConfigError::GainOutOfRange,
            ),
            (
                plain(|c| c.queue.capacity = 0),
                ConfigError::QueueCapacityOutOfRange,
            ),
            (
                plain(|c| c.queue.capacity = 33),
                ConfigError::QueueCapacityOutOfRange,
            ),
            (
                plain(|c| c.wifi.join_timeout = Duration::ZERO),
                ConfigError::TimeoutZero,
            ),
            (
                plain(|c| c.wifi.backoff.base = Duration::ZERO),
                ConfigError::BackoffInverted,
            ),
            (
                plain(|c| c.wifi.backoff.cap = Duration::ZERO),
                ConfigError::BackoffInverted,
            ),
        ];
        for (config, expected) in cases {
            assert_eq!(config.check(), Err(expected));
        }
    }

    #[test]
    fn each_broken_rule_of_the_report_is_named() {
        assert_eq!(report(|_| {}).check(), Ok(()));
        let wildcard = |r: &mut ReportConfig| r.topic = Text::new("a/+").unwrap();
        let password = |r: &mut ReportConfig| r.password = Text::new("x").unwrap();
        let cases = [
            (
                report(|r| r.client_id = Text::EMPTY),
                ConfigError::ClientIdEmpty,
            ),
            (report(|r| r.topic = Text::EMPTY), ConfigError::TopicInvalid),
            (report(wildcard), ConfigError::TopicInvalid),
            (report(password), ConfigError::PasswordWithoutUsername),
            (
                report(|r| r.response_timeout = Duration::ZERO),
                ConfigError::TimeoutZero,
            ),
        ];
        for (config, expected) in cases {
            assert_eq!(config.check(), Err(expected));
        }
    }
}
