//! A table of what the same events cost, by each of several ways.

use std::fmt::Write;

use trace::cost::{Cost, Way};
use trace::html::escape;

/// A recording as a row of the table.
pub(super) struct Recorded<'a> {
    /// The recording's name.
    pub(super) name: &'a str,
    /// Where the page finds it.
    pub(super) address: String,
    /// What it costs.
    pub(super) way: Way,
}

/// One of the numbers.
type Count = fn(&Cost) -> usize;

/// The columns that are counted for each part of a way.
const COLUMNS: [(&str, Count); 4] = [
    ("round trips", |cost| cost.round_trips),
    ("segments", |cost| cost.segments),
    ("octets of data", |cost| cost.payload),
    ("octets on the wire", |cost| cost.wire),
];

/// The table as Markdown. A row is called what its recording's name does not have in common with the others'.
///
/// ```text
/// {{#ways ten-events-websocket ten-events-bare-socket}}
/// <div class="ways">
///
/// | way | connections | round trips | ...
/// | <a href="ten-events-websocket.pcapng" download>websocket</a> | **1** | **3**<br><span class="ways-parts">2 + 0 + 1</span> | ...
/// ```
///
/// # Errors
/// What is wrong, where the recordings do not bring the same events.
pub(super) fn table(rows: &[Recorded<'_>]) -> Result<String, String> {
    let Some(first) = rows.first() else {
        return Err("no recording is named".to_owned());
    };
    let (events, texts) = (first.way.events, first.way.texts);
    if let Some(other) = rows.iter().find(|row| row.way.events != events) {
        return Err(format!(
            "{} has {events} events and {} has {}",
            first.name, other.name, other.way.events
        ));
    }
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let common = common_words(&names);
    let mut table = String::from("<div class=\"ways\">\n\n| way | connections |");
    for (column, _) in COLUMNS {
        let _ = write!(table, " {column} |");
    }
    let _ = write!(table, "\n|:--|--:|{}", "--:|".repeat(COLUMNS.len()));
    for row in rows {
        let total = row.way.total();
        let _ = write!(
            table,
            "\n| <a href=\"{}\" download>{}</a> | **{}** |",
            escape(&row.address),
            escape(&row.name[common..].replace('-', " ")),
            total.connections
        );
        for (_, count) in COLUMNS {
            let [first, further, ending] = row.way.parts.map(|part| count(&part));
            let _ = write!(
                table,
                " **{}**<br><span class=\"ways-parts\">{first} + {further} + {ending}</span> |",
                count(&total)
            );
        }
    }
    let _ = writeln!(
        table,
        "\n\n</div>\n\n*In bold the whole, below it the three parts: up to the segment that completes the first event, from there up to the one \
         that completes the last, and from there to the end. There are {events} events, and their texts have {texts} octets together.*"
    );
    Ok(table)
}

/// How many octets all names have in common at their start, up to a hyphen. A name alone has nothing in common.
fn common_words(names: &[&str]) -> usize {
    let [first, others @ ..] = names else {
        return 0;
    };
    let is_common = |end: &usize| {
        let is_shared = |other: &&str| other.get(..*end) == first.get(..*end);
        !others.is_empty() && others.iter().all(is_shared)
    };
    let ends = first.match_indices('-').map(|(hyphen, _)| hyphen + 1);
    ends.take_while(is_common).last().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(name: &str, events: usize) -> Recorded<'_> {
        let part = |round_trips| Cost {
            connections: round_trips,
            round_trips,
            segments: 10,
            payload: 100,
            wire: 1000,
        };
        Recorded {
            name,
            address: format!("{name}.pcapng"),
            way: Way {
                events,
                texts: 71,
                parts: [part(2), part(0), part(1)],
            },
        }
    }

    #[test]
    fn a_row_has_the_whole_and_its_parts_and_the_words_of_its_own() {
        let table = table(&[recorded("ten-events-a-b", 10), recorded("ten-events-c", 10)]).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[..2], ["<div class=\"ways\">", ""]);
        assert_eq!(
            lines[2],
            "| way | connections | round trips | segments | octets of data | octets on the wire |"
        );
        let parts = |parts: &str| format!("<br><span class=\"ways-parts\">{parts}</span>");
        assert_eq!(
            lines[4],
            format!(
                "| <a href=\"ten-events-a-b.pcapng\" download>a b</a> | **3** | **3**{} | **30**{} | **300**{} | **3000**{} |",
                parts("2 + 0 + 1"),
                parts("10 + 10 + 10"),
                parts("100 + 100 + 100"),
                parts("1000 + 1000 + 1000")
            )
        );
        assert!(lines[5].starts_with("| <a href=\"ten-events-c.pcapng\" download>c</a> | **3** |"));
        assert_eq!(lines[6..9], ["", "</div>", ""]);
        assert!(lines[9].contains("There are 10 events, and their texts have 71 octets together."));
    }

    #[test]
    fn ways_that_bring_other_events_cannot_be_compared() {
        assert_eq!(
            table(&[recorded("a", 10), recorded("b", 9)]).unwrap_err(),
            "a has 10 events and b has 9"
        );
    }

    #[test]
    fn one_way_alone_keeps_its_name() {
        let table = table(&[recorded("ten-events-a", 10)]).unwrap();
        assert!(table.contains("download>ten events a</a>"));
        assert_eq!(common_words(&["ten-events", "tea-events"]), 0);
    }
}
