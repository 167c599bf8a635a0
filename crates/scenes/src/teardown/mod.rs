//! Ending a connection: a file for each chapter of the part.

use trace::View;

use crate::view::as_in_the_rfc;

pub mod half_close;
pub mod keepalive;
pub mod orderly_close;
pub mod reset;
pub mod simultaneous_close;
pub mod time_wait;

/// The client's initial number, chosen so that its first octet of data is the figures' 100.
const CLIENT_ISN: u32 = 99;

/// The figures' numbers: the client's as chosen, the server's counted so that its first octet of data is 300.
const AS_IN_THE_RFC: View = as_in_the_rfc(299);
