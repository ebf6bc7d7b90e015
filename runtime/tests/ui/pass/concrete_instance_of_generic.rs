#![deny(warnings)]

use std::marker::PhantomData;

use wspring::prelude::*;

#[derive(Default)]
struct Feed<T>(PhantomData<T>);

#[server_endpoint("/orders")]
impl Feed<u32> {
    #[on_message]
    fn order(&self, order: u32) -> u32 {
        order
    }
}

#[server_endpoint("/names")]
impl Feed<String> {
    #[on_message]
    fn name(&self, name: String) -> String {
        name
    }
}

fn main() {}
