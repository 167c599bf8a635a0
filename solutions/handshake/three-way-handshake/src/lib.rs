//! Open one connection, and nothing more.
