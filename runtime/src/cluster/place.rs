use serde::{Deserialize, Serialize};

use crate::site::{EndpointId, OnDuplicate, Site};

/// An endpoint at its path, by numbers that are the same on every node whose program has it.
///
/// They are made of the name of its type and of its path as it was written, so they last as long as these do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub(super) struct Place {
    pub(super) site: u64,
    pub(super) endpoint: u64,
    #[serde(with = "policy")]
    pub(super) policy: OnDuplicate,
}

impl Place {
    pub(super) fn of(site: &Site) -> Self {
        let endpoint = site.endpoint;
        Self {
            site: number(&[endpoint.name(), site.template.as_str()]),
            endpoint: endpoint_number(endpoint),
            policy: site.on_duplicate,
        }
    }
}

/// The number of an endpoint, at whichever path.
pub(crate) fn endpoint_number(endpoint: EndpointId) -> u64 {
    number(&[endpoint.name()])
}

/// A number for some texts that does not change with the compiler, as those of the standard library may (FNV-1a).
fn number(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// How a policy is written.
mod policy {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::site::OnDuplicate;

    pub(in crate::cluster) fn serialize<S: Serializer>(
        policy: &OnDuplicate,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_u8(match policy {
            OnDuplicate::Newest => 0,
            OnDuplicate::All => 1,
            OnDuplicate::Reject => 2,
            OnDuplicate::CloseOlder => 3,
        })
    }

    pub(in crate::cluster) fn deserialize<'de, D>(from: D) -> Result<OnDuplicate, D::Error>
    where
        D: Deserializer<'de>,
    {
        match u8::deserialize(from)? {
            0 => Ok(OnDuplicate::Newest),
            1 => Ok(OnDuplicate::All),
            2 => Ok(OnDuplicate::Reject),
            3 => Ok(OnDuplicate::CloseOlder),
            other => Err(de::Error::custom(format!("there is no policy {other}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_fnv_and_keep_texts_apart() {
        // The reference value for "a" is of the one byte; here a zero follows.
        assert_eq!(number(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(
            number(&["a"]),
            0xaf63_dc4c_8601_ec8c_u64.wrapping_mul(0x0000_0100_0000_01b3)
        );
        assert_ne!(number(&["ab", "c"]), number(&["a", "bc"]));
    }
}
