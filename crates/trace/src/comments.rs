//! The comments of a recording, written and parsed; their grammar is described in [`crate::pcapng`].

use std::fmt::Write as _;
use std::net::SocketAddrV4;
use std::str::FromStr;

use crate::state::{Socket, State, States};
use crate::{Event, Fate, Numbering, Origin, Payload, Provenance, Row, Side, View};

/// The version of the grammar.
const FIRST_LINE: &str = "recording 1";

pub(crate) fn header(provenance: &Provenance, view: &View, start: &States) -> String {
    let mut lines = vec![
        FIRST_LINE.to_owned(),
        format!("scene {}", escape(&provenance.scene)),
        format!("title {}", escape(&provenance.title)),
        format!("kernel {}", escape(&provenance.kernel)),
    ];
    for (name, value) in &provenance.sysctls {
        lines.push(format!(
            "sysctl {} = {}",
            escape(name).replace('=', "\\u{3d}"),
            escape(value)
        ));
    }
    let mut line = format!(
        "view client={} server={}",
        numbering(view.client),
        numbering(view.server)
    );
    for (name, shown) in shown(view) {
        if shown {
            line.push(' ');
            line += name;
        }
    }
    lines.push(line);
    lines.extend(sockets(start));
    lines.join("\n")
}

/// The parts of a [`View`] that are on or off.
fn shown(view: &View) -> [(&'static str, bool); 5] {
    [
        ("window", view.window),
        ("mss", view.mss),
        ("options", view.options),
        ("payload", view.payload == Payload::Text),
        ("messages", view.payload == Payload::Messages),
    ]
}

fn numbering(numbering: Numbering) -> String {
    match numbering {
        Numbering::Relative(base) => base.to_string(),
        Numbering::Absolute => "absolute".to_owned(),
    }
}

pub(crate) fn row(index: usize, row: &Row) -> String {
    let happened = match &row.event {
        Event::Frame {
            origin,
            fate,
            altered,
            ..
        } => {
            let origin = match origin {
                Origin::Host => String::new(),
                Origin::Held(row) => format!("held since row {row}, "),
                Origin::Copy(row) => format!("copy of row {row}, "),
                Origin::Script => "made by the script, ".to_owned(),
            };
            let altered = if *altered { ", altered" } else { "" };
            format!("{origin}{}{altered}", fate_name(*fate))
        }
        Event::Note { side, text } => format!("{} notes: {}", side.name(), escape(text)),
    };
    let mut lines = vec![format!("row {index}: {happened}")];
    lines.extend(sockets(&row.states));
    lines.join("\n")
}

fn fate_name(fate: Fate) -> &'static str {
    match fate {
        Fate::Delivered => "delivered",
        Fate::Held => "held",
        Fate::Lost => "lost",
    }
}

fn sockets(states: &States) -> impl Iterator<Item = String> {
    let of = |side: Side, sockets: &[Socket]| {
        let lines = sockets.iter().map(|socket| {
            let mut line = format!("{} {} {}", side.name(), socket.state, socket.local);
            if let Some(remote) = socket.remote {
                line += &format!(" > {remote}");
            }
            line
        });
        lines.collect::<Vec<_>>()
    };
    of(Side::Client, &states.client)
        .into_iter()
        .chain(of(Side::Server, &states.server))
}

pub(crate) fn parse_header(text: &str) -> Result<(Provenance, View, States), String> {
    let mut lines = text.split('\n').peekable();
    let first = lines.next().unwrap_or_default();
    if first != FIRST_LINE {
        return Err(format!(
            "the comment begins with {first:?}, not with {FIRST_LINE:?}: not a recording of this version"
        ));
    }
    let mut provenance = Provenance {
        scene: unescape(after(lines.next(), "scene ")?)?,
        title: unescape(after(lines.next(), "title ")?)?,
        kernel: unescape(after(lines.next(), "kernel ")?)?,
        ..Provenance::default()
    };
    while let Some(sysctl) = lines.peek().and_then(|line| line.strip_prefix("sysctl ")) {
        let Some((name, value)) = sysctl.split_once(" = ") else {
            return Err(format!("the line {sysctl:?} is no `NAME = VALUE`"));
        };
        provenance.sysctls.insert(unescape(name)?, unescape(value)?);
        lines.next();
    }
    let view = parse_view(after(lines.next(), "view ")?)?;
    Ok((provenance, view, parse_states(lines)?))
}

