//! The chart of a node's charge: how much it drew for what, one cause on another.
//!
//! Owns the stack and its words. Does not know a current: it adds up bills.

use nodelab_sim::SimTime;
use nodelab_sim::power::{Charge, Energy, Millivolts};

use super::chart::{Chart, Legend, Mark, Scale, Stage, WIDTH, tick};
use super::curves::{blank, plain, table};
use super::portrait::NodePortrait;
use super::svg::Path;
use crate::energy::{show_charge, show_energy};

/// Height of the chart.
const TALL: u32 = 220;
/// Steps along the axis of time.
const STEPS: u32 = 200;
/// Share of the height from which on a layer has its name beside it.
const NAMED: f64 = 0.07;

/// What was drawn so far, by cause.
pub(super) fn charge(stage: Stage<'_>, node: &NodePortrait) -> Option<Chart> {
    let mut causes: Vec<(&str, Vec<i128>)> = node
        .charge
        .iter()
        .map(|(cause, series)| (cause.as_str(), growth(stage, series)))
        .filter(|(_, growth)| growth.last().is_some_and(|whole| *whole > 0))
        .collect();
    causes.sort_by_key(|(cause, growth)| (std::cmp::Reverse(growth.last().copied()), *cause));
    let whole: i128 = causes.iter().filter_map(|(_, growth)| growth.last()).sum();
    if whole == 0 {
        return None;
    }
    let scale = Scale::around(0.0, milliamp_hours(whole), TALL);
    let mut marks = stage.background(scale);
    let mut below = vec![0; STEPS as usize + 1];
    let mut labels = Vec::new();
    let mut legend = Vec::new();
    for (place, (cause, growth)) in causes.iter().enumerate() {
        let above: Vec<i128> = below.iter().zip(growth).map(|(a, b)| a + b).collect();
        let class = format!("layer layer-{}", place % 7);
        marks += &layer(&below, &above, scale).element(&class);
        let mine = growth.last().copied().unwrap_or(0);
        let share = plain(i64::try_from(mine * 1_000 / whole).unwrap_or(0)) / 10.0;
        let words = format!("{cause} {share:.1} %");
        let (low, high) = (below.last().copied(), above.last().copied());
        let (low, high) = (
            scale.y(milliamp_hours(low.unwrap_or(0))),
            scale.y(milliamp_hours(high.unwrap_or(0))),
        );
        if low - high > NAMED * f64::from(TALL) {
            let middle = f64::midpoint(low, high) / f64::from(TALL) * 100.0;
            labels.push(tick(middle, words.clone()));
        }
        legend.push(Legend::new(Mark::Area, &class, words));
        below = above;
    }
    let decimals = scale.decimals();
    let supply = stage.portrait.header.as_ref()?.supply_mv;
    let energy = supply.map(|supply| {
        let charge = Charge(u128::try_from(whole).unwrap_or(0));
        let energy: Energy = charge.at(Millivolts(supply));
        format!(", {} at {} V", show_energy(energy), f64::from(supply) / 1e3)
    });
    Some(Chart {
        title: "Charge".to_owned(),
        summary: format!(
            "{} drawn{}.",
            show_charge(Charge(u128::try_from(whole).unwrap_or(0))),
            energy.unwrap_or_default()
        ),
        height: TALL,
        marks,
        y: scale.ticks(|value| format!("{value:.decimals$} mAh")),
        labels,
        legend,
        table: numbers(stage, &causes),
        ..blank(stage)
    })
}

/// Returns the charge by cause as a table: what each drew in all, and how it grew.
fn numbers(stage: Stage<'_>, causes: &[(&str, Vec<i128>)]) -> super::chart::Table {
    let mut head = vec!["mAh drawn until"];
    head.extend(causes.iter().map(|(cause, _)| *cause));
    let quarters = (1..=8).map(|part| {
        let step = STEPS as usize * part / 8;
        let at = stage.end() / 8 * part as u64;
        let mut row = vec![SimTime::from_nanos(at).to_string()];
        row.extend(
            causes
                .iter()
                .map(|(_, growth)| format!("{:.4}", milliamp_hours(growth[step]))),
        );
        row
    });
    table(&head, quarters)
}

/// Returns what was drawn until each step. A bill that one step ends is spread over none: it
/// counts where it was written.
fn growth(stage: Stage<'_>, series: &super::series::Series) -> Vec<i128> {
    let end = u128::from(stage.end());
    let mut sums = vec![0; STEPS as usize + 1];
    for bucket in series.buckets() {
        let step = (u128::from(bucket.to) * u128::from(STEPS)).div_ceil(end);
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        sums[step.min(STEPS as usize)] += bucket.sum;
    }
    let mut whole = 0;
    for sum in &mut sums {
        whole += *sum;
        *sum = whole;
    }
    sums
}

fn layer(below: &[i128], above: &[i128], scale: Scale) -> Path {
    let mut path = Path::default();
    let x = |step: usize| WIDTH * f64::from(u32::try_from(step).unwrap_or(0)) / f64::from(STEPS);
    for (step, value) in above.iter().enumerate() {
        path.to(x(step), scale.y(milliamp_hours(*value)));
    }
    for (step, value) in below.iter().enumerate().rev() {
        path.to(x(step), scale.y(milliamp_hours(*value)));
    }
    path.close();
    path
}

fn milliamp_hours(charge_fc: i128) -> f64 {
    Charge(u128::try_from(charge_fc).unwrap_or(0)).as_milliamp_hours()
}
