//! Networks from which something may be used.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

use crate::audit::Door;

/// As many as one list holds.
const MOST: usize = 32;

/// A list of networks; an empty one stands for everywhere. R44.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Networks(Vec<IpNet>);

/// A text is no list of networks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoNetworks {
    /// This part is neither.
    #[error("{0:?} is neither an address nor a network such as 10.0.0.0/8 or fd00::/8")]
    Unreadable(String),
    /// More than a list holds.
    #[error("a list holds {MOST} networks at most")]
    TooMany,
}

impl Networks {
    /// Whether a use from there is one from these networks. An IPv4 address written as IPv6 counts as the IPv4
    /// address, the command line as this machine's 127.0.0.1. A door that cannot tell from where is none of them.
    pub fn hold(&self, door: Door, source: Option<IpAddr>) -> bool {
        let here = (door == Door::Cli).then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let source = source.or(here).map(|source| source.to_canonical());
        self.0.is_empty() || source.is_some_and(|source| self.0.iter().any(|network| network.contains(&source)))
    }

    /// One text for each network.
    pub fn iter(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(ToString::to_string)
    }
}

impl FromStr for Networks {
    type Err = NoNetworks;

    /// Addresses and networks with commas or spaces between them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split([',', ' ']).filter(|part| !part.is_empty());
        let networks = parts.map(network).collect::<Result<Vec<_>, _>>()?;
        if networks.len() > MOST { Err(NoNetworks::TooMany) } else { Ok(Self(networks)) }
    }
}

fn network(text: &str) -> Result<IpNet, NoNetworks> {
    let read = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    read.map(|network| canonical(network.trunc())).map_err(|_| NoNetworks::Unreadable(text.to_owned()))
}

/// An IPv4 network written as IPv6 is the IPv4 network, as with the addresses that are looked for in it.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(mapped) = network else { return network };
    let prefix = mapped.prefix_len().checked_sub(96);
    let inner =
        mapped.addr().to_ipv4_mapped().zip(prefix).and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    inner.map_or(network, IpNet::V4)
}

/// With spaces between: what [`Networks::from_str`] reads back.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(text: &str) -> Networks {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(list: &str, source: &str, held: bool) {
        assert_eq!(networks(list).hold(Door::EcgridRest, Some(source.parse().unwrap())), held, "{source} in {list}");
    }

    #[test]
    fn an_address_is_held_by_a_network_of_its_own_kind() {
        // R44
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("10.0.0.0/8", "::ffff:10.1.2.3", true);
        check("192.0.2.7", "192.0.2.7", true);
        check("192.0.2.7", "192.0.2.8", false);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("fd00::/8,10.0.0.0/8", "10.1.1.1", true);
        check("::/0", "10.1.1.1", false);
        check("::ffff:10.0.0.0/104", "10.1.1.1", true);
        check("::ffff:10.1.2.3", "::ffff:10.1.2.3", true);
        check("::ffff:10.1.2.3", "10.1.2.4", false);
    }

    #[test]
    fn an_empty_list_is_everywhere_and_the_command_line_is_this_machine() {
        check("", "192.0.2.7", true);
        assert!(networks("").hold(Door::EcgridRest, None));
        assert!(networks("127.0.0.0/8").hold(Door::Cli, None));
        assert!(!networks("10.0.0.0/8").hold(Door::Cli, None));
        assert!(!networks("127.0.0.0/8").hold(Door::EcgridRest, None), "a door that cannot tell from where");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let list = networks("10.1.2.3/8, 2001:DB8::1 192.0.2.7");
        assert_eq!(list.to_string(), "10.0.0.0/8 2001:db8::1/128 192.0.2.7/32");
        assert_eq!(networks(&list.to_string()), list);
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["10.0.0.0/33", "10.0.0", "localhost", "10.0.0.0/8/8", "fd00::/129"] {
            assert!(matches!(text.parse::<Networks>(), Err(NoNetworks::Unreadable(_))), "{text}");
        }
        assert_eq!("10.0.0.1,".repeat(33).parse::<Networks>(), Err(NoNetworks::TooMany));
    }
}
