//! Reads a page as strictly as XML, and says what is wrong with it or what is in it.
//!
//! Owns a reader for what the report writes: it knows no forgiveness, other than for elements
//! that HTML does not close.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Elements without an end.
const VOID: [&str; 5] = ["!doctype", "br", "hr", "link", "meta"];

/// A tag and its attributes.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// Text until the next tag.
    pub(crate) text: String,
    /// How many elements it lies in.
    pub(crate) depth: usize,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.attributes.iter();
        all.find(|(key, _)| key == name).map(|(_, value)| &**value)
    }
}

/// Returns all tags in order.
///
/// # Panics
///
/// When an element is not closed, an attribute not quoted, or text holds what must be escaped.
pub(crate) fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("a tag ends");
        let (inside, after) = rest.split_at(end);
        let after = &after[1..];
        let text = &after[..after.find('<').unwrap_or(after.len())];
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed near {text:.40}");
            rest = after;
            if let Some(last) = open.last()
                && last != "style"
            {
                check_text(text);
            }
            continue;
        }
        let (inside, closed) = match inside.strip_suffix('/') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let name = inside.split_whitespace().next().expect("a tag has a name");
        let name = name.to_ascii_lowercase();
        let attributes = if name == "!doctype" {
            Vec::new()
        } else {
            attributes(&inside[name.len()..])
        };
        if name != "style" {
            check_text(text);
        }
        tags.push(Tag {
            name: name.clone(),
            attributes,
            text: text.trim().to_owned(),
            depth: open.len(),
        });
        if !closed && !VOID.contains(&&*name) {
            open.push(name);
        }
        rest = after;
    }
    assert!(open.is_empty(), "not closed: {open:?}");
    tags
}

/// Reads `a="b" c`.
fn attributes(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        assert!(name.bytes().all(is_name), "no name: {name:?} in {text:.80}");
        assert!(found.iter().all(|(key, _)| key != name), "{name} twice");
        let (value, after) = if let Some(after) = after.strip_prefix("=\"") {
            after.split_once('"').expect("a value ends")
        } else {
            assert!(!after.starts_with('='), "no quotes: {text:.80}");
            ("", after)
        };
        found.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    found
}

/// Text holds no bare `>` and each `&` begins a reference.
fn check_text(text: &str) {
    assert!(!text.contains('>'), "a bare > in {text:.80}");
    for (at, _) in text.match_indices('&') {
        let word = text[at + 1..].split(';').next().expect("there is a piece");
        let is_reference = word.len() < 8
            && (word.starts_with('#') || word.bytes().all(|b| b.is_ascii_lowercase()))
            && text[at..].contains(';');
        assert!(is_reference, "a bare & in {text:.80}");
    }
}

/// Returns headings, pictures and tables, each with where it lies.
pub(crate) fn outline(tags: &[Tag]) -> String {
    let mut out = String::new();
    for (place, tag) in tags.iter().enumerate() {
        let indent = "  ".repeat(tag.depth.saturating_sub(2));
        let name = &tag.name;
        match &**name {
            "h1" | "h2" | "h3" | "h4" | "h5" => {
                let text = &tag.text;
                let inner = tags.get(place + 1).map_or("", |next| next.text.as_str());
                let text = if text.is_empty() { inner } else { text };
                writeln!(out, "{indent}{name} {text}").expect("a string takes text");
            }
            "table" => {
                let after = tags[place + 1..].iter();
                let mine = after.take_while(|next| next.depth > tag.depth);
                let rows = mine.filter(|next| next.name == "tr").count();
                writeln!(out, "{indent}{name} of {rows} rows").expect("a string takes text");
            }
            "dl" | "figure" | "nav" | "ol" | "pre" => {
                let class = tag.get("class").unwrap_or_default();
                writeln!(out, "{indent}{name} {class}").expect("a string takes text");
            }
            _ => {}
        }
    }
    out
}

/// Holds a page to what every reader needs.
///
/// # Panics
///
/// When something is missing, in words.
pub(crate) fn check(page: &str) {
    let tags = tags(page);
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    for tag in &tags {
        let named = tag.get("aria-labelledby").unwrap_or_default();
        for id in named.split_whitespace() {
            assert!(unique.contains(id), "nothing is called {id}");
        }
        if let Some(id) = tag.get("href").and_then(|href| href.strip_prefix('#')) {
            assert!(unique.contains(id), "a link to {id}, which is nowhere");
        }
        let is_hidden = tag.get("aria-hidden") == Some("true");
        if tag.name == "svg" && !is_hidden {
            assert_eq!(tag.get("role"), Some("img"), "a picture without role");
            assert!(
                tag.get("aria-labelledby").is_some(),
                "a picture without words"
            );
        }
        assert_ne!(tag.name, "script");
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on"), "{name} would run code");
            let is_far = value.contains("//") || value.contains("url(");
            assert!(!is_far, "{name}={value} would leave the file");
        }
    }
    let style = page.split("<style>").nth(1).expect("there is a style");
    let style = style.split("</style>").next().expect("a style ends");
    assert!(!style.contains("url(") && !style.contains("@import"));
    check_headings(&tags);
    let html = tags.iter().find(|tag| tag.name == "html");
    assert_eq!(html.and_then(|tag| tag.get("lang")), Some("en"));
    assert!(tags.iter().any(|tag| tag.get("class") == Some("skip")));
    let is_control = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!page.contains(is_control), "a control character");
}

/// There is one heading of the first level, and none leaves a level out.
fn check_headings(tags: &[Tag]) {
    let mut level = 0;
    let mut first = 0;
    for tag in tags {
        let Some(number) = tag.name.strip_prefix('h') else {
            continue;
        };
        let Ok(number) = number.parse::<usize>() else {
            continue;
        };
        assert!(
            number <= level + 1,
            "h{number} below h{level}: {}",
            tag.text
        );
        level = number;
        first += usize::from(number == 1);
    }
    assert_eq!(first, 1, "headings of the first level");
}
