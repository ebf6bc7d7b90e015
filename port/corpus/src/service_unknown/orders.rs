//! `Orders` of `Orders.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 4): the service `OrderService`: write it in Rust, give it with `Server::builder().state(…)`, and take it as `State<OrderService>`
//     private static OrderService orderService;
pub struct Orders {
    user: String,
}

#[server_endpoint("/orders/{user}")]
impl Orders {
    #[on_open]
    fn on_open(#[path_param] user: &str) -> Self {
        // TODO(line 15): `orderService.mayConnect`, and it may end the method; until this is written, every connection stays open and gets messages
        //     if (!orderService.mayConnect(user)) {
        //         session.close();
        //         return;
        //     }
        // TODO(line 19): `orderService.mayConnect`, and it may end the method; until this is written, every connection stays open and gets messages
        //     session.getBasicRemote().sendText("welcome");
        Self { user: user.to_owned() }
    }

    #[on_message]
    fn on_message(_id: &str) -> String {
        // TODO(line 24): `orderService.status`
        //     String status = orderService.status(user, id);
        // TODO(line 25): `status` is set by code that is not translated, and it may end the method
        //     return status;
        todo!("the rest of this method is not translated")
    }
}
