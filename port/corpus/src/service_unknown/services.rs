//! The services that the endpoints call, with the methods that they call.

/// Stands in for services that are not written yet: each of its methods panics.
#[derive(Debug)]
pub struct Missing;

/// Java: `OrderService`.
pub trait OrderService: Send + Sync {
    /// Java: `mayConnect`.
    fn may_connect(&self, value_1: String) -> bool;
    /// Java: `status`.
    fn status(&self, value_1: String, value_2: String) -> String;
}

impl OrderService for Missing {
    fn may_connect(&self, value_1: String) -> bool {
        todo!("OrderService::may_connect")
    }
    fn status(&self, value_1: String, value_2: String) -> String {
        todo!("OrderService::status")
    }
}
