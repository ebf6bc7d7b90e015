use std::any::{TypeId, type_name};
use std::hash::{Hash, Hasher};

/// Which endpoint type a session belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EndpointId {
    id: TypeId,
    name: &'static str,
}

impl EndpointId {
    pub(crate) fn of<E: 'static>() -> Self {
        Self {
            id: TypeId::of::<E>(),
            name: type_name::<E>(),
        }
    }

    /// The name of the type with its module: other nodes know it by nothing else.
    pub(crate) fn name(self) -> &'static str {
        self.name
    }
}

impl PartialEq for EndpointId {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for EndpointId {}

impl Hash for EndpointId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}
