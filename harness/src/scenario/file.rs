//! From a file to a scenario.
//!
//! Owns the head of a scenario file (`name`, `version`, `steps`) and the reading of files
//! within a limit. All mistakes of a file are found, not only the first.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::diagnostic::{Diagnostic, Problems, SourceFile};
use crate::scenario::check;
use crate::scenario::compose::{TreeError, TreeErrorKind, compose};
use crate::scenario::fields::suggestion;
use crate::scenario::model::{Extension, Scenario};
use crate::scenario::scalar::Meaning;
use crate::scenario::tree::{ALIASES_MAX, BYTES_MAX, DEPTH_MAX, Kind, NODES_MAX, Node, Tree};
use crate::scenario::{extension, steps};

/// Keys of the head, and those that Wokwi's own files carry.
const HEAD: [&str; 6] = [
    "name",
    "version",
    "steps",
    "x-nodelab",
    "author",
    "description",
];

/// A scenario with what is doubtful about it, or all that is wrong with it.
pub type Loaded = Result<(Scenario, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Reads and checks a scenario file.
///
/// # Errors
///
/// Every mistake found, the warnings among them in the order of the file; a file that cannot
/// be read, is longer than [`BYTES_MAX`] or not UTF-8 is one mistake.
pub fn load(path: &Path) -> Loaded {
    let name = path.display().to_string();
    match read(path, BYTES_MAX) {
        Ok(text) => parse(&text, &name),
        Err(diagnostic) => Err(vec![diagnostic]),
    }
}

/// Reads a file of at most `bytes_max` bytes, without reading more than that.
///
/// # Errors
///
/// A diagnostic when it cannot be read, is longer, or is not UTF-8.
pub fn read(path: &Path, bytes_max: usize) -> Result<String, Diagnostic> {
    let file = SourceFile::new(path.display().to_string(), "");
    let failed = |error: &io::Error| {
        let diagnostic = file.failure(format!("cannot be read: {error}"));
        if error.kind() == io::ErrorKind::NotFound {
            return diagnostic.advice("check the path and its spelling");
        }
        diagnostic
    };
    let too_long = || {
        file.failure(format!("longer than {} KiB", bytes_max / 1024))
            .advice("split the file, or check that it is the one you mean")
    };
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX);
    let open = File::open(path).map_err(|error| failed(&error))?;
    if open.metadata().map_err(|error| failed(&error))?.len() > limit {
        return Err(too_long());
    }
    let mut bytes = Vec::new();
    // A pipe has no length beforehand, so the reading stops one byte behind the limit.
    let mut limited = open.take(limit.saturating_add(1));
    limited
        .read_to_end(&mut bytes)
        .map_err(|error| failed(&error))?;
    if bytes.len() > bytes_max {
        return Err(too_long());
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
        let line = before.split('\n').count();
        file.failure(format!(
            "not UTF-8 text: byte {valid}, on line {line}, belongs to no character"
        ))
        .advice("save the file as UTF-8")
    })
}

/// Checks the text of a scenario; `name` is the file's, and relative paths start beside it.
///
/// # Errors
///
/// Every mistake found, and the warnings among them, in the order of the file.
pub fn parse(text: &str, name: &str) -> Loaded {
    let file = SourceFile::new(name, text);
    let mut problems = Problems::new(file.clone());
    let tree = match compose(&file) {
        Ok(tree) => tree,
        Err(errors) => {
            for error in &errors {
                problems.report(diagnose(&file, error));
            }
            return problems.finish(None);
        }
    };
    for tag in &tree.unknown_tags {
        let warning = file.warning(tag.span, format!("unknown tag `{}`", tag.tag));
        problems.report(warning.expected("ignored").advice("remove it"));
    }
    if let Some(span) = tree.alias_excess {
        let error = file.error(span, format!("more than {ALIASES_MAX} uses of anchors"));
        problems.report(error.expected("wokwi-cli takes this for an attack"));
    }
    let scenario = scenario(&tree, &mut problems);
    if let Some(scenario) = scenario.as_ref().filter(|_| problems.errors() == 0) {
        check::check(scenario, &mut problems);
    }
    problems.finish(scenario)
}

