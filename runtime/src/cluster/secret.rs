use std::fmt;

/// A secret that the nodes of a cluster share. It is never printed.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// The secrets of a node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Secrets {
    /// The one that it signs with; empty: it signs nothing.
    pub(crate) own: Secret,
    /// Another one that it accepts; empty: none.
    pub(crate) accepted: Secret,
    /// Whether it encrypts what it says.
    pub(crate) is_encrypting: bool,
}

impl Secret {
    /// The shortest secret in bytes.
    const MIN: usize = 32;

    pub(crate) fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The secret itself: to derive keys from it, and to write it where settings are read from.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// What is wrong with it; an empty one is none at all.
    fn problem(&self, setting: &str) -> Option<String> {
        let bytes = self.0.len();
        let is_short = !self.is_empty() && bytes < Self::MIN;
        is_short.then(|| {
            format!(
                "`{setting}` has {bytes} bytes and needs at least {}: make one with `openssl rand -base64 32`, and give it to all nodes",
                Self::MIN
            )
        })
    }
}

impl Secrets {
    /// What is wrong with them.
    pub(crate) fn problem(&self) -> Option<String> {
        let without = |setting: &str| {
            Some(format!(
                "`{setting}` is set without `cluster_secret`: set that too, on all nodes, for example to what `openssl rand -base64 32` prints"
            ))
        };
        let own = self.own.problem("cluster_secret");
        own.or_else(|| self.accepted.problem("cluster_secret_accepted"))
            .or_else(|| match () {
                () if !self.own.is_empty() => None,
                () if self.is_encrypting => without("cluster_encryption"),
                () if !self.accepted.is_empty() => without("cluster_secret_accepted"),
                () => None,
            })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "none" } else { "(hidden)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_long_enough_and_is_never_printed() {
        let secrets = |own: &str, accepted: &str, is_encrypting| Secrets {
            own: Secret::new(own),
            accepted: Secret::new(accepted),
            is_encrypting,
        };
        let (short, long) = ("a".repeat(31), "b".repeat(32));
        for (wrong, told) in [
            (secrets(&short, "", false), "`cluster_secret` has 31 bytes"),
            (
                secrets(&long, &short, false),
                "`cluster_secret_accepted` has 31",
            ),
            (secrets("", "", true), "`cluster_encryption` is set without"),
            (
                secrets("", &long, false),
                "`cluster_secret_accepted` is set without",
            ),
        ] {
            let problem = wrong.problem().unwrap();
            assert!(problem.contains(told), "{problem}");
            assert!(problem.contains("openssl rand -base64 32"), "{problem}");
            assert!(!problem.contains(&short) && !problem.contains(&long));
        }
        let right = secrets(&long, &long, true);
        assert_eq!(right.problem(), None);
        assert_eq!(Secrets::default().problem(), None);
        assert!(!format!("{right:?}").contains(&long));
    }
}
