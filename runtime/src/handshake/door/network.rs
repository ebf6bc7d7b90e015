use std::net::IpAddr;
use std::num::NonZeroU64;

/// An address as limits count it: an IPv4 address, or the first 64 bits of an IPv6 address, because that is what one
/// customer is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Network(NonZeroU64);

/// IPv4 addresses stand behind this prefix, and `::/64` is kept as `LOOPBACK`. Both are reserved by the IETF (RFC 4291
/// §2.4), so that no client has them.
const IPV4: u64 = 0x0000_ffff_0000_0000;
const LOOPBACK: NonZeroU64 = NonZeroU64::MIN;

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        let bits = match address.to_canonical() {
            IpAddr::V4(address) => IPV4 | u64::from(address.to_bits()),
            IpAddr::V6(address) => {
                let [.., a, b, c, d, _, _, _, _] = address.segments();
                u64::from(a) << 48 | u64::from(b) << 32 | u64::from(c) << 16 | u64::from(d)
            }
        };
        Self(NonZeroU64::new(bits).unwrap_or(LOOPBACK))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv4_address_or_a_64_of_ipv6_is_one_network() {
        let network = |text: &str| Network::from(text.parse::<IpAddr>().unwrap());
        for (one, other, are_same) in [
            ("10.0.0.1", "::ffff:10.0.0.1", true),
            ("10.0.0.1", "10.0.0.2", false),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::1", "0.0.0.0", false),
            ("::1", "127.0.0.1", false),
            ("::1", "::2", true),
        ] {
            let is_same = network(one) == network(other);
            assert_eq!(is_same, are_same, "{one} {other}");
        }
    }
}