/// Turns a mistake of the YAML itself into a diagnostic.
#[must_use]
pub fn diagnose(file: &SourceFile, error: &TreeError) -> Diagnostic {
    let at = |message: &str| file.error(error.span, message);
    match &error.kind {
        TreeErrorKind::CircularAlias => at("this alias stands inside the value that it stands for")
            .expected("expected the name of an anchor that ended before"),
        TreeErrorKind::DuplicateKey { key, first } => {
            at(&format!("the key `{key}` comes twice in one mapping"))
                .expected(format!(
                    "expected once: it is on line {} already",
                    file.line(first.start)
                ))
                .advice("remove one of the two, or merge their values")
        }
        TreeErrorKind::ForbiddenCharacter(c) => {
            at(&format!("the control character U+{:04X}", u32::from(*c)))
                .expected("expected printable text")
                .advice("in double quotes write it as an escape, such as `\\x1b`")
        }
        TreeErrorKind::SeveralDocuments => at("a second document begins here")
            .expected("expected one document per file")
            .advice("remove the `---`, or put the second scenario into a file of its own"),
        TreeErrorKind::Syntax(what) => syntax(file, error, what),
        TreeErrorKind::TooDeep => {
            at(&format!("nested deeper than {DEPTH_MAX} levels")).expected("no scenario needs that")
        }
        TreeErrorKind::TooLong => file.failure(format!("longer than {} KiB", BYTES_MAX / 1024)),
        TreeErrorKind::UnknownAlias(name) => at(&format!("no anchor `&{name}` stands before"))
            .expected("expected the name of an anchor that stands before")
            .advice("text that begins with `*` belongs in quotes"),
        TreeErrorKind::TooManyNodes => at(&format!(
            "more than {NODES_MAX} values, each alias counted in full"
        ))
        .expected("no scenario needs that"),
    }
}

fn syntax(file: &SourceFile, error: &TreeError, what: &str) -> Diagnostic {
    let line = file.line(error.span.start);
    let text = file.text().lines().nth(line - 1).unwrap_or("");
    let indent = &text[..text.len() - text.trim_start().len()];
    let (message, advice) = match what {
        _ if indent.contains('\t') => (
            "a tab in the indentation",
            "indent with spaces: YAML takes no tabs",
        ),
        "mapping values are not allowed in this context" => (
            "a second `: ` on one line, or an indentation that fits no line above",
            "put text with `: ` in quotes, and align the keys of one mapping",
        ),
        "invalid indentation in quoted scalar" => (
            "a quote that does not close, or closes after an indentation that is too small",
            "close the quote; inside single quotes write a quote twice: `''`",
        ),
        what if what.starts_with("simple key expect") => (
            "the line before has no `: ` where a key needs one",
            "write `key: value`, or `- ` in front of an item of a list",
        ),
        what => (
            what,
            "check indentation and quotes: text with `#`, `{`, `[` or `*` needs them",
        ),
    };
    file.error(error.span, format!("not valid YAML: {message}"))
        .advice(advice)
}

fn scenario(tree: &Tree, problems: &mut Problems) -> Option<Scenario> {
    let root = &*tree.root;
    let Kind::Mapping(entries) = &root.kind else {
        let error = problems
            .file()
            .error(
                root.span,
                format!("a scenario cannot be {}", root.describe()),
            )
            .expected("expected the keys `name`, `version` and `steps`");
        problems.report(error);
        return None;
    };
    for entry in entries {
        judge_key(&entry.key, problems);
    }
    let name = required(root, "name", "the claim in words", problems).and_then(|node| {
        let name = node.string().filter(|name| !name.is_empty());
        if name.is_none() {
            let error = problems
                .file()
                .error(node.span, format!("the name cannot be {}", node.describe()))
                .expected("expected text; put a number or a word like `true` in quotes");
            problems.report(error);
        }
        name
    });
    if let Some(version) = required(root, "version", "1", problems) {
        judge_version(version, problems);
    }
    let steps = required(root, "steps", "a list, `[]` for none", problems)
        .map(|node| steps::read(node, problems));
    let extension = match root.value("x-nodelab") {
        Some(node) => extension::read(node, problems),
        None => Some(Extension::default()),
    };
    Some(Scenario {
        name: name?.to_owned(),
        file: tree.file.clone(),
        steps: steps?,
        extension: extension?,
    })
}

fn required<'t>(
    root: &'t Node,
    key: &str,
    what: &str,
    problems: &mut Problems,
) -> Option<&'t Node> {
    let found = root.value(key);
    if found.is_none() {
        let error = problems
            .file()
            .error(root.span, format!("the scenario has no `{key}`"))
            .expected(format!("expected `{key}`: {what}"));
        problems.report(error);
    }
    found
}

fn judge_version(node: &Node, problems: &mut Problems) {
    if let Some(Meaning::Number(version)) = node.meaning()
        && (version - 1.0).abs() < f64::EPSILON
    {
        return;
    }
    let error = problems
        .file()
        .error(
            node.span,
            format!("the version cannot be {}", node.describe()),
        )
        .expected("expected the number 1, without quotes");
    problems.report(error);
}

/// Warns about keys that nobody reads; private ones begin with `x-`.
fn judge_key(key: &Node, problems: &mut Problems) {
    let name = key.text().unwrap_or("");
    let near = suggestion(name, &HEAD, problems).filter(|near| *near != name);
    let mistaken = name.starts_with("x-") && near == Some("x-nodelab");
    if HEAD.contains(&name) || (name.starts_with("x-") && !mistaken) {
        return;
    }
    let shown = key.describe();
    let warning = problems
        .file()
        .warning(key.span, format!("nothing reads the key {shown}"));
    let warning = match near {
        Some(near) => warning.expected(format!("did you mean `{near}`?")),
        None => warning.expected("ignored, as wokwi-cli does"),
    };
    problems.report(warning.advice("private keys begin with `x-`, settings stand in `x-nodelab`"));
}
