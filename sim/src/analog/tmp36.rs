//! The TMP36: from the temperature of the air to a voltage behind a resistance.
//!
//! ```text
//! air ─► package ─► die ─ offset, curve, supply ─► 500 mV + 10 mV/°C ─ noise, faults ─► VOUT
//! ```
//!
//! Owns one sensor's errors, delays and ways to fail. Does not know what is wired to its output.
//! Figures and tables are those of the Analog Devices TMP35/TMP36/TMP37 data sheet, Rev. H.
//! The coupling of ripple on the supply (Fig. 9) is left out: nobody has measured the ripple.

use tmp36_model::{
    Lead, OFFSET_SIGMA_C, between_rails_v, curvature_c, faulty, fed_v, ground_open_v, heating_c,
    limit_c, output_ohm, supply_c, transfer_v,
};

use crate::analog::thermal::{Air, Package};
use crate::analog::tmp36_spec::{Grade, Tmp36Fault, Tmp36Spec};
use crate::analog::{Source, Supply};
use crate::environment::Environment;
use crate::rng::Rng;
use crate::time::{SimSpan, SimTime};
use crate::units::{Celsius, Ohms, Volts};

/// How far time constants differ between parts and ways of mounting: ±15 %, which covers the
/// distance between Fig. 17 and Fig. 18.
const TAU_SPREAD: f64 = 0.15;
/// Integrated from Fig. 21; Fig. 20 would give less.
const NOISE_V: f64 = 0.000_3;
/// Table 1: 0.5 ms to within 1 °C; 750 mV come to 10 mV of their end in ln 75 time constants.
const TURN_ON_TAU_S: f64 = 0.000_5 / 4.317_5;
/// By then the turn-on is exactly over, in 53 bits.
const TURN_ON_OVER: SimSpan = SimSpan::from_millis(5);
/// Reversed, one kind of report: 200 °C and more (electronics.stackexchange.com 504837).
const REVERSED_HOT_V: f64 = 2.5;
/// Reversed, the other kind: 11 °C low, following the air (head-case.org, a kit's wrong guide).
const REVERSED_LOW_C: f64 = -11.0;
/// How far that other kind wanders to either side; unsourced.
const REVERSED_WANDER_C: f64 = 2.0;

/// One TMP36, in 64 bytes at most: a world may have 100 000.
#[derive(Clone, Copy, Debug)]
pub struct Tmp36 {
    package: Package,
    /// Until when it was without supply, as far as anyone looked.
    dark_until: SimTime,
    offset_c: f32,
    /// Where a stuck output stays.
    stuck_v: Option<f32>,
    /// Whether it reads hot when reversed; low otherwise.
    reversed_hot: bool,
    cooled: bool,
    fault: Tmp36Fault,
    grade: Grade,
    ideal: bool,
}

const _: () = assert!(size_of::<Tmp36>() <= 64);

