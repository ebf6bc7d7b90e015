use std::sync::Arc;

use tokio::runtime::Handle;

use super::Settings;
#[cfg(feature = "nats")]
use crate::cluster::Nats;
use crate::cluster::{Broker, Secrets, is_cluster_name};
use crate::error::{Error, ErrorKind};

/// Many nodes, and how they are.
impl Settings {
    pub(super) fn health_problem(&self) -> Option<String> {
        let is_path = self.health.is_empty() || self.health.starts_with('/');
        (!is_path).then(|| {
            format!(
                "`health` is `{}`: write a path such as \"/health\"",
                self.health
            )
        })
    }

    pub(super) fn cluster_problem(&self) -> Option<String> {
        if !is_cluster_name(&self.cluster) {
            return Some(format!(
                "`cluster` is `{}`: a name has 1 to 64 letters, digits, `-` and `_`",
                self.cluster
            ));
        }
        if let Some(problem) = self.cluster_secrets().problem() {
            return Some(problem);
        }
        let needs_nats = !self.broker_url.is_empty() && !cfg!(feature = "nats");
        needs_nats.then(|| {
            "`broker_url` is set, and this program speaks to no broker by itself: build it with the feature `nats` of wspring".to_owned()
        })
    }

    pub(in crate::server) fn cluster_secrets(&self) -> Secrets {
        Secrets {
            own: self.cluster_secret.clone(),
            accepted: self.cluster_secret_accepted.clone(),
            is_encrypting: self.cluster_encryption,
        }
    }

    /// The broker of the cluster: that of the URL, or else the one that the program gave.
    pub(in crate::server) async fn broker(
        &self,
        given: Option<Arc<dyn Broker>>,
    ) -> Result<Option<Arc<dyn Broker>>, Error> {
        #[cfg(feature = "nats")]
        if !self.broker_url.is_empty() {
            let nats = Nats::connect(&self.broker_url).await?;
            return Ok(Some(Arc::new(nats)));
        }
        Ok(given)
    }

    /// The broker of endpoints that are mounted in another server, where nothing can be waited for.
    pub(in crate::server) fn broker_of_service(
        &self,
        given: Option<Arc<dyn Broker>>,
    ) -> Result<Option<Arc<dyn Broker>>, Error> {
        let problem = if !self.broker_url.is_empty() {
            "`broker_url` cannot be used by endpoints that are mounted in another server: connect with `Nats::connect`, and give it to `broker`"
        } else if given.is_some() && Handle::try_current().is_err() {
            "a server in a cluster is made in a runtime of tokio: call `into_service` in an async function"
        } else {
            return Ok(given);
        };
        Err(Error::new(ErrorKind::Config, problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::Secret;

    #[test]
    fn a_secret_that_is_too_short_is_a_problem_and_is_not_shown() {
        let settings = Settings {
            cluster_secret: Secret::new("too short"),
            ..Settings::default()
        };
        let problem = &settings.problems()[0];
        assert!(
            problem.contains("`cluster_secret` has 9 bytes"),
            "{problem}"
        );
        assert!(!problem.contains("too short"), "{problem}");
        assert!(!format!("{settings:?}").contains("too short"));
    }

    #[test]
    fn the_name_of_a_cluster_is_one_word() {
        for bad in ["", "a.b", "a b", "*", ">", "ü", &"x".repeat(65)] {
            let settings = Settings {
                cluster: bad.to_owned(),
                ..Settings::default()
            };
            assert!(settings.problems()[0].contains("`cluster`"), "{bad}");
        }
    }
}
