//! How proptest makes up segments, frames and traces.

use std::net::{Ipv4Addr, SocketAddrV4};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::Index;
use trace::frame::MacAddress;
use trace::{
    ControlBits, Event, Fate, Numbering, Origin, Payload, Provenance, Row, Segment, SeqNumber,
    Side, Socket, State, States, TcpOption, Trace, View, build,
};

pub(crate) const MAC: MacAddress = MacAddress([2, 0, 0, 0, 0, 1]);

fn address() -> impl Strategy<Value = SocketAddrV4> {
    any::<(u32, u16)>().prop_map(|(address, port)| SocketAddrV4::new(Ipv4Addr::from(address), port))
}

fn option() -> impl Strategy<Value = TcpOption> {
    prop_oneof![
        Just(TcpOption::NoOperation),
        any::<u16>().prop_map(TcpOption::MaximumSegmentSize),
        any::<u8>().prop_map(TcpOption::WindowScale),
        Just(TcpOption::SackPermitted),
        vec(any::<(u32, u32)>(), 1..4).prop_map(|edges| TcpOption::Sack(
            edges
                .into_iter()
                .map(|(l, r)| (SeqNumber(l), SeqNumber(r)))
                .collect()
        )),
        any::<(u32, u32)>().prop_map(|(value, echo)| TcpOption::Timestamps { value, echo }),
        (any::<bool>(), 0u16..0x8000)
            .prop_map(|(minutes, time)| TcpOption::UserTimeout { minutes, time }),
        vec(any::<u8>(), 0..17).prop_map(TcpOption::FastOpen),
        (prop::sample::select(vec![172, 174]), 0usize..4).prop_map(|(kind, fields)| {
            TcpOption::AccurateEcn {
                kind,
                counters: vec![7; fields * 3],
            }
        }),
        (35u8..172, vec(any::<u8>(), 0..9))
            .prop_map(|(kind, data)| TcpOption::Unknown { kind, data }),
        // Of a known kind, but not with its length.
        vec(any::<u8>(), 3..9).prop_map(|data| TcpOption::Unknown { kind: 2, data }),
    ]
}

/// The octets of an option on the wire, counted from its definition.
fn size(option: &TcpOption) -> usize {
    match option {
        TcpOption::EndOfOptionList | TcpOption::NoOperation => 1,
        TcpOption::SackPermitted => 2,
        TcpOption::WindowScale(_) => 3,
        TcpOption::MaximumSegmentSize(_) | TcpOption::UserTimeout { .. } => 4,
        TcpOption::Timestamps { .. } => 10,
        TcpOption::Sack(blocks) => 2 + 8 * blocks.len(),
        TcpOption::FastOpen(data)
        | TcpOption::AccurateEcn { counters: data, .. }
        | TcpOption::Unknown { data, .. } => 2 + data.len(),
    }
}

/// As many of the options as fit into a header.
fn options() -> impl Strategy<Value = Vec<TcpOption>> {
    vec(option(), 0..6).prop_map(|options| {
        let mut room = 40;
        let fits = |option: &TcpOption| {
            let fits = size(option) <= room;
            room -= if fits { size(option) } else { 0 };
            fits
        };
        options.into_iter().filter(fits).collect()
    })
}

/// Adds the end-of-list option with which a header of that many words is filled up.
pub(crate) fn pad(options: &mut Vec<TcpOption>, words: u8) {
    let used: usize = options.iter().map(size).sum();
    if used < usize::from(words) * 4 - 20 {
        options.push(TcpOption::EndOfOptionList);
    }
}

pub(crate) fn segment() -> impl Strategy<Value = Segment> {
    let addresses = (address(), address());
    let numbers = any::<(u32, u32, u16, u16)>();
    let bits = (0u8..8, 0u16..0x200);
    (addresses, numbers, bits, options(), vec(any::<u8>(), 0..80)).prop_map(
        |(
            (source, destination),
            (sequence, acknowledgment, window, urgent_pointer),
            (reserved, control),
            options,
            payload,
        )| Segment {
            source,
            destination,
            sequence: SeqNumber(sequence),
            acknowledgment: SeqNumber(acknowledgment),
            data_offset: 0,
            reserved,
            control: ControlBits::from_bits(control),
            window,
            checksum: 0,
            checksum_ok: true,
            urgent_pointer,
            options,
            payload,
        },
    )
}

pub(crate) type Change = (Index, u8);

pub(crate) fn changes() -> impl Strategy<Value = Vec<Change>> {
    vec(any::<Change>(), 0..6)
}

