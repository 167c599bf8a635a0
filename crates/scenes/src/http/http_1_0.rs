//! One request, one connection.

use std::io::{self, Read, Write};

use lab::{Net, addresses, peer};
use web::server::whole;

use crate::programs::{CLIENT_PORT, PORT};
use crate::view::MESSAGES;
use crate::{Scene, as_usual};

/// In the order of the chapter.
pub const SCENES: &[Scene] = &[Scene {
    name: "three-requests-http10",
    part: "http",
    title: "Three requests by HTTP/1.0: three connections",
    view: MESSAGES,
    adjust: as_usual,
    script: three_requests_http10,
}];

/// The server is hyper's, which closes after its response (RFC 1945 §1.3). The client reads until then, and has nothing else that tells it
/// where the content ends.
fn three_requests_http10(net: &mut Net) -> io::Result<()> {
    let listener = net.server().run(|| peer::listen(addresses::server(PORT)))?;
    let serving = net.server().start(|| {
        web::serve(listener, 3, |request| async move {
            whole(format!("this is {}", request.uri()))
        })
    });
    for (port, target) in (CLIENT_PORT..).zip(["/1", "/2", "/3"]) {
        let mut client = net
            .client()
            .run(|| peer::connect(addresses::client(port), addresses::server(PORT)))?;
        net.client().run(|| {
            client.write_all(format!("GET {target} HTTP/1.0\r\n\r\n").as_bytes())?;
            client.read_to_end(&mut Vec::new())
        })?;
        net.client().run(move || drop(client));
    }
    serving.join(net)
}
