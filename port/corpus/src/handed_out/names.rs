//! `Names` of `Names.java`, ported from Java.

use wspring::prelude::*;

// TODO(line 3): line 16: `names` is handed out by `getNames`, so that others can change it: decide whether they need `keys()`, `sessions()`, or a map of their own
//     private static Map<String, Session> names = new HashMap<>();
#[derive(Default)]
pub struct Names;

#[server_endpoint("/names/{name}")]
impl Names {
    #[on_open]
    fn on_open(&self) {
        // TODO(line 7): `names` is not replaced: the TODO at its declaration says why
        //     names.put(name, session);
    }

    #[on_close]
    fn on_close() {
        // TODO(line 12): `names` is not replaced: the TODO at its declaration says why
        //     names.remove(name);
    }

    // TODO(line 15): `getNames` returns a `Map`, for which the porter has no type
    //     public static Map<String, Session> getNames() {
    //         return names;
    //     }
}
