//! What of the lab works on this machine: one line for each thing that it asks of the system.
//!
//! `ok<TAB>what`, or `missing<TAB>what<TAB>why<TAB>remedy`; exit status 1 if something is missing. What comes
//! after a refusal is not tried, since it builds on it.

use std::io;
use std::process::ExitCode;

use lab::refusal::Call;
use lab::{Failure, Lab, Restart, Settings, addresses};
use socket2::{Domain, Socket, Type};

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
            worked(&Call::IN_ORDER);
            ExitCode::SUCCESS
        }
        Err(Failure::Refused(refusal)) => {
            let refused = |call: &Call| refusal.call.starts_with(&call.to_string());
            if let Some(position) = Call::IN_ORDER.iter().position(refused) {
                worked(&Call::IN_ORDER[..position]);
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

fn worked(calls: &[Call]) {
    for call in calls {
        println!("ok\t{}", call.purpose());
    }
}
