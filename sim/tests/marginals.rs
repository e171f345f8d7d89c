//! Every random model has the rate and the range that its documentation states.
//!
//! Goal: a wrong constant, a lost factor or a shared stream fails here. Method: draw many parts
//! or reads with fixed seeds and compare moments with the published figure, within a tolerance of
//! several standard errors.

use nodelab_sim::analog::{
    Air, Esp32c3Adc, Esp32c3AdcSpec, Esp8266Adc, Esp8266AdcSpec, Grade, RadioActivity, Source,
    Supply, Tmp36, Tmp36Spec, full_scale,
};
use nodelab_sim::board::{Divider, DividerSpec};
use nodelab_sim::environment::{Environment, Profile, RandomWalk};
use nodelab_sim::{Celsius, EntityId, NodeId, Ohms, Purpose, Rng, SimSpan, SimTime, Volts};

const PARTS: u32 = 4_000;

#[test]
fn esp8266_noise_is_the_measured_rms_at_each_resistance() {
    // esp8266.com viewtopic t=21466; the last row is a NodeMCU's divider, between two of them.
    let measured = [
        (0.0, 0.45),
        (1_000.0, 0.75),
        (10_000.0, 1.03),
        (47_000.0, 1.58),
        (100_000.0, 1.97),
        (220_000.0, 2.05),
        (68_750.0, 1.75),
    ];
    for (ohms, expected) in measured {
        let rms = code_rms(Ohms(ohms));
        assert!(
            (rms / expected - 1.0).abs() < 0.03,
            "{ohms} Ω: {rms} counts, not {expected}"
        );
    }
}

#[test]
fn esp8266_spikes_come_once_in_500_reads_while_the_radio_is_on() {
    const READS: u32 = 400_000;
    let (adc, mut rng) = (chip(0), stream(0, Purpose::Adc));
    let tout = Source::stiff(Volts(0.5));
    let mut far = |radio| {
        let codes: Vec<f64> = (0..READS)
            .map(|_| read(&adc, tout, radio, &mut rng))
            .collect();
        let middle = mean(&codes);
        let sizes: Vec<f64> = codes.iter().map(|code| (code - middle).abs()).collect();
        assert!(
            sizes.iter().all(|size| *size < 33.0),
            "a spike beyond 30 counts"
        );
        sizes.iter().filter(|size| **size > 6.0).count()
    };
    // 24 in 30 spikes are above 6 counts, where noise of 0.45 never is: 640 ± 25 of 400 000.
    for radio in [RadioActivity::Listening, RadioActivity::Transmitting] {
        let spikes = far(radio);
        assert!((515..765).contains(&spikes), "{radio:?}: {spikes}");
    }
    assert_eq!(far(RadioActivity::Off), 0);
}

#[test]
fn esp8266_codes_are_six_lower_while_the_modem_sleeps() {
    let tout = Source {
        open: Volts(0.5),
        resistance: Ohms(68_750.0),
    };
    let shift = |index| {
        let (adc, mut rng) = (chip(index), stream(index, Purpose::Adc));
        let mut level = |radio| {
            let codes: Vec<f64> = (0..2_000)
                .map(|_| read(&adc, tout, radio, &mut rng))
                .collect();
            mean(&codes)
        };
        level(RadioActivity::Listening) - level(RadioActivity::Off)
    };
    let shifts: Vec<f64> = (0..200).map(shift).collect();
    // A missing code in between makes the shift of one chip up to 0.55 counts more or less.
    assert!(
        shifts.iter().all(|shift| (shift - 6.0).abs() < 0.9),
        "{shifts:?}"
    );
    assert!((mean(&shifts) - 6.0).abs() < 0.1, "{}", mean(&shifts));
}

#[test]
fn esp8266_offsets_fill_0_to_13_counts_and_gains_5_percent() {
    let (mut offsets, mut gains) = (Vec::new(), Vec::new());
    for index in 0..PARTS {
        let (adc, mut rng) = (chip(index), stream(index, Purpose::Adc));
        let mut level = |volts| {
            let (tout, radio) = (Source::stiff(Volts(volts)), RadioActivity::Listening);
            let codes: Vec<f64> = (0..40).map(|_| read(&adc, tout, radio, &mut rng)).collect();
            median(codes)
        };
        let (low, high) = (level(0.1), level(0.9));
        let gain = (high - low) / (0.8 * 1024.0);
        gains.push(gain);
        offsets.push(low - 102.4 * gain);
    }
    // Codes are whole and truncated, so a level is known to about one and a half counts.
    assert_uniform("offset", &offsets, (-0.5, 12.5), 0.3, 2.0);
    assert_uniform("gain", &gains, (0.95, 1.05), 0.002, 0.003);
}

#[test]
fn nodemcu_dividers_stay_within_1_percent_each() {
    let parts: Vec<Divider> = (0..PARTS)
        .map(|index| Divider::draw(DividerSpec::default(), &mut stream(index, Purpose::Parts)))
        .collect();
    let upper: Vec<f64> = parts.iter().map(|part| part.top.0 / 220_000.0).collect();
    let lower: Vec<f64> = parts.iter().map(|part| part.bottom.0 / 100_000.0).collect();
    assert_uniform("upper", &upper, (0.99, 1.01), 0.000_5, 0.0);
    assert_uniform("lower", &lower, (0.99, 1.01), 0.000_5, 0.0);
}

