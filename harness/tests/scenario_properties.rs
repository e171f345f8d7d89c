//! Goal: no bytes make the scenario reader panic, or point outside the file.
//!
//! Method: arbitrary text, text of YAML's own characters, and mutations of a valid file.

use std::rc::Rc;

use nodelab::diagnostic::{Colour, SourceFile, Span, render_all};
use nodelab::scenario::{Kind, compose, parse, strict_validate};
use proptest::{prop_assert, prop_assert_eq, proptest};

/// A file with every construct of YAML, and many of a scenario.
const RICH: &str = "\u{feff}# comment
name: 'Grüße' # ü
version: 1
x-nodelab: &x
  node: { sample-interval: 60s, \"publish\": { topic: 'a/{node}', qos: 1 } }
  wifi: { loss: 2%..15% }
  environment:
    temperature: { ramp: { from: 20 °C, to: 30 °C, for: 1 h } }
  faults:
    - { at: 5s, sensor: { fault: open } }
  expect:
    - never: link-lost
    - reading-between: -5 °C..40 °C
steps:
  - wait-serial: |
      text
      more
  - set-control: { part-id: t, control: c, value: 1.5e3 }
  - &d { delay: 5ms }
  - *d
  - ? wait-serial
    : !tag value\r
";

/// Checks every span of the tree, and that both readers and the pictures take the text.
fn check(text: &str) {
    let file = SourceFile::new("f", text);
    let spans: Vec<Span> = match compose(&file) {
        Ok(tree) => {
            let mut spans: Vec<Span> = tree.unknown_tags.iter().map(|tag| tag.span).collect();
            let mut open = vec![tree.root];
            // Aliases are walked again, which the node limit bounds.
            while let Some(node) = open.pop() {
                spans.push(node.span);
                match &node.kind {
                    Kind::Sequence(items) => open.extend(items.iter().cloned()),
                    Kind::Mapping(entries) => open.extend(
                        entries
                            .iter()
                            .flat_map(|e| [Rc::clone(&e.key), Rc::clone(&e.value)]),
                    ),
                    Kind::Scalar(_) => {}
                }
            }
            spans
        }
        Err(errors) => errors.iter().map(|error| error.span).collect(),
    };
    for span in spans {
        assert!(
            text.get(span.start..span.end).is_some(),
            "{span:?} in {text:?}"
        );
    }
    let diagnostics = match parse(text, "f") {
        Ok((_, warnings)) => warnings,
        Err(diagnostics) => {
            assert!(
                !diagnostics.is_empty(),
                "{text:?} is refused without a reason"
            );
            diagnostics
        }
    };
    assert_eq!(
        render_all(&diagnostics, Colour::Plain).is_empty(),
        diagnostics.is_empty()
    );
    if let Err(error) = strict_validate(text) {
        assert!(!error.to_string().is_empty());
    }
}

#[test]
fn the_unmutated_file_is_valid() {
    let warnings = parse(RICH, "f").expect("it is valid").1;
    assert_eq!(warnings.len(), 1, "one unknown tag: {warnings:?}");
}

proptest! {
    #[test]
    fn no_text_breaks_the_readers(text: String) {
        check(&text);
    }

    #[test]
    fn no_yaml_like_text_breaks_the_readers(
        text in "[-a1 :\n\t{}\\[\\],'\"&*!|>#?%@`ü~.\r]{0,60}",
    ) {
        check(&text);
    }

    #[test]
    fn no_mutation_of_a_valid_file_breaks_the_readers(
        at in 0..RICH.len(),
        cut in 0_usize..12,
        insert in "[-a1 :\n\t{}\\[\\],'\"&*!|>#?%ü]{0,4}",
    ) {
        let mut bytes = RICH.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
        check(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn what_is_accepted_passes_strict_mode_too(
        at in 0..RICH.len(),
        cut in 0_usize..12,
        insert in "[-a1 :\n{}\\[\\],'\"]{0,2}",
    ) {
        let mut bytes = RICH.as_bytes().to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert.bytes());
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Ok((scenario, _)) = parse(&text, "f") {
            let strict = strict_validate(&text);
            prop_assert!(strict.is_ok(), "{strict:?}");
            prop_assert_eq!(strict.unwrap().steps.len(), scenario.steps.len());
        }
    }
}
