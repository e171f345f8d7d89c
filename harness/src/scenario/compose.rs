//! From text to a tree.
//!
//! Owns the limits, anchors, tags and duplicate keys; the syntax itself is judged by
//! `saphyr-parser`. Does not know scenarios. No input makes it panic, recurse or fill memory.

use std::collections::BTreeMap;
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use crate::diagnostic::{SourceFile, Span};
use crate::scenario::scalar::{Meaning, resolve};
use crate::scenario::tree::{
    ALIASES_MAX, BYTES_MAX, DEPTH_MAX, Entry, Kind, NODES_MAX, Node, Scalar, Tree, UnknownTag,
};

/// Why a text is no document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TreeError {
    /// Where.
    pub span: Span,
    /// What.
    pub kind: TreeErrorKind,
}

/// What is wrong with a text that is no document.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TreeErrorKind {
    /// An alias stands inside the node that it stands for.
    CircularAlias,
    /// A key comes twice in one mapping; the span is the second, this the first.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it came first.
        first: Span,
    },
    /// A character that no YAML file may hold.
    ForbiddenCharacter(char),
    /// A second document begins.
    SeveralDocuments,
    /// The syntax is wrong; the text is the parser's.
    Syntax(String),
    /// The nesting is deeper than [`DEPTH_MAX`].
    TooDeep,
    /// More than [`BYTES_MAX`] bytes.
    TooLong,
    /// More than [`NODES_MAX`] nodes, aliases expanded.
    TooManyNodes,
    /// An alias of a name that no anchor before it has.
    UnknownAlias(String),
}

/// Composes the tree of the single document in a file.
///
/// # Errors
///
/// All of [`TreeErrorKind`]; several duplicate keys at once, everything else ends the reading.
pub fn compose(file: &SourceFile) -> Result<Tree, Vec<TreeError>> {
    let mut composer = Composer::new(file);
    let root = composer.run();
    match root {
        Ok(root) if composer.errors.is_empty() => Ok(Tree {
            file: file.clone(),
            root,
            unknown_tags: composer.unknown_tags,
            alias_excess: composer.alias_excess,
        }),
        Ok(_) => Err(composer.errors),
        Err(last) => {
            composer.errors.push(last);
            Err(composer.errors)
        }
    }
}

struct Composer<'a> {
    text: &'a str,
    /// Byte of each character, empty when the text is ASCII and both are one.
    bytes: Vec<usize>,
    /// Bytes of a byte order mark in front, which the parser does not see.
    shift: usize,
    open: Vec<Frame>,
    anchors: BTreeMap<usize, Anchor>,
    alias_excess: Option<Span>,
    root: Option<Rc<Node>>,
    nodes: usize,
    unknown_tags: Vec<UnknownTag>,
    errors: Vec<TreeError>,
}

/// A node that aliases may stand for.
struct Anchor {
    node: Rc<Node>,
    /// How often it stands in the file so far, the anchor itself included.
    uses: usize,
    /// What one use counts for: the largest product of uses inside it, 1 for a scalar.
    cost: usize,
}

/// A collection that has begun and not ended.
struct Frame {
    anchor: usize,
    span: Span,
    weight: usize,
    height: usize,
    cost: usize,
    content: Content,
}

enum Content {
    Mapping {
        entries: Vec<Entry>,
        key: Option<Rc<Node>>,
        seen: BTreeMap<KeyIdentity, Span>,
    },
    Sequence(Vec<Rc<Node>>),
}

/// What makes two scalar keys equal: the meaning, then the text; `1` and `'1'` differ.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
enum KeyIdentity {
    Bool(bool),
    Null,
    Number(u64),
    Text(String),
}

