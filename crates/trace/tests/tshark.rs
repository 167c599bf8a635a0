//! The judge: Wireshark's own dissector reads every recording of the book, and must see what we see.
//!
//! Compared is everything that a ladder can show of a segment. Where `tshark` is not installed nothing
//! can be compared: the test says so, and fails where the environment variable `CI` is set.

mod checksum;
mod handmade;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use trace::{ControlBits, Event, Frame, Segment, TcpOption, Trace, pcapng};

/// What is asked of tshark: names of its fields, `tshark -G fields` explains them.
const FIELDS: [&str; 24] = [
    "frame.protocols",
    "frame.interface_name",
    "frame.comment",
    "ip.src",
    "ip.dst",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.hdr_len",
    "tcp.flags",
    "tcp.window_size_value",
    "tcp.checksum.status",
    "tcp.urgent_pointer",
    "tcp.len",
    "tcp.payload",
    "tcp.option_kind",
    "tcp.options.mss_val",
    "tcp.options.wscale.shift",
    "tcp.options.sack_le",
    "tcp.options.sack_re",
    "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr",
    "udp.length",
];

/// What tshark says of one frame: each field's values, none where the frame has no such field.
type Judged = BTreeMap<&'static str, String>;

fn tshark() -> Option<Command> {
    let found = Command::new("tshark")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    if found {
        return Some(Command::new("tshark"));
    }
    let message = "NOT COMPARED: tshark is not installed, so nothing checks our decoder against Wireshark's. Install the package `tshark`.";
    // Written past the test harness, which hides what a passing test prints.
    let _ = writeln!(std::io::stderr(), "{message}");
    assert!(std::env::var_os("CI").is_none(), "{message}");
    None
}

fn judge(mut tshark: Command, file: &Path) -> Vec<Judged> {
    tshark.args(["-n", "-r"]).arg(file).args([
        "-T",
        "fields",
        "-E",
        "separator=/t",
        "-E",
        "occurrence=a",
        "-E",
        "aggregator=|",
    ]);
    // By default tshark trusts checksums, and shows sequence numbers of its own counting.
    tshark.args([
        "-o",
        "tcp.check_checksum:TRUE",
        "-o",
        "tcp.relative_sequence_numbers:FALSE",
    ]);
    for field in FIELDS {
        tshark.args(["-e", field]);
    }
    let output = tshark.output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    // As root, tshark warns about just that; any other complaint is about the recording.
    let complaints: Vec<_> = complaint
        .lines()
        .filter(|line| !line.starts_with("Running as user"))
        .collect();
    assert!(
        output.status.success() && complaints.is_empty(),
        "tshark on {}: {complaints:?}",
        file.display()
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| {
            FIELDS
                .into_iter()
                .zip(line.split('\t').map(str::to_owned))
                .collect()
        })
        .collect()
}

fn compare(file: &Path, trace: &Trace, judged: &[Judged]) {
    let frames: Vec<_> = trace
        .rows
        .iter()
        .filter_map(|row| match &row.event {
            Event::Frame { from, bytes, .. } => Some((from, bytes)),
            Event::Note { .. } => None,
        })
        .collect();
    assert_eq!(
        judged.len(),
        frames.len(),
        "{}: tshark sees other frames",
        file.display()
    );
    for (index, (judged, (from, bytes))) in judged.iter().zip(frames).enumerate() {
        let place = format!("{}, frame {}", file.display(), index + 1);
        assert_eq!(judged["frame.interface_name"], from.name(), "{place}");
        assert!(
            judged["frame.comment"].starts_with("row "),
            "{place}: {:?}",
            judged["frame.comment"]
        );
        let layers: Vec<&str> = judged["frame.protocols"].split(':').collect();
        // A ladder shows no number of a frame that we refuse; tshark dissects what it can of it.
        let Ok(frame) = Frame::decode(bytes) else {
            continue;
        };
        match frame.segment() {
            Some(segment) => compare_segment(&place, judged, segment),
            // An ICMP message quotes a segment; tshark dissects that too.
            None => assert!(
                !layers.contains(&"tcp") || layers.contains(&"icmp"),
                "{place}: {frame:?}"
            ),
        }
    }
}

