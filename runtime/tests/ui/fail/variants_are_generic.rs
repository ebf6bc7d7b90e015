#![allow(unused)]

use wspring::prelude::*;

#[derive(FromMessage)]
enum Borrowed<'m> {
    Number(i64),
    Text(&'m str),
}

#[derive(FromMessage)]
#[wspring(krate = web)]
enum Either<T, U> {
    One(T),
    Other(U),
}

fn main() {}
