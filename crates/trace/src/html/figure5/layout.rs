//! Where the states and arrows of the diagram stand: in the order of RFC 9293's figure 5, but with one place for CLOSED,
//! to which the last two arrows lead back along the right edge.

use crate::state::State;

/// The size of the picture.
pub(super) const SIZE: (i16, i16) = (480, 728);
/// Half the width of every state.
pub(super) const HALF_WIDTH: i16 = 58;

/// A point of the picture.
pub(super) type Point = (i16, i16);

/// Where a state stands: its middle, and half its height.
pub(super) const fn place(state: State) -> (Point, i16) {
    match state {
        // Four arrows meet its right side.
        State::Closed => ((224, 29), 25),
        State::Listen => ((224, 150), 15),
        State::SynReceived => ((62, 275), 15),
        State::SynSent => ((386, 275), 15),
        State::Established => ((224, 375), 15),
        State::FinWait1 => ((62, 475), 15),
        State::CloseWait => ((386, 475), 15),
        State::Closing => ((224, 565), 15),
        State::FinWait2 => ((62, 605), 15),
        State::LastAck => ((386, 605), 15),
        State::TimeWait => ((224, 705), 15),
    }
}

/// On which side of its place a label begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One arrow: its corners, and its label in the figure's own short forms.
pub(super) struct Route {
    /// From the first state to the second, each stretch level or upright.
    pub(super) corners: &'static [Point],
    /// Where the baseline of the label's first line stands.
    pub(super) label: Point,
    /// How the label stands there.
    pub(super) anchor: Anchor,
    /// What causes it, line by line.
    pub(super) event: &'static [&'static str],
    /// What is done then, line by line.
    pub(super) action: &'static [&'static str],
}

const fn route(
    corners: &'static [Point],
    label: Point,
    anchor: Anchor,
    event: &'static [&'static str],
    action: &'static [&'static str],
) -> Route {
    Route {
        corners,
        label,
        anchor,
        event,
        action,
    }
}

use Anchor::{End, Middle, Start};

/// The routes of [`crate::figure5::TRANSITIONS`], in their order.
pub(super) const ROUTES: [Route; 21] = [
    route(
        &[(206, 54), (206, 135)],
        (199, 86),
        End,
        &["passive OPEN"],
        &["create TCB"],
    ),
    route(
        &[(282, 35), (430, 35), (430, 260)],
        (424, 128),
        End,
        &["active OPEN"],
        &["create TCB,", "snd SYN"],
    ),
    route(
        &[(242, 135), (242, 54)],
        (249, 86),
        Start,
        &["CLOSE"],
        &["delete TCB"],
    ),
    route(
        &[(166, 143), (30, 143), (30, 260)],
        (37, 205),
        Start,
        &["rcv SYN"],
        &["snd", "SYN,ACK"],
    ),
    route(
        &[(250, 165), (250, 267), (328, 267)],
        (244, 205),
        End,
        &["SEND"],
        &["snd SYN"],
    ),
    route(
        &[(338, 260), (338, 45), (282, 45)],
        (332, 205),
        End,
        &["CLOSE"],
        &["delete TCB"],
    ),
    route(
        &[(328, 283), (120, 283)],
        (184, 263),
        Middle,
        &["rcv SYN"],
        &["snd SYN,ACK"],
    ),
    route(
        &[(352, 290), (352, 375), (282, 375)],
        (346, 325),
        End,
        &["rcv SYN,ACK"],
        &["snd ACK"],
    ),
    route(
        &[(104, 260), (104, 158), (166, 158)],
        (111, 205),
        Start,
        &["rcv RST"],
        &["(note 1)"],
    ),
    route(
        &[(96, 290), (96, 375), (166, 375)],
        (103, 325),
        Start,
        &["rcv ACK", "of SYN"],
        &[],
    ),
    route(
        &[(30, 290), (30, 460)],
        (37, 370),
        Start,
        &["CLOSE"],
        &["snd FIN"],
    ),
    route(
        &[(204, 390), (204, 426), (96, 426), (96, 460)],
        (198, 406),
        End,
        &["CLOSE"],
        &["snd FIN"],
    ),
    route(
        &[(244, 390), (244, 426), (352, 426), (352, 460)],
        (250, 406),
        Start,
        &["rcv FIN"],
        &["snd ACK"],
    ),
    route(
        &[(62, 490), (62, 590)],
        (69, 530),
        Start,
        &["rcv ACK", "of FIN"],
        &[],
    ),
    route(
        &[(120, 469), (224, 469), (224, 550)],
        (231, 508),
        Start,
        &["rcv FIN"],
        &["snd ACK"],
    ),
    route(
        &[(120, 482), (140, 482), (140, 699), (166, 699)],
        (147, 606),
        Start,
        &["rcv FIN", "and ACK", "of FIN"],
        &["snd ACK"],
    ),
    route(
        &[(386, 490), (386, 590)],
        (380, 530),
        End,
        &["CLOSE"],
        &["snd FIN"],
    ),
    route(
        &[(62, 620), (62, 711), (166, 711)],
        (69, 660),
        Start,
        &["rcv FIN"],
        &["snd ACK"],
    ),
    route(
        &[(224, 580), (224, 690)],
        (231, 625),
        Start,
        &["rcv ACK", "of FIN"],
        &[],
    ),
    route(
        &[(444, 605), (458, 605), (458, 25), (282, 25)],
        (452, 560),
        End,
        &["rcv ACK", "of FIN"],
        &[],
    ),
    route(
        &[(282, 705), (470, 705), (470, 14), (282, 14)],
        (300, 684),
        Start,
        &["timeout (2MSL)"],
        &["delete TCB"],
    ),
];