/// What follows `word` in a line that must begin with it.
fn after<'a>(line: Option<&'a str>, word: &str) -> Result<&'a str, String> {
    let line = line.ok_or_else(|| format!("the comment has no line {word:?}"))?;
    line.strip_prefix(word)
        .ok_or_else(|| format!("the line {line:?} does not begin with {word:?}"))
}

fn parse_view(text: &str) -> Result<View, String> {
    let mut words = text.split(' ');
    let mut side = |prefix: &str| match after(words.next(), prefix)? {
        "absolute" => Ok(Numbering::Absolute),
        base => number(base).map(Numbering::Relative),
    };
    let (client, server) = (side("client=")?, side("server=")?);
    let mut view = View {
        client,
        server,
        window: false,
        mss: false,
        options: false,
        payload: Payload::Hidden,
    };
    for word in words {
        match word {
            "window" => view.window = true,
            "mss" => view.mss = true,
            "options" => view.options = true,
            "payload" => view.payload = Payload::Text,
            "messages" => view.payload = Payload::Messages,
            other => return Err(format!("a view has no {other:?}")),
        }
    }
    Ok(view)
}

fn number<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no number, or too large"))
}

/// What the first line of a row's comment says.
pub(crate) enum Happened {
    Frame {
        origin: Origin,
        fate: Fate,
        altered: bool,
    },
    Note {
        side: Side,
        text: String,
    },
}

pub(crate) fn parse_row(text: &str, index: usize) -> Result<(Happened, States), String> {
    let mut lines = text.split('\n');
    let happened = parse_happened(after(lines.next(), &format!("row {index}: "))?)?;
    Ok((happened, parse_states(lines)?))
}

fn parse_happened(line: &str) -> Result<Happened, String> {
    for side in [Side::Client, Side::Server] {
        let text = line
            .strip_prefix(side.name())
            .and_then(|rest| rest.strip_prefix(" notes: "));
        if let Some(text) = text {
            return Ok(Happened::Note {
                side,
                text: unescape(text)?,
            });
        }
    }
    let (rest, altered) = match line.strip_suffix(", altered") {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let (origin, fate) = rest.rsplit_once(", ").unwrap_or(("", rest));
    let origin = if origin.is_empty() {
        Origin::Host
    } else if origin == "made by the script" {
        Origin::Script
    } else if let Some(row) = origin.strip_prefix("held since row ") {
        Origin::Held(number(row)?)
    } else if let Some(row) = origin.strip_prefix("copy of row ") {
        Origin::Copy(number(row)?)
    } else {
        return Err(format!("no frame comes from {origin:?}"));
    };
    let fates = [Fate::Delivered, Fate::Held, Fate::Lost];
    let fate = fates.into_iter().find(|known| fate_name(*known) == fate);
    let fate = fate.ok_or_else(|| format!("{line:?} does not say what became of the frame"))?;
    Ok(Happened::Frame {
        origin,
        fate,
        altered,
    })
}

fn parse_states<'a>(lines: impl Iterator<Item = &'a str>) -> Result<States, String> {
    let mut states = States::default();
    for line in lines {
        let (side, socket) =
            parse_socket(line).ok_or_else(|| format!("the line {line:?} describes no socket"))?;
        match side {
            Side::Client => states.client.push(socket),
            Side::Server => states.server.push(socket),
        }
    }
    Ok(states)
}

fn parse_socket(line: &str) -> Option<(Side, Socket)> {
    let mut words = line.splitn(3, ' ');
    let side = match words.next()? {
        "client" => Side::Client,
        "server" => Side::Server,
        _ => return None,
    };
    let state = State::from_name(words.next()?)?;
    let address = |text: &str| text.parse::<SocketAddrV4>().ok();
    let ends = words.next()?;
    let (local, remote) = match ends.split_once(" > ") {
        Some((local, remote)) => (address(local)?, Some(address(remote)?)),
        None => (address(ends)?, None),
    };
    Some((
        side,
        Socket {
            local,
            remote,
            state,
        },
    ))
}

/// The text with backslashes and control characters as `\u{...}`: one line, without NUL.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character == '\\' || character.is_control() {
            let _ = write!(escaped, "{}", character.escape_unicode());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn unescape(text: &str) -> Result<String, String> {
    let mut parts = text.split("\\u{");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let character = part.split_once('}').and_then(|(code, rest)| {
            Some((char::from_u32(u32::from_str_radix(code, 16).ok()?)?, rest))
        });
        let (character, rest) =
            character.ok_or_else(|| format!("{text:?} has a broken `\\u{{...}}`"))?;
        plain.push(character);
        plain += rest;
    }
    Ok(plain)
}
