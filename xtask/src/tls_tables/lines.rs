//! Reads what an image of `firmware/tls` writes.
//!
//! Owns the format, and that no answer goes unjudged.
//!
//! ```text
//! row empty 0 9 208
//! row p256-keygen 0 6511266 3056
//! right p256-keygen 0
//! ```

/// What one operation took.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Measured {
    /// Its name.
    pub(super) operation: String,
    /// Bytes that it worked on; 0 where there is nothing to choose.
    pub(super) bytes: u32,
    /// Instructions, the meter's own left out.
    pub(super) instructions: u32,
    /// Bytes of stack below the meter's frame.
    pub(super) stack: u32,
}

/// The operation that does nothing, and shows what the meter itself takes.
const EMPTY: &str = "empty";

/// Reads all lines of one run.
///
/// # Errors
///
/// Names the operation whose answer was wrong or never judged, or the line that is no line.
pub(super) fn read(output: &str) -> Result<Vec<Measured>, String> {
    let mut all = Vec::new();
    let mut open: Option<Measured> = None;
    let mut empty: Option<Measured> = None;
    for line in output.lines() {
        let garbled = || format!("`{line}` is no result");
        let (word, rest) = line.split_once(' ').ok_or_else(garbled)?;
        match word {
            "row" => {
                let row = row(rest).ok_or_else(garbled)?;
                if let Some(open) = open.take() {
                    return Err(format!("nobody judged {}", open.operation));
                }
                if row.operation == EMPTY {
                    empty = Some(row);
                } else {
                    open = Some(row);
                }
            }
            "right" => {
                let row = open.take().ok_or_else(garbled)?;
                let own = empty.as_ref().ok_or("the meter itself was not measured")?;
                all.push(without(row, own));
            }
            "wrong" => return Err(format!("{rest}: the answer is not the known one")),
            _ => return Err(garbled()),
        }
    }
    open.map_or(Ok(all), |open| {
        Err(format!("nobody judged {}", open.operation))
    })
}

fn row(text: &str) -> Option<Measured> {
    let mut words = text.split(' ');
    let row = Measured {
        operation: words.next()?.to_owned(),
        bytes: words.next()?.parse().ok()?,
        instructions: words.next()?.parse().ok()?,
        stack: words.next()?.parse().ok()?,
    };
    words.next().is_none().then_some(row)
}

/// Takes away what the meter takes.
fn without(row: Measured, own: &Measured) -> Measured {
    Measured {
        instructions: row.instructions.saturating_sub(own.instructions),
        stack: row.stack.saturating_sub(own.stack),
        ..row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meters_own_part_is_taken_away() {
        let output = "row empty 0 9 208\nrow sha256 64 5009 708\nright sha256 64\n";
        let expected = Measured {
            operation: "sha256".to_owned(),
            bytes: 64,
            instructions: 5000,
            stack: 500,
        };
        assert_eq!(read(output), Ok(vec![expected]));
    }

    #[test]
    fn a_wrong_answer_is_named() {
        let output = "row empty 0 9 208\nrow p256-sign 0 9 9\nwrong p256-sign 0\n";
        let expected = "p256-sign 0: the answer is not the known one";
        assert_eq!(read(output), Err(expected.to_owned()));
    }

    #[test]
    fn an_answer_that_nobody_judged_does_not_count() {
        for output in [
            "row empty 0 9 208\nrow p256-sign 0 9 9\n",
            "row empty 0 9 208\nrow p256-sign 0 9 9\nrow p256-verify 0 9 9\n",
        ] {
            assert_eq!(read(output), Err("nobody judged p256-sign".to_owned()));
        }
    }

    #[test]
    fn a_line_that_is_cut_off_is_no_line() {
        for output in ["row empty 0 9", "row empty 0 9 9 9", "rig", "right x 0"] {
            assert_eq!(read(output), Err(format!("`{output}` is no result")));
        }
    }
}