impl<'a> Composer<'a> {
    fn new(file: &'a SourceFile) -> Self {
        let whole = file.text();
        let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        let bytes = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).collect()
        };
        Self {
            text,
            bytes,
            shift: whole.len() - text.len(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            alias_excess: None,
            root: None,
            nodes: 0,
            unknown_tags: Vec::new(),
            errors: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<Rc<Node>, TreeError> {
        self.judge_characters()?;
        let mut documents = 0;
        let mut parser = Parser::new_from_str(self.text);
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| self.syntax_error(&error))?;
            let span = self.span(span.start, span.end);
            match event {
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        return Err(TreeError::new(span, TreeErrorKind::SeveralDocuments));
                    }
                }
                Event::Alias(anchor) => self.alias(anchor, span)?,
                Event::Scalar(text, style, anchor, tag) => {
                    let (span, meaning) = self.judge_scalar(&text, style, tag.as_deref(), span);
                    let text = text.into_owned();
                    let node = Node::scalar(span, Scalar { text, meaning });
                    self.count(1, 1, span)?;
                    self.place(Rc::new(node), anchor, 1);
                }
                Event::SequenceStart(anchor, tag) => {
                    self.begin(Content::Sequence(Vec::new()), anchor, tag.as_deref(), span)?;
                }
                Event::MappingStart(anchor, tag) => {
                    self.begin(Content::mapping(), anchor, tag.as_deref(), span)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.end(span),
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            }
        }
        let end = self.text.len() + self.shift;
        let nothing = Scalar {
            text: String::new(),
            meaning: Meaning::Null,
        };
        let nothing = || Rc::new(Node::scalar(Span { start: end, end }, nothing));
        Ok(self.root.take().unwrap_or_else(nothing))
    }

    /// Refuses what is too long, and the control characters that YAML 1.2.2 §5.1 excludes.
    fn judge_characters(&self) -> Result<(), TreeError> {
        if self.text.len() > BYTES_MAX {
            return Err(TreeError::new(Span::default(), TreeErrorKind::TooLong));
        }
        let forbidden =
            |c: &char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x7f');
        match self.text.char_indices().find(|(_, c)| forbidden(c)) {
            Some((at, c)) => {
                let start = at + self.shift;
                let span = Span {
                    start,
                    end: start + 1,
                };
                Err(TreeError::new(span, TreeErrorKind::ForbiddenCharacter(c)))
            }
            None => Ok(()),
        }
    }

    fn syntax_error(&self, error: &saphyr_parser::ScanError) -> TreeError {
        let span = self.span(*error.marker(), *error.marker());
        let kind = match error.info() {
            // The parser's own limit, 255 levels of brackets that did not close.
            "recursion limit exceeded" => TreeErrorKind::TooDeep,
            "while parsing node, found unknown anchor" => {
                let end = span.start + self.word_length(span.start);
                let word = self.rest(span.start).get(..end - span.start).unwrap_or("");
                TreeErrorKind::UnknownAlias(word.trim_start_matches('*').to_owned())
            }
            info => TreeErrorKind::Syntax(info.to_owned()),
        };
        TreeError::new(span, kind)
    }

    fn byte(&self, character: usize) -> usize {
        if self.bytes.is_empty() {
            return character.min(self.text.len()) + self.shift;
        }
        let byte = self.bytes.get(character).copied();
        byte.unwrap_or(self.text.len()) + self.shift
    }

    fn span(&self, start: Marker, end: Marker) -> Span {
        let start = self.byte(start.index());
        let end = self.byte(end.index()).max(start);
        Span { start, end }
    }

    /// Returns what a scalar means, and its span without the tag or anchor in front.
    fn judge_scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> (Span, Meaning) {
        let core = tag.and_then(core_suffix);
        let meaning = match (core, resolve(text)) {
            (Some("null"), Meaning::Null) => Meaning::Null,
            (Some("bool"), Meaning::Bool(value)) => Meaning::Bool(value),
            (Some("int" | "float"), Meaning::Number(value)) => Meaning::Number(value),
            (None, meaning) if tag.is_none() && style == ScalarStyle::Plain => meaning,
            _ => Meaning::Text,
        };
        let known = match core {
            Some("str") => true,
            Some(_) => meaning != Meaning::Text,
            None => false,
        };
        if !known {
            self.judge_tag(tag, span);
        }
        (self.trimmed(text, style, span), meaning)
    }

    /// Notes a tag that means nothing here; the non-specific `!` is fine.
    fn judge_tag(&mut self, tag: Option<&Tag>, span: Span) {
        let Some(tag) = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix)) else {
            return;
        };
        if tag == "!" {
            return;
        }
        let mut start = span.start;
        if self.rest(start).starts_with('&') {
            start = self.next_word(start);
        }
        let end = start + self.word_length(start);
        let span = Span { start, end };
        self.unknown_tags.push(UnknownTag { tag, span });
    }

    fn rest(&self, start: usize) -> &'a str {
        self.text.get(start - self.shift..).unwrap_or("")
    }

    /// Returns where the next word begins.
    fn next_word(&self, start: usize) -> usize {
        let word = self.word_length(start);
        let rest = self.rest(start + word);
        start + word + rest.len() - rest.trim_start().len()
    }

    /// Returns a span without the white space at its end.
    fn without_space(&self, span: Span) -> Span {
        let range = span.start - self.shift..span.end - self.shift;
        let text = self.text.get(range).unwrap_or("").trim_end();
        Span {
            start: span.start,
            end: span.start + text.len(),
        }
    }

    /// Returns the bytes up to the next white space or flow punctuation.
    fn word_length(&self, start: usize) -> usize {
        let rest = self.rest(start);
        let end = |c: char| c.is_whitespace() || matches!(c, ',' | '{' | '[' | ']' | '}');
        rest.find(end).unwrap_or(rest.len())
    }

    /// Returns the span of the value alone: the parser's begins at a tag or an anchor, and may
    /// end behind white space.
    fn trimmed(&self, text: &str, style: ScalarStyle, span: Span) -> Span {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let mut start = span.start;
        while !block && self.rest(start).starts_with(['!', '&']) && !text.starts_with(['!', '&']) {
            let next = self.next_word(start);
            if next > span.end || next == start {
                break;
            }
            start = next;
        }
        let end = span.end.max(start);
        self.without_space(Span { start, end })
    }

    fn begin(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<(), TreeError> {
        let own = match content {
            Content::Mapping { .. } => "map",
            Content::Sequence(_) => "seq",
        };
        if tag.and_then(core_suffix) != Some(own) {
            self.judge_tag(tag, span);
        }
        self.count(1, 1, span)?;
        self.open.push(Frame {
            anchor,
            span,
            weight: 1,
            height: 1,
            cost: 0,
            content,
        });
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(frame) = self.open.pop() else {
            return;
        };
        let (kind, last) = match frame.content {
            Content::Mapping { entries, .. } => {
                let last = entries.last().map(|entry| entry.value.span.end);
                (Kind::Mapping(entries), last)
            }
            Content::Sequence(items) => {
                let last = items.last().map(|item| item.span.end);
                (Kind::Sequence(items), last)
            }
        };
        // A block collection ends where its last value does; a flow one at its bracket.
        let end = if span.start == span.end {
            last
        } else {
            Some(span.end)
        };
        let start = frame.span.start;
        let end = end.unwrap_or(span.end).max(start);
        let node = Node {
            span: self.without_space(Span { start, end }),
            kind,
            weight: frame.weight,
            height: frame.height,
        };
        self.place(Rc::new(node), frame.anchor, frame.cost);
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), TreeError> {
        let Some(anchor) = self.anchors.get_mut(&anchor) else {
            return Err(TreeError::new(span, TreeErrorKind::CircularAlias));
        };
        anchor.uses += 1;
        let cost = anchor.uses.saturating_mul(anchor.cost);
        let node = Rc::clone(&anchor.node);
        if cost > ALIASES_MAX {
            self.alias_excess.get_or_insert(span);
        }
        self.count(node.weight, node.height, span)?;
        self.place(node, 0, cost);
        Ok(())
    }

    /// Counts nodes that are about to be placed, `height` levels of them.
    fn count(&mut self, weight: usize, height: usize, span: Span) -> Result<(), TreeError> {
        self.nodes = self.nodes.saturating_add(weight);
        if self.nodes > NODES_MAX {
            return Err(TreeError::new(span, TreeErrorKind::TooManyNodes));
        }
        if self.open.len() + height > DEPTH_MAX {
            return Err(TreeError::new(span, TreeErrorKind::TooDeep));
        }
        Ok(())
    }

    /// Puts a finished node where it belongs, and remembers it under its anchor.
    fn place(&mut self, node: Rc<Node>, anchor: usize, cost: usize) {
        if anchor != 0 {
            let node = Rc::clone(&node);
            self.anchors.insert(
                anchor,
                Anchor {
                    node,
                    uses: 1,
                    cost,
                },
            );
        }
        let Some(frame) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.weight = frame.weight.saturating_add(node.weight);
        frame.height = frame.height.max(node.height + 1);
        frame.cost = frame.cost.max(cost);
        match &mut frame.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping { entries, key, seen } => {
                if let Some(key) = key.take() {
                    entries.push(Entry { key, value: node });
                    return;
                }
                self.errors.extend(duplicate(seen, &node));
                *key = Some(node);
            }
        }
    }
}

