//! What only the whole scenario shows to be wrong.
//!
//! Owns the checks between parts: times against the run, claims against settings. Does not
//! run anything.

use nodelab_sim::SimSpan;

use crate::diagnostic::{Diagnostic, Problems};
use crate::scenario::model::{Claim, Expectation, Extension, Fault, Place, Scenario, StepCommand};
use crate::scenario::quantity::show_duration;

/// Reports every contradiction.
pub(crate) fn check(scenario: &Scenario, problems: &mut Problems) {
    let extension = &scenario.extension;
    for fault in extension.faults.iter().chain(&extension.by_hand.faults) {
        if let Some(found) = fault_outside(scenario, fault) {
            problems.report(found);
        }
    }
    for found in hands_outside(scenario) {
        problems.report(found);
    }
    for expectation in &extension.expect {
        let found = unreported(scenario, expectation)
            .or_else(|| unpowered(scenario, expectation))
            .or_else(|| no_time_to_converge(scenario, expectation))
            .or_else(|| waits_beyond_the_run(scenario, expectation));
        if let Some(found) = found {
            problems.report(found);
        }
    }
    if let Some(found) = steps_beyond_the_run(scenario) {
        problems.report(found);
    }
}

fn fault_outside(scenario: &Scenario, fault: &Fault) -> Option<Diagnostic> {
    outside(
        scenario,
        (fault.place, fault.at.high()),
        "this fault may strike",
    )
}

/// What hands did lies in the run as faults do.
fn hands_outside(scenario: &Scenario) -> impl Iterator<Item = Diagnostic> + '_ {
    let by_hand = &scenario.extension.by_hand;
    let held = by_hand.temperature.iter().map(|held| (held.place, held.at));
    let typed = by_hand.serial.iter().map(|typed| (typed.place, typed.at));
    held.chain(typed)
        .filter_map(|moment| outside(scenario, moment, "this would happen"))
}

fn outside(scenario: &Scenario, (place, at): (Place, SimSpan), what: &str) -> Option<Diagnostic> {
    let end = scenario.extension.duration;
    (at >= end).then(|| {
        let at = show_duration(at);
        scenario
            .file
            .error(place.span, format!("{what} at {at}, after the run"))
            .expected(format!(
                "expected `at` below {}, the run's duration",
                show_duration(end)
            ))
            .advice("do it earlier, or set a longer `duration` in `x-nodelab`")
    })
}

/// Claims about delivery need somewhere to deliver to.
fn unreported(scenario: &Scenario, expectation: &Expectation) -> Option<Diagnostic> {
    let name = match expectation.claim {
        Claim::AckedWithin(_) => "acked-within",
        Claim::ConvergesWithin(_) => "converges-within",
        Claim::PublishedAtLeast(_) => "published-at-least",
        Claim::FirstPublishBetween(_) => "first-publish-between",
        Claim::Alert(..)
        | Claim::Authenticated(_)
        | Claim::BatteryLifeAtLeast(_)
        | Claim::Confidential(_)
        | Claim::DetectedWithin(_)
        | Claim::EnergyPerReadingAtMost(_)
        | Claim::ErrorAtMost(_)
        | Claim::HandshakeWithin(_)
        | Claim::JoinWithin(_)
        | Claim::LinkLostReason(_)
        | Claim::Never(_)
        | Claim::NeverConnectsToImpostor
        | Claim::QueueAtMost(_)
        | Claim::ReadingBetween(_)
        | Claim::ReadingsLost(_)
        | Claim::ResumedAtLeast(_)
        | Claim::SensorFault(_)
        | Claim::Serial(_)
        | Claim::TlsFailure(_) => return None,
    };
    let file = &scenario.file;
    let publish = scenario.extension.node.publish.as_ref();
    let error = file.error(
        expectation.place.span,
        format!("`{name}` without publishing"),
    );
    let error = match publish {
        None => error.expected("expected `publish` in `x-nodelab.node`"),
        Some(publish)
            if publish.report.qos == node_core::Qos::AtMostOnce && name == "acked-within" =>
        {
            file.error(
                expectation.place.span,
                "nothing is acknowledged with `qos: 0`",
            )
            .expected("expected `qos: 1` in `x-nodelab.node.publish`")
        }
        Some(_) => return None,
    };
    Some(error.advice("for example `node: { publish: { topic: room/1/temperature, qos: 1 } }`"))
}

/// Claims about energy need books, and claims about a battery a battery.
fn unpowered(scenario: &Scenario, expectation: &Expectation) -> Option<Diagnostic> {
    let power = scenario.extension.power.as_ref();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "two claims are about energy"
    )]
    let (name, missing) = match expectation.claim {
        Claim::BatteryLifeAtLeast(_) if power.and_then(|power| power.capacity).is_none() => {
            ("battery-life-at-least", "a battery")
        }
        Claim::EnergyPerReadingAtMost(_) if power.is_none() => {
            ("energy-per-reading-at-most", "power")
        }
        _ => return None,
    };
    let error = scenario.file.error(
        expectation.place.span,
        format!("`{name}` without {missing}"),
    );
    Some(
        error
            .expected("expected `power` in `x-nodelab`")
            .advice("for example `power: { battery: 2500 mAh }`"),
    )
}

fn no_time_to_converge(scenario: &Scenario, expectation: &Expectation) -> Option<Diagnostic> {
    let Claim::ConvergesWithin(limit) = expectation.claim else {
        return None;
    };
    let end = scenario.extension.duration;
    let healed = last_healing(&scenario.extension);
    (healed.plus(limit) > end).then(|| {
        let (healed, limit) = (show_duration(healed), show_duration(limit));
        scenario
            .file
            .error(
                expectation.place.span,
                format!("the run ends before {limit} have passed"),
            )
            .expected(format!(
                "expected {limit} after the last fault, which may last until {healed}"
            ))
            .advice("set a longer `duration` in `x-nodelab`, or make the faults shorter")
    })
}

/// Returns when the last fault that heals is over; those that last to the end do not count.
fn last_healing(extension: &Extension) -> SimSpan {
    let healed = extension
        .faults
        .iter()
        .filter(|fault| fault.lasting_max().is_some());
    healed
        .map(Fault::healed_at_latest)
        .max()
        .unwrap_or(SimSpan::ZERO)
}

fn waits_beyond_the_run(scenario: &Scenario, expectation: &Expectation) -> Option<Diagnostic> {
    let Claim::AckedWithin(limit) = expectation.claim else {
        return None;
    };
    let end = scenario.extension.duration;
    (limit >= end).then(|| {
        scenario
            .file
            .error(expectation.place.span, "no reading can wait that long")
            .expected(format!(
                "expected less than {}, the run's duration",
                show_duration(end)
            ))
            .advice("set a longer `duration` in `x-nodelab`")
    })
}

fn steps_beyond_the_run(scenario: &Scenario) -> Option<Diagnostic> {
    let end = scenario.extension.duration;
    let mut passed = SimSpan::ZERO;
    for step in &scenario.steps {
        if let StepCommand::Delay(span) = step.command {
            passed = passed.plus(span);
        }
        if passed >= end {
            let (passed, end) = (show_duration(passed), show_duration(end));
            let message = format!("up to here the steps wait {passed}");
            let warning = scenario
                .file
                .warning(step.place.span, message)
                .expected(format!("the run ends after {end}"));
            return Some(warning.advice("set a longer `duration` in `x-nodelab`"));
        }
    }
    None
}
