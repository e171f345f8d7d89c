//! Whether the shipped image was built from the sources beside it.
//!
//! Owns the comparison. Does not build anything.

use crate::cross::image::{RECORD, REMEDY, digest, recorded_sources};
use crate::tidy::tree::{Finding, Tree};

/// Finds an image that is older than its sources.
pub(crate) fn image_is_of_its_sources(tree: &Tree) -> Vec<Finding> {
    let record = tree.file(RECORD).map_or("", |file| file.text.as_str());
    if recorded_sources(record) == Some(digest(tree)) {
        return Vec::new();
    }
    let message = format!("the image was not built from these sources: run `{REMEDY}`");
    vec![Finding::at(RECORD, 0, message)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_source_needs_another_image() {
        let source = ("node-core/src/node.rs", "one");
        let record = format!("{{\"sources\": \"{}\"}}", digest(&Tree::of(&[source])));
        let fresh = Tree::of(&[source, (RECORD, &record)]);
        assert_eq!(image_is_of_its_sources(&fresh), []);
        let stale = Tree::of(&[("node-core/src/node.rs", "two"), (RECORD, &record)]);
        let findings = image_is_of_its_sources(&stale);
        assert!(findings[0].message.contains(REMEDY), "{findings:?}");
    }
}
