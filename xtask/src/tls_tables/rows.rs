//! Rows of a table: one for each operation, whatever lengths it was measured at.
//!
//! Owns how two lengths become a fixed part and a part per byte.

use serde_json::{Value, json};

use crate::tls_tables::lines::Measured;

/// What one operation takes on one core.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Row {
    /// The same each time.
    Each {
        /// Its name.
        operation: String,
        /// Instructions.
        instructions: u32,
        /// Bytes of stack.
        stack: u32,
    },
    /// It could not be measured.
    Skipped {
        /// Its name.
        operation: String,
        /// Why.
        reason: String,
    },
    /// It grows with what it is given.
    Sized {
        /// Its name.
        operation: String,
        /// Bytes and instructions, the shorter first.
        measured: [(u32, u32); 2],
        /// Bytes of stack.
        stack: u32,
    },
}

/// Gathers the lengths of each operation, in the order in which operations first came.
///
/// # Errors
///
/// Names the operation that was measured at one length only, or at one twice.
pub(super) fn rows(measured: &[Measured]) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for (index, first) in measured.iter().enumerate() {
        let same = |other: &&Measured| other.operation == first.operation;
        if measured[..index].iter().any(|other| same(&other)) {
            continue;
        }
        let all: Vec<&Measured> = measured.iter().filter(same).collect();
        rows.push(match all[..] {
            [only] if only.bytes == 0 => Row::Each {
                operation: only.operation.clone(),
                instructions: only.instructions,
                stack: only.stack,
            },
            [short, long] if 0 < short.bytes && short.bytes < long.bytes => Row::Sized {
                operation: short.operation.clone(),
                measured: [short, long].map(|row| (row.bytes, row.instructions)),
                stack: short.stack.max(long.stack),
            },
            _ => return Err(format!("{}: not two lengths", first.operation)),
        });
    }
    Ok(rows)
}

impl Row {
    /// Returns the name of the operation.
    pub(super) fn operation(&self) -> &str {
        match self {
            Self::Each { operation, .. }
            | Self::Sized { operation, .. }
            | Self::Skipped { operation, .. } => operation,
        }
    }

    /// Returns the row as it is committed.
    pub(super) fn json(&self) -> Value {
        match self {
            Self::Each {
                operation,
                instructions,
                stack,
            } => json!({
                "operation": operation,
                "unit": "each",
                "instructions": instructions,
                "stack_bytes": stack,
            }),
            Self::Skipped { operation, reason } => json!({
                "operation": operation,
                "skipped": reason,
            }),
            Self::Sized {
                operation,
                measured,
                stack,
            } => {
                let (per_call, per_byte_milli) = line(*measured);
                let points =
                    measured.map(|(bytes, count)| json!({ "bytes": bytes, "instructions": count }));
                json!({
                    "operation": operation,
                    "unit": "bytes",
                    "per_call": per_call,
                    "per_byte_milli": per_byte_milli,
                    "measured": points,
                    "stack_bytes": stack,
                })
            }
        }
    }
}

/// Returns the fixed part, in instructions, and the part per byte, in thousandths of one; both
/// rounded to nearest.
fn line([(short, few), (long, many)]: [(u32, u32); 2]) -> (i64, i64) {
    let [short, few, long, many] = [short, few, long, many].map(i64::from);
    let milli = ((many - few) * 1000 + (long - short) / 2).div_euclid(long - short);
    (few - (milli * short + 500).div_euclid(1000), milli)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(operation: &str, bytes: u32, instructions: u32) -> Measured {
        Measured {
            operation: operation.to_owned(),
            bytes,
            instructions,
            stack: bytes,
        }
    }

    #[test]
    fn two_lengths_become_a_fixed_part_and_one_per_byte() {
        let all = [
            measured("sha256", 64, 1000),
            measured("p256-sign", 0, 77),
            measured("sha256", 1088, 9192),
        ];
        let rows = rows(&all).unwrap();
        assert_eq!(rows.len(), 2);
        let sized = rows[0].json();
        assert_eq!(sized["per_call"], 1000 - 8 * 64);
        assert_eq!(sized["per_byte_milli"], 8000);
        assert_eq!(sized["stack_bytes"], 1088);
        assert_eq!(rows[1].json()["instructions"], 77);
    }

    #[test]
    fn parts_of_instructions_are_rounded() {
        assert_eq!(line([(64, 100), (128, 101)]), (99, 16));
        assert_eq!(line([(64, 101), (128, 100)]), (102, -16));
    }

    #[test]
    fn one_length_is_not_enough() {
        let all = [measured("sha256", 64, 1000)];
        assert_eq!(rows(&all), Err("sha256: not two lengths".to_owned()));
        let twice = [measured("sha256", 64, 1), measured("sha256", 64, 1)];
        assert!(rows(&twice).is_err());
    }
}
