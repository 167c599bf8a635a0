//! Which frames a rule of the wire is about.

use std::fmt;

use trace::{ControlBits, Frame, Segment, Side};

type Test = Box<dyn Fn(Side, &Frame) -> bool + Send>;

/// A test of frames, with a name that a message can show: `SYN from the client`.
pub struct Filter {
    name: String,
    test: Test,
}

impl Filter {
    /// Every TCP segment that passes `test`; `name` appears in messages.
    pub fn segment(name: &str, test: impl Fn(&Segment) -> bool + Send + 'static) -> Filter {
        Filter {
            name: name.to_owned(),
            test: Box::new(move |_, frame| frame.segment().is_some_and(&test)),
        }
    }

    /// The same, but only what this host sends.
    #[must_use]
    pub fn from(self, side: Side) -> Filter {
        Filter {
            name: format!("{} from the {}", self.name, side.name()),
            test: Box::new(move |from, frame| from == side && (self.test)(from, frame)),
        }
    }

    /// Whether the rule is about a frame that comes from `side`.
    pub(crate) fn matches(&self, side: Side, bytes: &[u8]) -> bool {
        Frame::decode(bytes).is_ok_and(|frame| (self.test)(side, &frame))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Every frame that can be decoded.
#[must_use]
pub fn any() -> Filter {
    Filter {
        name: "a frame".to_owned(),
        test: Box::new(|_, _| true),
    }
}

/// A SYN without ACK: the first segment of a handshake.
#[must_use]
pub fn syn() -> Filter {
    Filter::segment("SYN", |s| {
        s.control.contains(ControlBits::SYN) && !s.control.contains(ControlBits::ACK)
    })
}

/// A SYN with ACK: the answer to a SYN.
#[must_use]
pub fn syn_ack() -> Filter {
    Filter::segment("SYN,ACK", |s| {
        s.control.contains(ControlBits::SYN | ControlBits::ACK)
    })
}

/// A segment with ACK and neither SYN, FIN, RST nor data.
#[must_use]
pub fn pure_ack() -> Filter {
    Filter::segment("pure ACK", |s| {
        let acts = [ControlBits::SYN, ControlBits::FIN, ControlBits::RST];
        s.control.contains(ControlBits::ACK)
            && !acts.iter().any(|bit| s.control.contains(*bit))
            && s.payload.is_empty()
    })
}

/// A segment with FIN.
#[must_use]
pub fn fin() -> Filter {
    Filter::segment("FIN", |s| s.control.contains(ControlBits::FIN))
}

/// A segment with RST.
#[must_use]
pub fn rst() -> Filter {
    Filter::segment("RST", |s| s.control.contains(ControlBits::RST))
}

/// A segment that carries data.
#[must_use]
pub fn data() -> Filter {
    Filter::segment("data", |s| !s.payload.is_empty())
}
