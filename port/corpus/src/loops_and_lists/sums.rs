//! `Sums` of `Sums.java`, ported from Java.

use wspring::BoxError;
use wspring::prelude::*;

const LIMIT: i32 = 3;
const HELLO: &str = "sums up to 3";
#[derive(Default)]
pub struct Sums {
    history: Vec<String>,
}

#[server_endpoint("/sums")]
impl Sums {
    #[on_message]
    fn on_message(&mut self, text: &str) -> Result<String, BoxError> {
        let mut sum: i32 = 0;
        for part in text
            .trim_end_matches(",")
            .split(",")
            .map(str::to_owned)
            .collect::<Vec<String>>()
        {
            sum += part.trim().to_owned().parse::<i32>()?;
        }
        for i in 0..LIMIT {
            self.history.push(format!("{text}{i}"));
        }
        while sum > 100 {
            sum -= 100;
        }
        Ok(if self.history.len() > 10 { HELLO.to_owned() } else { format!("sum {sum}") })
    }
}
