//! One endpoint: the decisions become a type and its handlers.

use std::collections::BTreeSet;

use super::todo::Comments;
use super::writer::Writer;
use super::{Services, method};
use crate::decide::Plan;
use crate::model::Class;
use crate::report::Difference;

/// How often the methods may be translated until nothing changes any more.
const MAX_ROUNDS: usize = 40;

/// The code of a class, with markers for comments.
pub(super) struct Written {
    pub(super) code: String,
    pub(super) comments: Comments,
    pub(super) differences: BTreeSet<Difference>,
    pub(super) uses_json: bool,
    pub(super) statements: usize,
    pub(super) lost: usize,
}

/// Translates a class.
pub(super) fn write(class: &Class, plan: &Plan, services: &mut Services) -> Written {
    let mut writer = Writer::new(class, plan, services);
    let mut methods = Vec::new();
    for _ in 0..MAX_ROUNDS {
        writer.begin_round();
        methods = method::all(&mut writer);
        if !writer.has_changed() {
            break;
        }
    }
    let code = writer.assemble(&methods);
    Written {
        code,
        comments: writer.comments,
        differences: writer.differences,
        uses_json: writer.uses_json,
        statements: writer.statements,
        lost: writer.lost,
    }
}
