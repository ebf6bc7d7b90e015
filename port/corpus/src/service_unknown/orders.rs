//! `Orders` of `Orders.java`, ported from Java.

use wspring::BoxError;
use std::sync::Arc;
use super::services::OrderService;
use wspring::prelude::*;

// TODO(line 4): the service `OrderService`: `services.rs` has a trait with the methods that are used; write a type for it, and give it in `main.rs`
//     private static OrderService orderService;
pub struct Orders {
    user: String,
}

#[server_endpoint("/orders/{user}")]
impl Orders {
    #[on_open]
    async fn on_open(
        #[path_param]
        user: &str,
        session: &Session,
        order_service: State<Arc<dyn OrderService>>,
    ) -> Result<Self, BoxError> {
        if !order_service.may_connect(user.to_owned()) {
            session.close();
            return Ok(Self { user: user.to_owned() });
        }
        session.send("welcome").await?;
        Ok(Self { user: user.to_owned() })
    }

    #[on_message]
    fn on_message(
        &self,
        id: &str,
        order_service: State<Arc<dyn OrderService>>,
    ) -> String {
        let status = order_service.status(self.user.clone(), id.to_owned());
        status.clone()
    }
}
