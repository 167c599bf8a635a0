//! The laboratory itself.
use lab::{Lab, addresses};
use socket2::{Domain, Socket, Type};
use std::io;

fn stream() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

#[test]
fn handshake() {
    let trace = Lab::run(|net| {
        let listener = net.server().run(|| {
            let s = stream()?;
            s.bind(&addresses::server(80).into())?;
            s.listen(1)?;
            io::Result::Ok(s)
        })?;
        let client = net.client().run(|| {
            let s = stream()?;
            s.bind(&addresses::client(40000).into())?;
            s.connect(&addresses::server(80).into())?;
            io::Result::Ok(s)
        })?;
        let conn = net.server().run(|| listener.accept())?;
        net.client().run(|| drop(client));
        drop(conn);
        io::Result::Ok(())
    });
    println!("{}", trace::Ladder::of(&trace));
}
