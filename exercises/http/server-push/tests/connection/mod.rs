//! Your server before hyper's client, and your client before hyper's server and a bare one.

pub(crate) mod client;
pub(crate) mod server;

use server_push::Event;

const PORT: u16 = 80;
const CLIENT_PORT: u16 = 40000;

/// The usual event with that number.
fn event(number: usize) -> Event {
    crate::octets::message(&number.to_string(), &format!("event {number}"))
}

/// The same on the wire.
fn lines(number: usize) -> String {
    format!("id: {number}\ndata: event {number}\n\n")
}