pub(crate) fn change(bytes: &mut [u8], changes: &[Change]) {
    for (at, value) in changes {
        let at = at.index(bytes.len());
        bytes[at] = *value;
    }
}

/// Something like a frame: of TCP, UDP, ICMP, ARP or any other protocol, with some octets changed
/// and a right IPv4 header checksum in most, so that what is inside is reached too.
pub(crate) fn damaged_frame() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop::sample::select(vec![0x0800u16, 0x0800, 0x0800, 0x0800, 0x0806, 0x86dd]);
    let protocol = prop::sample::select(vec![6u8, 6, 6, 17, 1, 89]);
    (
        segment(),
        kind,
        protocol,
        changes(),
        any::<bool>(),
        any::<Index>(),
        any::<u8>(),
    )
        .prop_map(|(segment, kind, protocol, changes, damage, cut, whole)| {
            let mut bytes = build::frame(MAC, MAC, &segment);
            bytes[12..14].copy_from_slice(&kind.to_be_bytes());
            bytes[23] = protocol;
            if protocol == 17 {
                let length = (bytes.len() - 34) as u16;
                bytes[38..40].copy_from_slice(&length.to_be_bytes());
            }
            if kind == 0x0806 {
                bytes[14..20].copy_from_slice(&[0, 1, 8, 0, 6, 4]);
            }
            if damage {
                change(&mut bytes, &changes);
            }
            crate::checksum::mend(&mut bytes);
            if whole < 32 {
                bytes.truncate(cut.index(bytes.len()));
            }
            bytes
        })
}

fn socket() -> impl Strategy<Value = Socket> {
    (
        address(),
        prop::option::of(address()),
        prop::sample::select(State::ALL.to_vec()),
    )
        .prop_map(|(local, remote, state)| Socket {
            local,
            remote,
            state,
        })
}

fn states() -> impl Strategy<Value = States> {
    (vec(socket(), 0..3), vec(socket(), 0..3))
        .prop_map(|(client, server)| States { client, server })
}

fn side() -> impl Strategy<Value = Side> {
    prop::sample::select(vec![Side::Client, Side::Server])
}

/// Text of every kind that has broken a format: line ends, escapes, separators, any character.
fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "\n",
        "\\u{a}",
        "\\",
        "\0",
        " = ",
        "=",
        ", altered",
        "}",
        "é",
        "",
    ]);
    vec(
        prop_oneof![any::<String>(), awkward.prop_map(str::to_owned)],
        0..4,
    )
    .prop_map(|parts| parts.concat())
}

fn event() -> impl Strategy<Value = Event> {
    let origin = prop_oneof![
        Just(Origin::Host),
        any::<usize>().prop_map(Origin::Held),
        any::<usize>().prop_map(Origin::Copy),
        Just(Origin::Script),
    ];
    let fate = prop::sample::select(vec![Fate::Delivered, Fate::Held, Fate::Lost]);
    let bytes = prop_oneof![vec(any::<u8>(), 0..60), damaged_frame()];
    prop_oneof![
        3 => (any::<u64>(), side(), origin, fate, any::<bool>(), bytes).prop_map(|(time, from, origin, fate, altered, bytes)| {
            Event::Frame { time, from, origin, fate, altered, bytes }
        }),
        1 => (side(), text()).prop_map(|(side, text)| Event::Note { side, text }),
    ]
}

fn view() -> impl Strategy<Value = View> {
    let numbering = || {
        prop_oneof![
            Just(Numbering::Absolute),
            any::<u32>().prop_map(Numbering::Relative)
        ]
    };
    let payload = prop_oneof![
        Just(Payload::Hidden),
        Just(Payload::Text),
        Just(Payload::Messages)
    ];
    (numbering(), numbering(), any::<[bool; 3]>(), payload).prop_map(
        |(client, server, [window, mss, options], payload)| View {
            client,
            server,
            window,
            mss,
            options,
            payload,
        },
    )
}

pub(crate) fn trace() -> impl Strategy<Value = Trace> {
    let provenance = (text(), text(), text(), btree_map(text(), text(), 0..3));
    let rows = vec(
        (event(), states()).prop_map(|(event, states)| Row { event, states }),
        0..5,
    );
    (provenance, view(), states(), rows).prop_map(
        |((scene, title, kernel, sysctls), view, start, rows)| Trace {
            provenance: Provenance {
                scene,
                title,
                kernel,
                sysctls,
            },
            view,
            start,
            rows,
        },
    )
}
