//! What of the lab works on this machine: one line for each thing that it asks of the system.
//!
//! `ok<TAB>what`, or `missing<TAB>what<TAB>why<TAB>remedy`; exit status 1 if something is missing. What comes
//! after a refusal is not tried, since it builds on it.

use std::io;
use std::process::ExitCode;

use lab::refusal::Call;
use lab::{Failure, Lab, Restart, Settings, addresses};
use socket2::{Domain, Socket, Type};

/// In the order in which a lab asks for them. The name of a setting is filled in by the refusal.
const ASKED: [(Call, &str); 12] = [
    (
        Call::UserNamespace,
        "a user namespace, so that no privileges are needed",
    ),
    (Call::UidMap, "a name for this user in it"),
    (Call::NetworkNamespace, "private networks"),
    (Call::Limit, "limits on memory and processes"),
    (
        Call::Sysctl(String::new()),
        "the hosts' own kernel settings (/proc/sys)",
    ),
    (
        Call::SockDiag,
        "the kernel's list of sockets with their states",
    ),
    (Call::LinkUp, "network interfaces"),
    (Call::Veth, "cables between hosts (veth)"),
    (
        Call::Offload,
        "checksums and segments as they are on a wire (no offload)",
    ),
    (
        Call::PacketSocket,
        "the wire's hold on every frame (AF_PACKET)",
    ),
    (Call::Route, "addresses, routes and neighbours"),
    (
        Call::Seccomp,
        "programs that wait for the wire (seccomp notification)",
    ),
];

fn main() -> ExitCode {
    let settings = Settings {
        restart: Restart::Program(Vec::new()),
        ..Settings::default()
    };
    let played = Lab::try_run_with(settings, |net| {
        net.server().run(|| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&addresses::server(80).into())?;
            socket.listen(1)
        })?;
        io::Result::Ok(())
    });
    match played {
        Ok(_) => {
            for (_, what) in ASKED {
                println!("ok\t{what}");
            }
            ExitCode::SUCCESS
        }
        Err(Failure::Refused(refusal)) => {
            // Everything that a lab asks for before what was refused has worked.
            for (call, what) in ASKED {
                if refusal.call.starts_with(&call.to_string()) {
                    break;
                }
                println!("ok\t{what}");
            }
            println!(
                "missing\t{}: {}\t{}\t{}",
                refusal.call, refusal.error, refusal.reason, refusal.remedy
            );
            ExitCode::FAILURE
        }
        Err(failure) => {
            let remedy = "report this message together with the kernel's version (uname -r)";
            let why = failure
                .to_string()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            println!("missing\ta lab that plays a script to its end\t{why}\t{remedy}");
            ExitCode::FAILURE
        }
    }
}