fn compare_segment(place: &str, judged: &Judged, segment: &Segment) {
    let number = |field: &str| -> u64 {
        let text = &judged[field];
        let parsed = text
            .strip_prefix("0x")
            .map_or_else(|| text.parse(), |hex| u64::from_str_radix(hex, 16));
        parsed.unwrap_or_else(|_| panic!("{place}: tshark has {field}={text:?}"))
    };
    let numbers = [
        ("tcp.srcport", u64::from(segment.source.port())),
        ("tcp.dstport", u64::from(segment.destination.port())),
        ("tcp.seq_raw", u64::from(segment.sequence.0)),
        ("tcp.ack_raw", u64::from(segment.acknowledgment.0)),
        ("tcp.hdr_len", u64::from(segment.data_offset) * 4),
        (
            "tcp.flags",
            u64::from(segment.reserved) << 9 | u64::from(segment.control.bits()),
        ),
        ("tcp.window_size_value", u64::from(segment.window)),
        ("tcp.checksum.status", u64::from(segment.checksum_ok)),
        ("tcp.urgent_pointer", u64::from(segment.urgent_pointer)),
        ("tcp.len", segment.payload.len() as u64),
    ];
    for (field, ours) in numbers {
        assert_eq!(number(field), ours, "{place}: {field}");
    }
    assert_eq!(judged["ip.src"], segment.source.ip().to_string(), "{place}");
    assert_eq!(
        judged["ip.dst"],
        segment.destination.ip().to_string(),
        "{place}"
    );
    let payload: String = segment
        .payload
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    // tshark has another name for the data of a segment with RST.
    if !segment.control.contains(ControlBits::RST) {
        assert_eq!(judged["tcp.payload"], payload, "{place}: tcp.payload");
    }
    for (field, ours) in options(segment) {
        assert_eq!(judged[field], ours.join("|"), "{place}: {field}");
    }
}

/// The values of each option's fields, in the order of the options.
fn options(segment: &Segment) -> BTreeMap<&'static str, Vec<String>> {
    let mut fields: BTreeMap<&str, Vec<String>> = FIELDS
        .into_iter()
        .filter(|field| field.starts_with("tcp.option"))
        .map(|field| (field, Vec::new()))
        .collect();
    let mut add =
        |field: &'static str, value: u64| fields.entry(field).or_default().push(value.to_string());
    for option in &segment.options {
        let kind = match option {
            TcpOption::EndOfOptionList => 0,
            TcpOption::NoOperation => 1,
            TcpOption::MaximumSegmentSize(size) => {
                add("tcp.options.mss_val", u64::from(*size));
                2
            }
            TcpOption::WindowScale(shift) => {
                add("tcp.options.wscale.shift", u64::from(*shift));
                3
            }
            TcpOption::SackPermitted => 4,
            TcpOption::Sack(blocks) => {
                for (left, right) in blocks {
                    add("tcp.options.sack_le", u64::from(left.0));
                    add("tcp.options.sack_re", u64::from(right.0));
                }
                5
            }
            TcpOption::Timestamps { value, echo } => {
                add("tcp.options.timestamp.tsval", u64::from(*value));
                add("tcp.options.timestamp.tsecr", u64::from(*echo));
                8
            }
            TcpOption::UserTimeout { .. } => 28,
            TcpOption::FastOpen(_) => 34,
            TcpOption::AccurateEcn { kind, .. } | TcpOption::Unknown { kind, .. } => *kind,
        };
        add("tcp.option_kind", u64::from(kind));
    }
    fields
}

/// Every recording in the folder and those below it.
fn recordings(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(recordings(&path));
        } else if path.extension() == Some(OsStr::new("pcapng")) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn wireshark_sees_in_the_books_recordings_what_we_see() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book");
    let files = recordings(&book);
    assert!(
        !files.is_empty(),
        "the book has no recordings below {}",
        book.display()
    );
    let look_at = |files: &[PathBuf]| {
        for file in files {
            let Some(tshark) = tshark() else { return };
            let trace = pcapng::read(&std::fs::read(file).unwrap())
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            compare(file, &trace, &judge(tshark, file));
        }
    };
    // Each start of tshark takes its time.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for part in files.chunks(files.len().div_ceil(threads)) {
            scope.spawn(|| look_at(part));
        }
    });
}

#[test]
fn wireshark_sees_in_handmade_segments_what_we_see() {
    let Some(tshark) = tshark() else { return };
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("handmade.pcapng");
    let trace = handmade::trace();
    std::fs::write(&file, pcapng::write(&trace)).unwrap();
    let judged = judge(tshark, &file);
    compare(&file, &trace, &judged);
    // That the comparison reaches what it is about: the ninth control bit, a wrong checksum, SACK.
    let any = |field: &str, value: &str| judged.iter().any(|frame| frame[field] == value);
    assert!(any(
        "tcp.flags",
        &format!("0x{:04x}", (ControlBits::SYN | ControlBits::AE).bits())
    ));
    assert!(any("tcp.checksum.status", "0") && any("tcp.checksum.status", "1"));
    assert!(any("tcp.options.sack_le", "2001|3001"));
    assert!(any("udp.length", "13"));
}
