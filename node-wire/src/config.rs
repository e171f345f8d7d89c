//! A node's configuration as bytes: every field in the order of its declaration.
//!
//! Nothing is judged here: a configuration that the node refuses travels like any other.

use node_core::{
    BackoffConfig, Calibration, Config, Duration, MilliCelsius, QueueConfig, ReportConfig,
    SamplingConfig, SensorConfig, WifiConfig, Writer,
};

use crate::code;
use crate::frame::WireError;
use crate::reader::Reader;

pub(crate) fn write(out: &mut Writer<'_>, config: &Config) {
    write_queue(out, config.queue);
    flag(out, config.report.is_some());
    if let Some(report) = &config.report {
        write_report(out, report);
    }
    write_sampling(out, config.sampling);
    write_sensor(out, config.sensor);
    write_wifi(out, config.wifi);
}

pub(crate) fn read(from: &mut Reader<'_>) -> Result<Config, WireError> {
    Ok(Config {
        queue: read_queue(from)?,
        report: from.option(read_report)?,
        sampling: read_sampling(from)?,
        sensor: read_sensor(from)?,
        wifi: read_wifi(from)?,
    })
}

fn write_queue(out: &mut Writer<'_>, queue: QueueConfig) {
    out.bytes(&[queue.capacity]);
    code::write(out, queue.drop);
}

fn read_queue(from: &mut Reader<'_>) -> Result<QueueConfig, WireError> {
    Ok(QueueConfig {
        capacity: from.u8()?,
        drop: code::read(from)?,
    })
}

fn write_report(out: &mut Writer<'_>, report: &ReportConfig) {
    flag(out, report.clean_session);
    bytes(out, report.client_id.as_bytes());
    flag(out, report.commands);
    code::write(out, report.format);
    out.bytes(&report.keep_alive_s.to_le_bytes());
    bytes(out, report.password.as_bytes());
    code::write(out, report.qos);
    span(out, report.response_timeout);
    flag(out, report.status);
    bytes(out, report.topic.as_bytes());
    bytes(out, report.username.as_bytes());
}

fn read_report(from: &mut Reader<'_>) -> Result<ReportConfig, WireError> {
    Ok(ReportConfig {
        clean_session: from.flag()?,
        client_id: from.text()?,
        commands: from.flag()?,
        format: code::read(from)?,
        keep_alive_s: from.u16()?,
        password: from.text()?,
        qos: code::read(from)?,
        response_timeout: read_span(from)?,
        status: from.flag()?,
        topic: from.text()?,
        username: from.text()?,
    })
}

fn write_sampling(out: &mut Writer<'_>, sampling: SamplingConfig) {
    code::write(out, sampling.filter);
    span(out, sampling.interval);
    out.bytes(&[sampling.oversample]);
    span(out, sampling.response_timeout);
}

fn read_sampling(from: &mut Reader<'_>) -> Result<SamplingConfig, WireError> {
    Ok(SamplingConfig {
        filter: code::read(from)?,
        interval: read_span(from)?,
        oversample: from.u8()?,
        response_timeout: read_span(from)?,
    })
}

fn write_sensor(out: &mut Writer<'_>, sensor: SensorConfig) {
    out.bytes(&sensor.calibration.gain_ppm.to_le_bytes());
    out.bytes(&sensor.calibration.offset.0.to_le_bytes());
    code::write(out, sensor.conversion);
    code::write(out, sensor.scale);
    flag(out, sensor.step_max.is_some());
    if let Some(step) = sensor.step_max {
        out.bytes(&step.0.to_le_bytes());
    }
}

fn read_sensor(from: &mut Reader<'_>) -> Result<SensorConfig, WireError> {
    Ok(SensorConfig {
        calibration: Calibration {
            gain_ppm: from.i32()?,
            offset: MilliCelsius(from.i32()?),
        },
        conversion: code::read(from)?,
        scale: code::read(from)?,
        step_max: from.option(|from| from.i32().map(MilliCelsius))?,
    })
}

fn write_wifi(out: &mut Writer<'_>, wifi: WifiConfig) {
    span(out, wifi.backoff.base);
    span(out, wifi.backoff.cap);
    span(out, wifi.join_timeout);
    code::write(out, wifi.policy);
}

fn read_wifi(from: &mut Reader<'_>) -> Result<WifiConfig, WireError> {
    Ok(WifiConfig {
        backoff: BackoffConfig {
            base: read_span(from)?,
            cap: read_span(from)?,
        },
        join_timeout: read_span(from)?,
        policy: code::read(from)?,
    })
}

pub(crate) fn flag(out: &mut Writer<'_>, value: bool) {
    out.bytes(&[u8::from(value)]);
}

/// Writes a length, and the bytes; what is longer than a length can say does not fit.
pub(crate) fn bytes(out: &mut Writer<'_>, value: &[u8]) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    out.bytes(&length.to_le_bytes()).bytes(value);
}

fn span(out: &mut Writer<'_>, value: Duration) {
    out.bytes(&value.as_micros().to_le_bytes());
}

fn read_span(from: &mut Reader<'_>) -> Result<Duration, WireError> {
    from.u64().map(Duration::from_micros)
}
