//! Text in lines that are not too long.

/// Columns of text.
const WIDTH: usize = 98;

/// Text under way.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// Adds words as they are, without spaces at the end.
    pub(super) fn plain(&mut self, words: &str) {
        self.0 += words.trim_end();
        self.0.push('\n');
    }

    /// Adds words, wrapped and indented; a continued line is indented by two more.
    pub(super) fn wrapped(&mut self, indent: usize, words: &str) {
        let mut line = String::new();
        let mut lead = indent;
        for word in words.split_whitespace() {
            let longer = lead + line.chars().count() + 1 + word.chars().count();
            if !line.is_empty() && longer > WIDTH {
                self.plain(&format!("{:lead$}{line}", ""));
                line.clear();
                lead = indent + 2;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line += word;
        }
        self.plain(&format!("{:lead$}{line}", ""));
    }

    /// Returns the text.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn wrapping_keeps_every_word_and_the_width(
            words in proptest::collection::vec("[a-z]{1,20}", 0..60),
            indent in 0..8_usize,
        ) {
            let mut lines = Lines::default();
            lines.wrapped(indent, &words.join(" "));
            let text = lines.finish();
            let read: Vec<&str> = text.split_whitespace().collect();
            prop_assert_eq!(read, words);
            prop_assert!(text.lines().all(|line| line.len() <= WIDTH));
        }
    }
}