#[test]
fn esp32c3_offsets_fill_half_of_the_stated_error() {
    let spec = Esp32c3AdcSpec::default();
    let per_code_mv = full_scale(spec.attenuation).0 * 1000.0 / 4096.0;
    let mut levels = Vec::new();
    for index in 0..PARTS {
        let adc = Esp32c3Adc::draw(&spec, &mut stream(index, Purpose::Parts));
        let mut rng = stream(index, Purpose::Adc);
        let pin = Source::stiff(Volts(0.1));
        let codes: Vec<f64> = (0..100)
            .map(|_| f64::from(adc.read(pin, &mut rng).0))
            .collect();
        levels.push(mean(&codes) * per_code_mv);
    }
    // At 0.1 V the slope hardly counts: ±17.5 mV of offset, and ±0.7 mV of slope.
    let middle = mean(&levels);
    let offsets: Vec<f64> = levels.iter().map(|level| level - middle).collect();
    assert_uniform("offset in mV", &offsets, (-17.5, 17.5), 0.6, 1.5);
}

#[test]
fn esp32c3_noise_is_two_codes() {
    let adc = Esp32c3Adc::draw(&Esp32c3AdcSpec::default(), &mut stream(0, Purpose::Parts));
    let (pin, mut rng) = (Source::stiff(Volts(0.75)), stream(0, Purpose::Adc));
    let codes: Vec<f64> = (0..50_000)
        .map(|_| f64::from(adc.read(pin, &mut rng).0))
        .collect();
    // Rounding to whole codes adds 1/12 to the variance of 4.
    let rms = deviation(&codes);
    assert!((rms - 2.02).abs() < 0.04, "{rms}");
}

#[test]
fn tmp36_offsets_are_gaussian_and_end_at_the_grade() {
    for (grade, limit) in [(Grade::G, 3.0), (Grade::F, 2.0)] {
        let errors = errors(
            &Tmp36Spec {
                grade,
                ..Tmp36Spec::default()
            },
            25.0,
            3.3,
        );
        // Self-heating adds 0.012 °C, and noise at most 0.15 °C in so many reads.
        let worst = errors
            .iter()
            .fold(0.0, |worst, error| f64::max(worst, error.abs()));
        assert!(worst < limit + 0.18, "{grade:?}: {worst} °C");
        let beyond = errors.iter().filter(|error| error.abs() > 1.5).count();
        // 13.4 % of a Gaussian are beyond 1.5 sigma: 534 ± 22 of 4 000.
        assert!((425..645).contains(&beyond), "{grade:?}: {beyond}");
        assert!(mean(&errors).abs() < 0.08, "{grade:?}: {}", mean(&errors));
        let sigma = deviation(&errors);
        assert!((0.93..1.06).contains(&sigma), "{grade:?}: {sigma}");
    }
}

#[test]
fn tmp36_errors_keep_the_grade_over_the_range_and_follow_the_typical_curve() {
    let cases = [
        (-40.0, 1.2, 4.0),
        (10.0, 1.2, 4.0),
        (60.0, -0.1, 3.35),
        (125.0, -1.1, 4.0),
    ];
    for (celsius, typical, limit) in cases {
        let errors = errors(&Tmp36Spec::default(), celsius, 3.3);
        let middle = mean(&errors);
        assert!((middle - typical).abs() < 0.1, "{celsius} °C: {middle} °C");
        let worst = errors
            .iter()
            .fold(0.0, |worst, error| f64::max(worst, error.abs()));
        assert!(
            worst > limit - 1.2 && worst < limit + 0.18,
            "{celsius} °C: {worst} °C"
        );
    }
}

#[test]
fn tmp36_supply_moves_the_reading_by_the_stated_rate() {
    let level = |supply_v| mean(&errors(&Tmp36Spec::default(), -25.0, supply_v));
    // 0.09 °C/V · 1.7 V, and about 0.007 °C more self-heating.
    let shift = level(5.0) - level(3.3);
    assert!((shift - 0.160).abs() < 0.005, "{shift} °C");
}

#[test]
fn tmp36_noise_is_three_tenths_of_a_millivolt() {
    let mut rng = stream(0, Purpose::Adc);
    let (mut sensor, mut room) = settled(&Tmp36Spec::default(), 0, 25.0);
    let volts: Vec<f64> = (10..40_000)
        .map(|turn| output(&mut sensor, turn * 600, &mut room, 3.3, &mut rng))
        .collect();
    let rms_mv = deviation(&volts) * 1000.0;
    assert!((rms_mv - 0.3).abs() < 0.006, "{rms_mv} mV");
}

