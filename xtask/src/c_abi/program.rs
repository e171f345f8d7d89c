//! Starts a program and tells what it said if it fails.

use std::process::{Command, Output};

use crate::cross::CrossError;

/// Runs a command to its end, and returns what it wrote.
///
/// # Errors
///
/// [`CrossError::Failed`] when it does not start or does not succeed; repeats what it said.
pub(crate) fn run_program(command: &mut Command) -> Result<Output, CrossError> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| CrossError::Failed(format!("{name} did not start: {error}")))?;
    if output.status.success() {
        Ok(output)
    } else {
        Err(CrossError::of_program(&name, &output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_its_words() {
        let mut command = Command::new("sh");
        let error = run_program(command.args(["-c", "echo why >&2; exit 4"])).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("sh ended") && text.contains("why"), "{text}");
    }
}
