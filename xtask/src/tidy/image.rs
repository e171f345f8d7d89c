//! Whether each shipped file was built from the sources beside it.
//!
//! Owns the comparison. Does not build anything.

use crate::chip::CHIP;
use crate::cross::image::IMAGE;
use crate::shipped::{Record, Shipped};
use crate::tidy::tree::{Finding, Tree};

/// Every built file that is committed.
const SHIPPED: [Shipped; 2] = [CHIP, IMAGE];

/// Finds files that are older than their sources.
pub(crate) fn images_are_of_their_sources(tree: &Tree) -> Vec<Finding> {
    let is_stale = |shipped: &&Shipped| {
        let record = tree.file(shipped.record);
        let record = record.and_then(|file| Record::of(&file.text));
        record.is_none_or(|record| record.sources != shipped.digest(tree))
    };
    let finding = |shipped: &Shipped| {
        let Shipped { file, remedy, .. } = shipped;
        let message = format!("{file} was not built from these sources: run `{remedy}`");
        Finding::at(shipped.record, 0, message)
    };
    SHIPPED.iter().filter(is_stale).map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_needs_another_build_of_its_own_file() {
        let [core, model] = ["node-core/src/node.rs", "tmp36-model/src/curve.rs"];
        let fresh = Tree::of(&[(core, "one"), (model, "one")]);
        let record = |shipped: &Shipped| {
            let sources = shipped.digest(&fresh);
            format!(r#"{{"compiler": "", "image": "", "sources": "{sources}"}}"#)
        };
        let (chip, image) = (record(&CHIP), record(&IMAGE));
        let found = |core_text: &str, model_text: &str| {
            images_are_of_their_sources(&Tree::of(&[
                (CHIP.record, &chip),
                (IMAGE.record, &image),
                (core, core_text),
                (model, model_text),
            ]))
        };
        assert_eq!(found("one", "one"), []);
        for (findings, stale) in [(found("two", "one"), IMAGE), (found("one", "two"), CHIP)] {
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert_eq!(findings[0].path, stale.record);
            assert!(findings[0].message.contains(stale.remedy), "{findings:?}");
        }
    }

    #[test]
    fn a_file_without_a_record_is_found() {
        assert_eq!(images_are_of_their_sources(&Tree::of(&[])).len(), 2);
    }
}
