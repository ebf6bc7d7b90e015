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
struct Dot;

#[server_endpoint("/chat/../<room>")]
impl Dot {}

#[derive(Default)]
struct Query;

#[server_endpoint("/chat?room=1")]
impl Query {}

#[derive(Default)]
struct Fragment;

#[server_endpoint("/chat#room")]
impl Fragment {}

#[derive(Default)]
struct Space;

#[server_endpoint("/chat room")]
impl Space {}

#[derive(Default)]
struct Tab;

#[server_endpoint("/chat\troom")]
impl Tab {}

#[derive(Default)]
struct HalfVariable;

#[server_endpoint("/chat/room-<room>")]
impl HalfVariable {}

#[derive(Default)]
struct LoneLess;

#[server_endpoint("/chat/<room")]
impl LoneLess {}

#[derive(Default)]
struct LoneGreater;

#[server_endpoint("/chat/room>")]
impl LoneGreater {}

#[derive(Default)]
struct LoneOpen;

#[server_endpoint("/chat/{room")]
impl LoneOpen {}

#[derive(Default)]
struct LoneClose;

#[server_endpoint("/chat/room}")]
impl LoneClose {}

#[derive(Default)]
struct BadName;

#[server_endpoint("/chat/<1st>")]
impl BadName {}

#[derive(Default)]
struct Repeated;

#[server_endpoint("/<room>/{room}")]
impl Repeated {}

#[derive(Default)]
struct LonePercent;

#[server_endpoint("/100%/<room>")]
impl LonePercent {}

#[derive(Default)]
struct NotUtf8;

#[server_endpoint("/caf%E9")]
impl NotUtf8 {}

#[derive(Default)]
struct Nul;

#[server_endpoint("/chat%00")]
impl Nul {}

fn main() {}
