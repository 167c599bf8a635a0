//! The state diagram of RFC 9293's figure 5 with the paths of a recording.

use std::fmt::Write;

use trace::figure5::{TRANSITIONS, path};
use trace::{Ladder, Side, State};

/// How a path is drawn: told apart by its dashes as well as by its colour, which has enough contrast on a
/// light and on a dark page.
const CLIENT: &str = "stroke:#2f7ed8,stroke-width:4px";
const SERVER: &str = "stroke:#c2571a,stroke-width:4px,stroke-dasharray:9 5";
const BOTH: &str = "stroke:#8a5cc9,stroke-width:6px";
/// Arrows that nobody took step back.
const NOBODY: &str = "stroke:#888,stroke-width:1px";

/// How much of the figure is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// From ESTABLISHED on.
    Closing,
}

/// The diagram as a block for mermaid, followed by both paths in words, which do not need it.
///
/// ```text
/// {{#states three-way-handshake}}
/// {{#states close-in-four closing}}
/// ```
///
/// `None` where neither side takes an arrow that is drawn.
pub(super) fn diagram(ladder: &Ladder, extent: Extent) -> Option<String> {
    let drawn: Vec<usize> = (0..TRANSITIONS.len())
        .filter(|index| extent == Extent::Whole || TRANSITIONS[*index].closes())
        .collect();
    let [client, server] = [Side::Client, Side::Server].map(|side| {
        let mut taken = path(ladder, side);
        taken.retain(|index| drawn.contains(index));
        taken
    });
    if client.is_empty() && server.is_empty() {
        return None;
    }
    let connection = match extent {
        Extent::Whole => "a connection",
        Extent::Closing => "a connection that is being closed",
    };
    let mut block = String::from("```mermaid\nflowchart TB\n");
    let _ = writeln!(
        block,
        "    accTitle: The states of {connection}, with the paths of both sides"
    );
    let [by_client, by_server] = [&client, &server].map(|path| words(path));
    let _ = writeln!(
        block,
        "    accDescr: The client takes {by_client}. The server takes {by_server}."
    );
    let touches = |index: &usize, state| {
        let arrow = TRANSITIONS[*index];
        arrow.from == state || arrow.to == state
    };
    for state in State::ALL {
        if drawn.iter().any(|index| touches(index, state)) {
            let _ = writeln!(block, "    {}([\"{state}\"])", node(state));
        }
    }
    for &index in &drawn {
        let arrow = TRANSITIONS[index];
        let taken = client.contains(&index) || server.contains(&index);
        let line = if taken { "==>" } else { "-->" };
        let action = if arrow.action.is_empty() {
            String::new()
        } else {
            format!("<br>{}", arrow.action)
        };
        let _ = writeln!(
            block,
            "    {} {line}|\"{}{action}\"| {}",
            node(arrow.from),
            arrow.event,
            node(arrow.to)
        );
    }
    // Mermaid counts the arrows as they are drawn.
    for (position, index) in drawn.iter().enumerate() {
        let style = match (client.contains(index), server.contains(index)) {
            (true, true) => BOTH,
            (true, false) => CLIENT,
            (false, true) => SERVER,
            (false, false) => NOBODY,
        };
        let _ = writeln!(block, "    linkStyle {position} {style}");
    }
    block.push_str("```\n\n");
    let shared = if client.iter().any(|index| server.contains(index)) {
        " An arrow that both take is solid and thicker still."
    } else {
        ""
    };
    let _ = writeln!(
        block,
        "*The thick solid line is the client's path: {by_client}. The thick dashed line is the server's: {by_server}.{shared}*"
    );
    Some(block)
}

/// A name that mermaid takes for a node.
fn node(state: State) -> String {
    state.name().to_lowercase().replace('-', "_")
}

/// `CLOSED, SYN-SENT, ESTABLISHED`
fn words(path: &[usize]) -> String {
    if path.is_empty() {
        return "none of these arrows".to_owned();
    }
    let first = path.first().map(|index| TRANSITIONS[*index].from.name());
    let rest = path.iter().map(|index| TRANSITIONS[*index].to.name());
    first.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::ladder::{Line, Middle};

    fn ladder(states: &[(State, State)]) -> Ladder {
        let line = |(client, server): &(State, State)| Line {
            number: None,
            client: Some(*client),
            middle: Middle::Start,
            server: Some(*server),
        };
        Ladder {
            lines: states.iter().map(line).collect(),
        }
    }

    fn handshake() -> Ladder {
        ladder(&[
            (State::Closed, State::Listen),
            (State::SynSent, State::SynReceived),
            (State::Established, State::SynReceived),
            (State::Established, State::Established),
        ])
    }

    #[test]
    fn the_paths_are_marked_and_told_in_words() {
        let block = diagram(&handshake(), Extent::Whole).unwrap();
        assert!(
            block.contains("    syn_sent ==>|\"receive SYN,ACK<br>send ACK\"| established\n"),
            "{block}"
        );
        assert!(block.contains("    linkStyle 7 stroke:#2f7ed8"), "{block}");
        assert!(
            block.contains("the client's path: CLOSED, SYN-SENT, ESTABLISHED."),
            "{block}"
        );
        assert!(
            block.contains("the server's: CLOSED, LISTEN, SYN-RECEIVED, ESTABLISHED.*"),
            "{block}"
        );
        assert_eq!(block.matches("linkStyle").count(), TRANSITIONS.len());
    }

    #[test]
    fn the_closing_half_begins_at_established() {
        let close = ladder(&[
            (State::SynSent, State::Listen),
            (State::Established, State::SynReceived),
            (State::FinWait1, State::Established),
            (State::FinWait1, State::FinWait1),
            (State::FinWait1, State::Closing),
            (State::TimeWait, State::Closing),
        ]);
        let block = diagram(&close, Extent::Closing).unwrap();
        for absent in ["listen", "syn_sent", "syn_received"] {
            assert!(!block.contains(absent), "{block}");
        }
        assert!(
            block.contains(&format!("    linkStyle 0 {BOTH}")),
            "both take the first arrow, from ESTABLISHED to FIN-WAIT-1\n{block}"
        );
        assert!(
            block.contains("the client's path: ESTABLISHED, FIN-WAIT-1, TIME-WAIT."),
            "{block}"
        );
        assert!(
            block.contains("the server's: ESTABLISHED, FIN-WAIT-1, CLOSING. An arrow that both"),
            "{block}"
        );
        let drawn = TRANSITIONS.iter().filter(|arrow| arrow.closes()).count();
        assert_eq!(block.matches("linkStyle").count(), drawn);
    }

    #[test]
    fn a_side_that_takes_no_arrow_is_told_in_words() {
        let asleep = ladder(&[
            (State::Established, State::Established),
            (State::FinWait1, State::Established),
        ]);
        let block = diagram(&asleep, Extent::Closing).unwrap();
        assert!(
            block.contains(
                "The client takes ESTABLISHED, FIN-WAIT-1. The server takes none of these arrows."
            ),
            "{block}"
        );
        assert!(
            block.contains("The thick dashed line is the server's: none of these arrows.*"),
            "{block}"
        );
    }

    #[test]
    fn without_any_arrow_there_is_no_diagram() {
        assert_eq!(diagram(&handshake(), Extent::Closing), None);
        assert_eq!(diagram(&ladder(&[]), Extent::Whole), None);
    }
}
