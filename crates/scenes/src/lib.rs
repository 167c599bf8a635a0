//! The scenes of the book.