impl Content {
    const fn mapping() -> Self {
        Self::Mapping {
            entries: Vec::new(),
            key: None,
            seen: BTreeMap::new(),
        }
    }
}

impl TreeError {
    const fn new(span: Span, kind: TreeErrorKind) -> Self {
        Self { span, kind }
    }
}

impl Node {
    const fn scalar(span: Span, scalar: Scalar) -> Self {
        Self {
            span,
            kind: Kind::Scalar(scalar),
            weight: 1,
            height: 1,
        }
    }
}

/// Returns the error when this key came before in its mapping.
fn duplicate(seen: &mut BTreeMap<KeyIdentity, Span>, key: &Node) -> Option<TreeError> {
    let Kind::Scalar(Scalar { text, meaning }) = &key.kind else {
        return None;
    };
    let identity = match meaning {
        Meaning::Bool(value) => KeyIdentity::Bool(*value),
        Meaning::Null => KeyIdentity::Null,
        Meaning::Number(value) => KeyIdentity::Number(value.to_bits()),
        Meaning::Text => KeyIdentity::Text(text.clone()),
    };
    let first = seen.insert(identity, key.span)?;
    let key_text = text.clone();
    Some(TreeError::new(
        key.span,
        TreeErrorKind::DuplicateKey {
            key: key_text,
            first,
        },
    ))
}

