//! The head of a message: its start line, and what its fields say of what follows.

/// A start line with its fields.
pub(super) struct Head<'a> {
    start: &'a str,
    fields: Vec<(&'a str, &'a str)>,
}

/// What follows a head (RFC 9112 §6.3).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many octets.
    Length(u64),
    /// Chunks (§7.1).
    Chunked,
    /// Everything until the connection is closed.
    ToTheEnd,
    /// No more HTTP: frames of RFC 6455 §5.
    WebSocket,
    /// No more HTTP: whatever the two ends like (RFC 9110 §9.3.6).
    Tunnel,
}

/// The text of a start line (RFC 9112 §3 and §4): a method, a target and a version, or a version and a status.
pub(super) fn start_line(line: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(line).ok()?;
    let is_request = || text.split(' ').nth(2).is_some_and(is_version);
    (text.split(' ').next().is_some_and(is_version) || is_request()).then(|| text.to_owned())
}

/// The method of a request, from its start line.
pub(super) fn method(start_line: &str) -> Option<&str> {
    start_line
        .split(' ')
        .next()
        .filter(|word| !is_version(word))
}

/// Whether the beginning of a line may be that of a start line.
pub(super) fn may_begin(octets: &[u8]) -> bool {
    octets.iter().all(u8::is_ascii_graphic) || octets.starts_with(b"HTTP/") || {
        let method = octets.split(|octet| *octet == b' ').next();
        method.is_some_and(|method| method.iter().all(u8::is_ascii_uppercase))
    }
}

fn is_version(word: &str) -> bool {
    word.starts_with("HTTP/1.")
}

impl<'a> Head<'a> {
    /// A head without the empty line at its end.
    pub(super) fn parse(octets: &'a [u8]) -> Option<Head<'a>> {
        let mut lines = std::str::from_utf8(octets).ok()?.split("\r\n");
        let start = lines.next()?;
        let fields = lines.map(|line| {
            line.split_once(':')
                .map(|(name, value)| (name, value.trim()))
        });
        Some(Head {
            start,
            fields: fields.collect::<Option<_>>()?,
        })
    }

    /// Whether this is a response, and no other to the same request follows (RFC 9110 §15.2).
    pub(super) fn is_final_response(&self) -> bool {
        self.status()
            .is_some_and(|status| status == "101" || !status.starts_with('1'))
    }

    /// What follows, to a response to a request with the method `asked`; `None` if the fields do not say it, or say it twice.
    pub(super) fn framing(&self, asked: Option<&str>) -> Option<Framing> {
        let status = self.status();
        let upgrade = self.value("upgrade");
        let is_websocket = upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"));
        if is_websocket && matches!(status, None | Some("101")) {
            return Some(Framing::WebSocket);
        }
        if asked == Some("HEAD")
            || status.is_some_and(|code| code.starts_with('1') || ["204", "304"].contains(&code))
        {
            return Some(Framing::Length(0));
        }
        if asked == Some("CONNECT") && status.is_some_and(|code| code.starts_with('2')) {
            return Some(Framing::Tunnel);
        }
        let mut lengths = self.values("content-length");
        let length = lengths.next();
        if lengths.any(|other| Some(other) != length) {
            return None;
        }
        match (self.value("transfer-encoding"), length) {
            (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => {
                Some(Framing::Chunked)
            }
            // Before a number parse() would take a sign.
            (None, Some(length)) if !length.bytes().all(|octet| octet.is_ascii_digit()) => None,
            (None, Some(length)) => length.parse().ok().map(Framing::Length),
            (None, None) if status.is_none() => Some(Framing::Length(0)),
            (None, None) => Some(Framing::ToTheEnd),
            _ => None,
        }
    }

    /// The status code of a response; `None` for a request.
    fn status(&self) -> Option<&'a str> {
        let mut words = self.start.split(' ');
        words.next().filter(|word| is_version(word))?;
        words.next()
    }

    /// A field's value, by its name in small letters.
    fn value(&self, name: &str) -> Option<&'a str> {
        self.values(name).next()
    }

    /// The values of all fields of that name.
    fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let fields = self.fields.iter();
        let fields = fields.filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        fields.map(|(_, value)| *value)
    }
}
