//! The rules of form, each a function from the tree to findings.
//!
//! Owns nothing itself: one file for each family of rules, `tree` and `source` to read with,
//! `report` to run them all.

mod book;
mod comments;
mod homes;
mod image;
mod layers;
mod modules;
mod purity;
mod report;
mod scenarios;
mod size;
mod source;
mod text;
mod tree;
mod words;

pub(crate) use report::{check_tree, run};
pub(crate) use tree::Tree;