#[test]
fn tmp36_time_constants_spread_by_15_percent() {
    for (air, nominal_s) in [(Air::Still, 120.0), (Air::StirredOil, 3.5)] {
        let spec = Tmp36Spec {
            air,
            ..Tmp36Spec::default()
        };
        let parts: Vec<f64> = (0..PARTS)
            .map(|index| Tmp36::draw(&spec, &mut stream(index, Purpose::Parts)).tau_s() / nominal_s)
            .collect();
        assert_uniform("tau", &parts, (0.85, 1.15), 0.007, 0.0);
    }
}

#[test]
fn random_walks_spread_with_the_square_root_of_time() {
    let (low, high) = (Celsius(-1e6), Celsius(1e6));
    let shape = RandomWalk {
        high,
        low,
        ..RandomWalk::default()
    };
    for steps in [1, 100, 900] {
        let at = SimTime::ZERO.after(SimSpan::from_secs(60 * steps));
        let ends: Vec<f64> = (0..u64::from(PARTS))
            .map(|seed| {
                let mut air = Environment::new(Profile::RandomWalk(shape), seed);
                air.temperature(at).0 - shape.start.0
            })
            .collect();
        let expected = shape.sigma.0 * f64::from(u32::try_from(steps).unwrap()).sqrt();
        let sigma = deviation(&ends);
        // The standard error of a deviation of 4 000 draws is 1.1 %.
        assert!(
            (sigma / expected - 1.0).abs() < 0.05,
            "{steps}: {sigma}, not {expected}"
        );
        assert!(
            mean(&ends).abs() < 0.08 * expected,
            "{steps}: {}",
            mean(&ends)
        );
    }
}

/// Returns the rms of the codes about their mean, over one period of the rounding of codes.
fn code_rms(resistance: Ohms) -> f64 {
    const PLACES: u32 = 44;
    let (adc, mut rng) = (chip(0), stream(1, Purpose::Adc));
    // Twelve codes, near the 0.57 V at which the noise was measured.
    let variances: Vec<f64> = (0..PLACES)
        .map(|place| {
            let open = Volts(0.57 + 12.0 / 1024.0 * f64::from(place) / f64::from(PLACES));
            let tout = Source { open, resistance };
            let radio = RadioActivity::Off;
            let codes: Vec<f64> = (0..4_000)
                .map(|_| read(&adc, tout, radio, &mut rng))
                .collect();
            let sigma = deviation(&codes);
            sigma * sigma
        })
        .collect();
    mean(&variances).sqrt()
}

fn chip(index: u32) -> Esp8266Adc {
    Esp8266Adc::draw(
        &Esp8266AdcSpec::default(),
        &mut stream(index, Purpose::Parts),
    )
}

fn read(adc: &Esp8266Adc, tout: Source, radio: RadioActivity, rng: &mut Rng) -> f64 {
    f64::from(adc.read(tout, radio, rng).0)
}

/// Returns by how many °C each of many sensors is off once it has settled.
fn errors(spec: &Tmp36Spec, celsius: f64, supply_v: f64) -> Vec<f64> {
    let error = |index| {
        let (mut sensor, mut room) = settled(spec, index, celsius);
        let mut rng = stream(index, Purpose::Adc);
        let volts = output(&mut sensor, 86_400, &mut room, supply_v, &mut rng);
        (volts - 0.5) * 100.0 - celsius
    };
    (0..PARTS).map(error).collect()
}

fn settled(spec: &Tmp36Spec, index: u32, celsius: f64) -> (Tmp36, Environment) {
    let mut room = Environment::new(Profile::Constant(Celsius(celsius)), 0);
    let mut sensor = Tmp36::draw(spec, &mut stream(index, Purpose::Parts));
    sensor.stabilise(SimTime::ZERO, &mut room);
    (sensor, room)
}

fn output(sensor: &mut Tmp36, at_s: u64, room: &mut Environment, vs: f64, rng: &mut Rng) -> f64 {
    let at = SimTime::ZERO.after(SimSpan::from_secs(at_s));
    sensor
        .output(at, room, Supply::Powered(Volts(vs)), rng)
        .open
        .0
}

fn stream(index: u32, purpose: Purpose) -> Rng {
    Rng::derive(11, EntityId::Node(NodeId(index)), purpose)
}

/// Asserts that values fill a range evenly: the mean within `tolerance` of the middle, the
/// deviation that of a uniform draw, and nothing further than `slack` outside.
fn assert_uniform(what: &str, values: &[f64], range: (f64, f64), tolerance: f64, slack: f64) {
    let (low, high) = range;
    let middle = mean(values);
    assert!(
        (middle - f64::midpoint(low, high)).abs() < tolerance,
        "{what}: mean {middle}"
    );
    let expected = (high - low) / 12.0_f64.sqrt();
    let sigma = deviation(values);
    assert!(
        (sigma / expected - 1.0).abs() < 0.06,
        "{what}: deviation {sigma}, not {expected}"
    );
    let outside = values
        .iter()
        .find(|v| **v < low - slack || **v > high + slack);
    assert_eq!(outside, None, "{what}");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values)
}

fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    (values
        .iter()
        .map(|v| (v - middle) * (v - middle))
        .sum::<f64>()
        / count(values))
    .sqrt()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn count(values: &[f64]) -> f64 {
    f64::from(u32::try_from(values.len()).expect("few enough"))
}