/// Returns the name of a tag of the core schema.
fn core_suffix(tag: &Tag) -> Option<&str> {
    tag.is_yaml_core_schema().then_some(tag.suffix.as_str())
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::scenario::tree::Segment;

    fn tree(text: &str) -> Tree {
        compose(&SourceFile::new("f", text)).unwrap()
    }

    fn errors(text: &str) -> Vec<TreeErrorKind> {
        let errors = compose(&SourceFile::new("f", text)).unwrap_err();
        errors.into_iter().map(|error| error.kind).collect()
    }

    fn located<'t>(text: &'t str, path: &[Segment<'_>]) -> &'t str {
        let span = tree(text).locate(path).unwrap();
        &text[span.start..span.end]
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "\u{feff}ü: [ä, \"b\\n\" , {c: 5 °C}]\r\nd:\n  - !t  x y  # z\n  - 'q'\n";
        let item = |n| [Segment::Key("ü"), Segment::Index(n)];
        assert_eq!(located(text, &item(0)), "ä");
        assert_eq!(located(text, &item(1)), "\"b\\n\"");
        assert_eq!(located(text, &item(2)), "{c: 5 °C}");
        let c = [Segment::Key("ü"), Segment::Index(2), Segment::Key("c")];
        assert_eq!(located(text, &c), "5 °C");
        let d = |n| [Segment::Key("d"), Segment::Index(n)];
        assert_eq!(located(text, &d(0)), "x y");
        assert_eq!(located(text, &d(1)), "'q'");
    }

    #[test]
    fn json_is_located_too() {
        let text =
            "{\n\t\"parts\": [\n\t\t{\"id\": \"esp\", \"x\": -1.5e1},\n\t\t{\"id\": true}\n\t]\n}";
        let path = [Segment::Key("parts"), Segment::Index(1), Segment::Key("id")];
        assert_eq!(located(text, &path), "true");
        assert_eq!(tree(text).locate(&[Segment::Key("nets")]), None);
        assert_eq!(tree(text).locate(&[Segment::Index(0)]), None);
    }

    #[test]
    fn aliases_share_their_node() {
        let tree = tree("a: &x {k: v}\nb: *x\n");
        let (a, b) = (tree.root.value("a").unwrap(), tree.root.value("b").unwrap());
        assert!(std::ptr::eq(a, b));
    }

    #[test]
    fn merge_keys_are_keys_like_any_other() {
        let tree = tree("a: &x {k: v}\nb:\n  <<: *x\n");
        let b = tree.root.value("b").unwrap();
        assert!(b.value("k").is_none());
        assert!(b.value("<<").is_some());
    }

    #[test]
    fn all_duplicate_keys_are_found() {
        let kinds = errors("a: 1\nb: {c: 1, c: 2}\na: 3\n'1': x\n1: y\n");
        let key = |kind: &TreeErrorKind| {
            let TreeErrorKind::DuplicateKey { key, .. } = kind else {
                panic!("{kind:?}");
            };
            key.clone()
        };
        let keys: Vec<String> = kinds.iter().map(key).collect();
        assert_eq!(keys, ["c", "a"]);
    }

    #[test]
    fn a_second_document_is_refused_and_an_end_marker_is_not() {
        assert_eq!(
            errors("a: 1\n---\nb: 2\n"),
            [TreeErrorKind::SeveralDocuments]
        );
        assert!(tree("---\na: 1\n...\n").root.value("a").is_some());
    }

    #[test]
    fn a_yaml_bomb_is_refused_before_it_grows() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..=9 {
            let alias = format!("*a{}", level - 1);
            let items = vec![alias; 10].join(", ");
            writeln!(text, "a{level}: &a{level} [{items}]").unwrap();
        }
        assert_eq!(errors(&text), [TreeErrorKind::TooManyNodes]);
    }

    #[test]
    fn nesting_has_an_end_written_out_or_by_alias() {
        for text in ["[".repeat(5_000), "- ".repeat(5_000), "{a: ".repeat(5_000)] {
            assert_eq!(errors(&text), [TreeErrorKind::TooDeep]);
        }
        let mut text = String::from("- &a0 [x]\n");
        for level in 1..=DEPTH_MAX {
            writeln!(text, "- &a{level} [*a{}]", level - 1).unwrap();
        }
        assert_eq!(errors(&text), [TreeErrorKind::TooDeep]);
    }

    #[test]
    fn the_hundred_and_first_place_of_an_anchored_value_is_noted() {
        let uses = |count: usize| format!("- &a x\n{}", "- *a\n".repeat(count));
        assert_eq!(tree(&uses(ALIASES_MAX - 1)).alias_excess, None);
        assert!(tree(&uses(ALIASES_MAX)).alias_excess.is_some());
        // 10 places of what holds an anchored value in its 11th.
        let nested = format!(
            "- &a x\n- &b [{}]\n{}",
            "*a,".repeat(10),
            "- *b\n".repeat(11)
        );
        assert!(tree(&nested).alias_excess.is_some());
    }

    #[test]
    fn an_alias_without_an_anchor_is_named() {
        assert_eq!(
            errors("a: *nobody\n"),
            [TreeErrorKind::UnknownAlias("nobody".to_owned())]
        );
    }

    #[test]
    fn an_alias_of_what_contains_it_is_refused() {
        assert_eq!(errors("&a [*a]"), [TreeErrorKind::CircularAlias]);
    }

    #[test]
    fn long_texts_and_control_characters_are_refused() {
        assert_eq!(errors(&"a".repeat(BYTES_MAX + 1)), [TreeErrorKind::TooLong]);
        assert_eq!(errors("a: \0"), [TreeErrorKind::ForbiddenCharacter('\0')]);
    }

    #[test]
    fn core_tags_decide_and_unknown_ones_are_noted() {
        let tree = tree("a: !!str 1\nb: !!int '1'\nc: !sim x\nd: !!int x\ne: ! 1\nf: !sim {}\n");
        let meaning = |key| tree.root.value(key).unwrap().meaning();
        assert_eq!(meaning("a"), Some(Meaning::Text));
        assert_eq!(meaning("b"), Some(Meaning::Number(1.0)));
        assert_eq!(meaning("c"), Some(Meaning::Text));
        assert_eq!(meaning("e"), Some(Meaning::Text));
        let tags: Vec<&str> = tree
            .unknown_tags
            .iter()
            .map(|tag| tag.tag.as_str())
            .collect();
        assert_eq!(tags, ["!sim", "tag:yaml.org,2002:int", "!sim"]);
    }

    #[test]
    fn an_empty_file_is_null() {
        assert!(tree("").root.is_null());
        assert!(tree("# nothing\n").root.is_null());
    }
}
