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

/// The diagram as a block for mermaid, followed by both paths in words, which do not need it.
///
/// ```text
/// {{#states three-way-handshake}}
/// ```
pub(super) fn diagram(ladder: &Ladder) -> String {
    let client = path(ladder, Side::Client);
    let server = path(ladder, Side::Server);
    let mut block = String::from("```mermaid\nflowchart TB\n");
    block.push_str("    accTitle: The states of a connection, with the paths of both sides\n");
    let [by_client, by_server] = [&client, &server].map(|path| words(path));
    let _ = writeln!(
        block,
        "    accDescr: The client takes {by_client}. The server takes {by_server}."
    );
    for state in State::ALL {
        let _ = writeln!(block, "    {}([\"{state}\"])", node(state));
    }
    for (index, arrow) in TRANSITIONS.iter().enumerate() {
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
    for index in 0..TRANSITIONS.len() {
        let style = match (client.contains(&index), server.contains(&index)) {
            (true, true) => BOTH,
            (true, false) => CLIENT,
            (false, true) => SERVER,
            (false, false) => NOBODY,
        };
        let _ = writeln!(block, "    linkStyle {index} {style}");
    }
    block.push_str("```\n\n");
    let _ = writeln!(
        block,
        "*The thick solid line is the client's path: {by_client}. The thick dashed line is the server's: {by_server}.*"
    );
    block
}

/// A name that mermaid takes for a node.
fn node(state: State) -> String {
    state.name().to_lowercase().replace('-', "_")
}

/// `CLOSED, SYN-SENT, ESTABLISHED`
fn words(path: &[usize]) -> String {
    let first = path.first().map(|index| TRANSITIONS[*index].from.name());
    let rest = path.iter().map(|index| TRANSITIONS[*index].to.name());
    first.into_iter().chain(rest).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use trace::ladder::{Line, Middle};

    #[test]
    fn the_paths_are_marked_and_told_in_words() {
        let line = |client, server| Line {
            number: None,
            client: Some(client),
            middle: Middle::Start,
            server: Some(server),
        };
        let ladder = Ladder {
            lines: vec![
                line(State::Closed, State::Listen),
                line(State::SynSent, State::SynReceived),
                line(State::Established, State::SynReceived),
                line(State::Established, State::Established),
            ],
        };
        let block = diagram(&ladder);
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
            block.contains("the server's: CLOSED, LISTEN, SYN-RECEIVED, ESTABLISHED."),
            "{block}"
        );
        assert_eq!(block.matches("linkStyle").count(), TRANSITIONS.len());
    }
}