impl Tmp36 {
    /// Draws one sensor of its kind, from the same draws for every spec.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "24 bits are enough for a part's spread"
    )]
    pub fn draw(spec: &Tmp36Spec, rng: &mut Rng) -> Self {
        let limit_c = limit_c(spec.grade, 25.0);
        let offset_c = (OFFSET_SIGMA_C * rng.gaussian()).max(-limit_c).min(limit_c);
        let tau_s = spec.air.tau_s() * rng.uniform(1.0 - TAU_SPREAD, 1.0 + TAU_SPREAD);
        let reversed_hot = rng.chance_ppm(500_000);
        Self {
            package: Package::new(if spec.ideal { 0.0 } else { tau_s }),
            dark_until: SimTime::ZERO,
            offset_c: offset_c as f32,
            stuck_v: None,
            reversed_hot: reversed_hot || spec.ideal,
            cooled: spec.air != Air::Still,
            fault: Tmp36Fault::None,
            grade: spec.grade,
            ideal: spec.ideal,
        }
    }

    /// Returns the error of its output at 25 °C.
    #[must_use]
    pub fn offset(&self) -> Celsius {
        if self.ideal {
            Celsius(0.0)
        } else {
            Celsius(f64::from(self.offset_c))
        }
    }

    /// Powers the sensor at `at`, after it has lain in the air of `room` for long.
    pub fn stabilise(&mut self, at: SimTime, room: &mut Environment) {
        self.package.stabilise(at, room);
        self.dark_until = at;
    }

    /// Breaks the sensor, or repairs it.
    pub const fn fail(&mut self, fault: Tmp36Fault) {
        self.fault = fault;
        self.stuck_v = None;
    }

    /// Returns the temperature of the die when last asked for an output.
    #[must_use]
    pub const fn die(&self) -> Celsius {
        self.package.die()
    }

    /// Returns the time constant with which the die follows the air, in seconds.
    #[must_use]
    pub const fn tau_s(&self) -> f64 {
        self.package.tau_s()
    }

    /// Returns what the output lead shows at `at`.
    ///
    /// Times must not run back. Valid for supplies up to the absolute maximum of 7 V. Reports of
    /// reversed sensors disagree, so that case is as uncertain here: half of the parts read
    /// 200 °C and more, the others some 11 °C low, and none reads the same twice; see
    /// [`Supply::overheats`].
    pub fn output(
        &mut self,
        at: SimTime,
        room: &mut Environment,
        supply: Supply,
        rng: &mut Rng,
    ) -> Source {
        self.package.advance(at, room, self.heating_c(supply));
        if supply == Supply::Unpowered {
            self.dark_until = at;
        }
        let healthy = self.healthy(at, supply, rng);
        match faulty(self.fault, supply.volts().map(|volts| volts.0)) {
            Some(Lead::Open) => Source::OPEN,
            Some(Lead::Level(volts)) => Source::stiff(Volts(volts)),
            None if self.fault == Tmp36Fault::Stuck => self.stuck(healthy),
            None => healthy,
        }
    }

    fn healthy(&self, at: SimTime, supply: Supply, rng: &mut Rng) -> Source {
        let (level_v, supply_v) = match supply {
            Supply::Unpowered => return Source::OPEN,
            Supply::Powered(Volts(vs)) => (self.powered_v(at, vs), vs),
            Supply::GroundOpen(Volts(vs)) => (ground_open_v(vs), vs),
            Supply::Reversed(Volts(vs)) => (self.reversed_v(vs, rng), vs),
        };
        let noise_v = if self.ideal {
            0.0
        } else {
            NOISE_V * rng.gaussian()
        };
        let open = Volts(between_rails_v(level_v + noise_v, supply_v));
        let ohm = if self.ideal {
            0.0
        } else {
            output_ohm(self.die().0)
        };
        Source {
            open,
            resistance: Ohms(ohm),
        }
    }

    fn powered_v(&self, at: SimTime, supply_v: f64) -> f64 {
        let die_c = self.die().0;
        let seen_c = if self.ideal {
            die_c
        } else {
            die_c + self.error_c(die_c, supply_v)
        };
        fed_v(seen_c, die_c, supply_v) * self.turned_on(at)
    }

    /// Returns by how much the sensor is off at a die temperature, within its grade's limits
    /// but for the influence of the supply.
    fn error_c(&self, die_c: f64, supply_v: f64) -> f64 {
        let limit_c = limit_c(self.grade, die_c);
        let own_c = f64::from(self.offset_c) + curvature_c(die_c);
        let fed_c = supply_c(die_c, supply_v);
        own_c.max(-limit_c).min(limit_c) + fed_c
    }

    /// Returns how far the output has risen since the sensor was powered, 0 to 1.
    fn turned_on(&self, at: SimTime) -> f64 {
        let since = at.since(self.dark_until);
        if self.ideal || since >= TURN_ON_OVER {
            return 1.0;
        }
        1.0 - libm::exp(-since.as_secs_f64() / TURN_ON_TAU_S)
    }

    fn reversed_v(&self, supply_v: f64, rng: &mut Rng) -> f64 {
        let place = if self.ideal { 0.5 } else { rng.unit() };
        if self.reversed_hot {
            let low_v = REVERSED_HOT_V.min(supply_v);
            low_v + (supply_v - low_v) * place
        } else {
            let wander_c = REVERSED_WANDER_C * (2.0 * place - 1.0);
            transfer_v(self.die().0 + REVERSED_LOW_C + wander_c)
        }
    }

    /// Returns how much warmer than the air the die is in balance. How hot a reversed one gets
    /// is unsourced, so that is not in here.
    fn heating_c(&self, supply: Supply) -> f64 {
        let Supply::Powered(Volts(vs)) = supply else {
            return 0.0;
        };
        if self.ideal {
            return 0.0;
        }
        heating_c(self.die().0, vs, self.cooled)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a stuck output is no precise one"
    )]
    fn stuck(&mut self, healthy: Source) -> Source {
        if healthy.resistance.0.is_infinite() {
            return healthy;
        }
        let level_v = *self.stuck_v.get_or_insert(healthy.open.0 as f32);
        Source {
            open: Volts(f64::from(level_v)),
            ..healthy
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Profile;
    use crate::rng::{EntityId, Purpose};

    const POWERED: Supply = Supply::Powered(Volts(3.3));

    #[test]
    fn an_ideal_sensor_has_the_nominal_transfer_function() {
        let (mut sensor, mut rng) = ideal();
        for (celsius, volts) in [(-40.0, 0.1), (0.0, 0.5), (25.0, 0.75), (125.0, 1.75)] {
            let out = sensor.output(at_ms(0), &mut room(celsius), POWERED, &mut rng);
            assert!((out.open.0 - volts).abs() < 1e-12, "{celsius} °C: {out:?}");
            assert_eq!(out.resistance, Ohms(0.0));
        }
    }

    #[test]
    fn supplies_show_what_they_must() {
        let (mut sensor, mut rng) = ideal();
        assert_close(
            sensor.output(at_ms(0), &mut room(900.0), POWERED, &mut rng),
            3.3,
        );
        let mut show = |supply| sensor.output(at_ms(0), &mut room(25.0), supply, &mut rng);
        assert_eq!(show(Supply::Unpowered), Source::OPEN);
        assert_close(show(Supply::GroundOpen(Volts(3.3))), 2.7);
        assert_close(show(Supply::Reversed(Volts(3.3))), 2.9);
        assert_close(show(Supply::Powered(Volts(5.0))), 0.75);
        assert_close(show(Supply::Powered(Volts(1.0))), 0.375);
        assert_close(show(Supply::Powered(Volts(0.0))), 0.0);
        assert!(Supply::Reversed(Volts(3.3)).overheats() && !POWERED.overheats());
    }

    #[test]
    fn faults_show_at_once_and_are_gone_when_repaired() {
        let (mut sensor, mut rng) = ideal();
        let mut show = |fault, celsius, supply| {
            sensor.fail(fault);
            sensor.output(at_ms(0), &mut room(celsius), supply, &mut rng)
        };
        assert_eq!(show(Tmp36Fault::Open, 25.0, POWERED), Source::OPEN);
        let ground = Source::stiff(Volts(0.0));
        assert_eq!(show(Tmp36Fault::ShortToGround, 25.0, POWERED), ground);
        let supply = Source::stiff(Volts(3.3));
        assert_eq!(show(Tmp36Fault::ShortToSupply, 25.0, POWERED), supply);
        assert_eq!(
            show(Tmp36Fault::ShortToSupply, 25.0, Supply::Unpowered),
            Source::OPEN
        );
        assert_close(show(Tmp36Fault::None, 25.0, POWERED), 0.75);
    }

    #[test]
    fn a_stuck_output_stays_until_it_is_repaired() {
        let (mut sensor, mut rng) = ideal();
        sensor.fail(Tmp36Fault::Stuck);
        let mut show = |sensor: &mut Tmp36, celsius| {
            sensor.output(at_ms(0), &mut room(celsius), POWERED, &mut rng)
        };
        assert_close(show(&mut sensor, 25.0), 0.75);
        assert_close(show(&mut sensor, 60.0), 0.75);
        sensor.fail(Tmp36Fault::Stuck);
        assert_close(show(&mut sensor, 60.0), 1.1);
        sensor.fail(Tmp36Fault::None);
        assert_close(show(&mut sensor, 30.0), 0.8);
    }

    #[test]
    fn turning_on_takes_half_a_millisecond_to_one_degree() {
        let mut rng = stream();
        let mut sensor = Tmp36::draw(&Tmp36Spec::default(), &mut rng);
        let mut air = room(25.0);
        sensor.stabilise(at_ms(1_000), &mut air);
        let mut show = |us, supply| {
            let at = at_ms(1_000).after(SimSpan::from_micros(us));
            sensor.output(at, &mut air, supply, &mut rng).open.0
        };
        let early = [show(0, POWERED), show(250, POWERED), show(500, POWERED)];
        let end = show(10_000, POWERED);
        assert!(early[0] < 0.002 && early[1] < end - 0.05, "{early:?} {end}");
        assert!((early[2] - end).abs() < 0.013, "{early:?} {end}");
        // A loose lead darkens it again.
        show(20_000, Supply::Unpowered);
        assert!(show(20_100, POWERED) < end - 0.2);
    }

    #[test]
    fn a_reversed_sensor_reads_hot_or_low_and_never_the_same() {
        let mut kinds = [0, 0];
        for seed in 0..40 {
            let mut rng = Rng::derive(seed, EntityId::World, Purpose::Parts);
            let mut sensor = Tmp36::draw(&Tmp36Spec::default(), &mut rng);
            let mut air = room(25.0);
            sensor.stabilise(at_ms(0), &mut air);
            let supply = Supply::Reversed(Volts(3.3));
            let mut show = || sensor.output(at_ms(1), &mut air, supply, &mut rng).open.0;
            let (one, other) = (show(), show());
            assert!((one - other).abs() > 1e-9, "seed {seed}");
            let hot = (2.5..=3.3).contains(&one);
            let low = (0.61..0.67).contains(&one);
            assert!(hot || low, "seed {seed}: {one} V");
            kinds[usize::from(hot)] += 1;
        }
        assert!(kinds.iter().all(|count| *count > 8), "{kinds:?}");
    }

    #[test]
    fn its_own_current_warms_the_die_and_a_bath_cools_it() {
        for (air, expected_c) in [(Air::Still, 0.012), (Air::StirredOil, 0.009)] {
            let mut rng = stream();
            let mut sensor = Tmp36::draw(
                &Tmp36Spec {
                    air,
                    ..Tmp36Spec::default()
                },
                &mut rng,
            );
            let mut air = room(25.0);
            sensor.output(at_ms(86_400_000), &mut air, POWERED, &mut rng);
            let warmer_c = sensor.die().0 - 25.0;
            assert!((warmer_c - expected_c).abs() < 0.000_5, "{warmer_c} °C");
        }
    }

    fn ideal() -> (Tmp36, Rng) {
        let mut rng = stream();
        let spec = Tmp36Spec {
            ideal: true,
            ..Tmp36Spec::default()
        };
        (Tmp36::draw(&spec, &mut rng), rng)
    }

    fn stream() -> Rng {
        Rng::derive(1, EntityId::World, Purpose::Parts)
    }

    fn room(celsius: f64) -> Environment {
        Environment::new(Profile::Constant(Celsius(celsius)), 1)
    }

    fn at_ms(ms: u64) -> SimTime {
        SimTime::ZERO.after(SimSpan::from_millis(ms))
    }

    fn assert_close(source: Source, volts: f64) {
        assert!(
            (source.open.0 - volts).abs() < 1e-6,
            "{source:?}, expected {volts} V"
        );
    }
}
