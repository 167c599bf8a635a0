//! Streams whose octets come in pieces, end, fail, or never end.

use std::collections::VecDeque;
use std::io::{self, BufRead, ErrorKind, Read};

/// So many calls that find the end of the stream, in a row, will never find anything else.
const PATIENCE: usize = 100;

/// A stream that has what it has in pieces; a call sees one of them, or what is left of it.
pub(crate) struct Stream {
    pieces: VecDeque<Vec<u8>>,
    /// How much of the first piece has been read.
    read: usize,
    /// What comes behind the pieces, again and again; nothing, if the stream ends there.
    forever: Vec<u8>,
    /// Whether a call is interrupted before each piece.
    pub(crate) interrupts: bool,
    interrupted: bool,
    pub(crate) taken: usize,
    /// More than this is not read by a program that has limits.
    most: usize,
    ends: usize,
}

impl Stream {
    pub(crate) fn of(pieces: impl IntoIterator<Item = Vec<u8>>) -> Stream {
        Stream {
            pieces: pieces
                .into_iter()
                .filter(|piece| !piece.is_empty())
                .collect(),
            read: 0,
            forever: Vec::new(),
            interrupts: false,
            interrupted: false,
            taken: 0,
            most: usize::MAX,
            ends: 0,
        }
    }

    pub(crate) fn whole(octets: impl AsRef<[u8]>) -> Stream {
        Stream::of([octets.as_ref().to_vec()])
    }

    /// A stream that never ends, and of which no more than so many octets are to be read.
    pub(crate) fn endless(begin: &str, forever: &str, most: usize) -> Stream {
        Stream {
            forever: forever.as_bytes().to_vec(),
            most,
            ..Stream::whole(begin)
        }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> Vec<u8> {
        self.pieces
            .iter()
            .flatten()
            .skip(self.read)
            .copied()
            .collect()
    }
}

impl BufRead for Stream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.interrupts && !self.interrupted {
            self.interrupted = true;
            return Err(ErrorKind::Interrupted.into());
        }
        if self.pieces.is_empty() && !self.forever.is_empty() {
            self.pieces.push_back(self.forever.clone());
        }
        if self.pieces.is_empty() {
            self.ends += 1;
            assert!(
                self.ends <= PATIENCE,
                "the stream has ended, {PATIENCE} calls in a row have found that, and your reader still asks for more: nothing \
                 will ever come"
            );
        }
        Ok(self.pieces.front().map_or(&[], |piece| &piece[self.read..]))
    }

    fn consume(&mut self, count: usize) {
        let Some(piece) = self.pieces.front() else {
            return;
        };
        self.read += count;
        if self.read == piece.len() {
            self.read = 0;
            self.interrupted = false;
            self.pieces.pop_front();
        }
        self.taken += count;
        assert!(
            self.taken <= self.most,
            "your reader has taken {} octets of a stream that never ends, and still asks for more: a limit is missing (RFC 9110 \
             section 17.5)",
            self.taken
        );
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = self.fill_buf()?;
        let count = octets.len().min(buffer.len());
        buffer[..count].copy_from_slice(&octets[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// A stream that is reset behind its octets.
pub(crate) struct Broken(pub(crate) &'static [u8]);

impl BufRead for Broken {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.0 {
            [] => Err(ErrorKind::ConnectionReset.into()),
            octets => Ok(octets),
        }
    }

    fn consume(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }
}

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}
