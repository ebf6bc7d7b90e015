use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// The state that endpoints ask for, collected at start-up.
#[derive(Debug, Default)]
pub struct Requirements(Vec<(TypeId, &'static str)>);

/// The state of a server, by type.
#[derive(Clone, Default)]
pub(crate) struct StateMap(HashMap<TypeId, Arc<dyn Any + Send + Sync>>);

impl Requirements {
    /// Asks for the state `T`.
    pub(crate) fn state<T: 'static>(&mut self) {
        self.0.push((TypeId::of::<T>(), type_name::<T>()));
    }

    /// The names of the types that `state` does not hold, each once.
    pub(crate) fn missing_from(&self, state: &StateMap) -> Vec<&'static str> {
        let mut missing: Vec<_> = self
            .0
            .iter()
            .filter(|(id, _)| !state.0.contains_key(id))
            .map(|(_, name)| *name)
            .collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}

impl StateMap {
    pub(crate) fn insert<T: Send + Sync + 'static>(&mut self, state: T) {
        self.0.insert(TypeId::of::<T>(), Arc::new(state));
    }

    pub(crate) fn find<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let state = self.0.get(&TypeId::of::<T>())?;
        Arc::clone(state).downcast().ok()
    }
}

impl fmt::Debug for StateMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateMap({} values)", self.0.len())
    }
}
