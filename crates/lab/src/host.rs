//! One host: a network namespace of its own, a cable to the wire, and a view of its kernel's sockets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, setns, unshare};
use trace::Side;

use crate::addresses::{WIRE, WIRE_MAC, address, mac};
use crate::links::{Links, Metrics};
use crate::refusal::{Call, Refusal};
use crate::sockets::SocketList;
use crate::tap::Tap;
use crate::{Settings, offload, sysctl};

/// Everything that the script's thread keeps of one host.
pub(crate) struct Host {
    /// For threads that are to run on this host.
    pub(crate) namespace: OwnedFd,
    /// The wire's end of its cable.
    pub(crate) tap: Tap,
    /// Its kernel's list of sockets.
    pub(crate) sockets: SocketList,
}

/// Both hosts, and the settings that their kernels took.
pub(crate) struct Hosts {
    pub(crate) client: Host,
    pub(crate) server: Host,
    pub(crate) sysctls: BTreeMap<String, String>,
    /// The sockets that the script has made by mistake outside of both hosts.
    strays: SocketList,
}

/// The network namespace of the calling thread.
fn namespace_of_this_thread() -> Result<OwnedFd, Refusal> {
    File::open("/proc/thread-self/ns/net")
        .map(OwnedFd::from)
        .map_err(|error| Refusal::new(Call::NetworkNamespace, error))
}

/// Moves the calling thread into a network namespace.
pub(crate) fn enter(namespace: &OwnedFd) -> Result<(), Refusal> {
    setns(namespace, CloneFlags::CLONE_NEWNET)
        .map_err(|error| Refusal::new(Call::NetworkNamespace, error.into()))
}

fn index(interface: &str) -> Result<u32, Refusal> {
    if_nametoindex(interface).map_err(|error| Refusal::new(Call::Veth, error.into()))
}

impl Hosts {
    /// Builds the network: the calling thread's namespace becomes the wire's.
    pub(crate) fn build(settings: &Settings) -> Result<Hosts, Refusal> {
        let wire = namespace_of_this_thread()?;
        for (name, value) in [
            // A host gets a table of its own from this on; the machine's table would take 3 ms to list.
            ("net.ipv4.tcp_child_ehash_entries", "1024"),
            ("net.ipv6.conf.all.disable_ipv6", "1"),
            ("net.ipv6.conf.default.disable_ipv6", "1"),
        ] {
            match sysctl::write(name, value) {
                // A kernel without IPv6, or before Linux 6.1: slower or no different.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                result => {
                    result.map_err(|error| Refusal::new(Call::Sysctl(name.to_owned()), error))?
                }
            }
        }
        let links = Links::open()?;

        let mut hosts = Vec::new();
        let mut taken = BTreeMap::new();
        for side in [Side::Client, Side::Server] {
            unshare(CloneFlags::CLONE_NEWNET)
                .map_err(|error| Refusal::new(Call::NetworkNamespace, error.into()))?;
            let namespace = namespace_of_this_thread()?;
            taken = sysctl::write_all(&settings.sysctls)?;
            let inside = Links::open()?;
            let sockets = SocketList::open()?;
            inside.up(index("lo")?)?;
            enter(&wire)?;

            links.add_veth(side.name(), namespace.as_fd(), mac(side))?;
            let near = index(side.name())?;
            links.up(near)?;
            offload::turn_off(side.name())?;
            let tap = Tap::open(near)?;

            enter(&namespace)?;
            plug_in(&inside, side, settings)?;
            enter(&wire)?;
            hosts.push(Host {
                namespace,
                tap,
                sockets,
            });
        }
        let server = hosts.pop().expect("two hosts were made");
        let client = hosts.pop().expect("two hosts were made");
        Ok(Hosts {
            client,
            server,
            sysctls: taken,
            strays: SocketList::open()?,
        })
    }

    pub(crate) fn of(&self, side: Side) -> &Host {
        match side {
            Side::Client => &self.client,
            Side::Server => &self.server,
        }
    }

    /// A TCP socket that belongs to neither host, if there is one.
    pub(crate) fn stray(&self) -> io::Result<Option<trace::Socket>> {
        Ok(self.strays.read()?.into_iter().next())
    }

    /// Every socket of both hosts.
    pub(crate) fn states(&self) -> io::Result<trace::States> {
        Ok(trace::States {
            client: self.client.sockets.read()?,
            server: self.server.sockets.read()?,
        })
    }
}

/// Sets up `eth0` inside a host.
fn plug_in(links: &Links, side: Side, settings: &Settings) -> Result<(), Refusal> {
    let eth0 = index("eth0")?;
    offload::turn_off("eth0")?;
    links.up(eth0)?;
    links.add_address(eth0, address(side))?;
    links.add_route(
        eth0,
        address(side),
        Metrics {
            quickack: settings.quickack,
            rto_min_ms: settings.rto_min_ms,
            largest_window: sysctl::largest_receive_buffer()?,
            announced_mss: settings
                .announced_mss
                .filter(|(by, _)| *by == side)
                .map(|(_, mss)| mss),
        },
    )?;
    if !settings.arp {
        links.add_neighbour(eth0, address(side.other()), mac(side.other()))?;
    }
    links.add_neighbour(eth0, WIRE, WIRE_MAC)
}
