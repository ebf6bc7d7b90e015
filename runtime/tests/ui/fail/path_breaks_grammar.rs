#![allow(unused)]

use wspring::prelude::*;

#[derive(Default)]
struct NoSlash;

#[server_endpoint("chat/<room>")]
impl NoSlash {}

#[derive(Default)]
struct EmptySegment;

#[server_endpoint("/chat//<room>")]
impl EmptySegment {}

#[derive(Default)]
struct HalfVariable;

#[server_endpoint("/chat/room-<room>")]
impl HalfVariable {}

#[derive(Default)]
struct Query;

#[server_endpoint("/chat?room=1")]
impl Query {}

fn main() {}
