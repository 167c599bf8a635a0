// Reads the octets that a reader has pasted as a TCP header, in the page and nowhere else. Its words are those of
// crates/trace/src/annotate and decode.rs; the tests in crates/browser compare the two field by field.
'use strict';

(() => {
    const form = document.querySelector('.decoder');
    if (!form) {
        return;
    }
    const [text, start, example] = ['textarea', 'select', 'button'].map(name => form.querySelector(name));
    const result = form.querySelector('.decoder-result');

    // What is wrong with the digits, with its place, so that there are no octets.
    class Unreadable extends Error {}

    // What is wrong with the octets: the layer, the octet from which on, and why.
    class Wrong extends Error {
        constructor(layer, offset, problem) {
            super(problem);
            Object.assign(this, { layer, offset });
        }
    }

    const digits = octets => octets.map(octet => octet.toString(16).padStart(2, '0')).join('');
    const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;
    const after = (number, add) => (number + add) % 2 ** 32;
    const hex = octets => `0x${digits(octets.slice(0, 16))}${octets.length > 16 ? '...' : ''}`;
    const word = (octets, at) => octets[at] * 256 + octets[at + 1];

    // From digits in any of the usual forms to octets.
    function octetsOf(pasted) {
        const octets = [];
        for (const found of pasted.matchAll(/[^\s:,]+/g)) {
            const group = found[0].replace(/^0x/i, '');
            const wrong = group.search(/[^0-9a-f]/i);
            const at = found.index + found[0].length - group.length + Math.max(wrong, 0);
            const before = pasted.slice(0, at).split('\n');
            const place = `Line ${before.length}, character ${before.at(-1).length + 1}: `;
            if (wrong >= 0) {
                throw new Unreadable(`${place}“${String.fromCodePoint(group.codePointAt(wrong))}” is no hexadecimal digit.`);
            }
            if (group.length === 0) {
                throw new Unreadable(`${place}no digits follow “${found[0]}”.`);
            }
            if (group.length % 2 === 1) {
                throw new Unreadable(`${place}“${group.slice(0, 12)}${group.length > 12 ? '…' : ''}” has an odd number of digits, ${group.length}. An octet has two.`);
            }
            for (let digit = 0; digit < group.length; digit += 2) {
                octets.push(parseInt(group.slice(digit, digit + 2), 16));
            }
        }
        return octets;
    }

    function needs(layer, at, left, needed) {
        if (left < needed) {
            throw new Wrong(layer, at, `the header needs ${needed} octets, ${left} are left`);
        }
    }

    // The sum of RFC 1071; 0 where the checksum in these octets is right.
    function checksum(octets) {
        let sum = 0;
        for (let at = 0; at < octets.length; at += 2) {
            sum += octets[at] * 256 + (octets[at + 1] ?? 0);
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
        }
        return 0xffff - sum;
    }

    // What the octets begin with. No TCP header has 0x0800 or 0x0806 where the type of a frame stands: its
    // data offset would be 0. And few segments have an IPv4 header's checksum in the right place.
    function beginning(octets) {
        const length = (octets[0] & 15) * 4;
        if ([0x0800, 0x0806].includes(word(octets, 12)) || (word(octets, 12) === 0x86dd && octets[14] >> 4 === 6)) {
            return 'frame';
        }
        const isPacket = octets[0] >> 4 === 4 && length >= 20 && octets.length >= length && checksum(octets.slice(0, length)) === 0;
        return isPacket ? 'packet' : 'segment';
    }

    function frame(octets) {
        needs('Ethernet', 0, octets.length, 14);
        const type = word(octets, 12);
        if (type !== 0x0800) {
            throw new Wrong('Ethernet', 12, `type 0x${type.toString(16).padStart(4, '0')} is not 0x0800: the frame carries no IPv4 packet`);
        }
        return packet(octets, 14);
    }

    function packet(octets, at) {
        const wrong = (offset, problem) => new Wrong('IPv4', at + offset, problem);
        const here = octets.length - at;
        needs('IPv4', at, here, 20);
        const [version, words] = [octets[at] >> 4, octets[at] & 15];
        if (version !== 4) {
            throw wrong(0, `version ${version} is not 4`);
        }
        if (words < 5) {
            throw wrong(0, `header length ${words} is below 5 words`);
        }
        needs('IPv4', at, here, words * 4);
        const total = word(octets, at + 2);
        if (total < words * 4) {
            throw wrong(2, `total length ${total} is below the header's ${words * 4} octets`);
        }
        if (total > here) {
            throw wrong(2, `total length ${total} is more than the ${here} octets here`);
        }
        if (checksum(octets.slice(at, at + words * 4)) !== 0) {
            throw wrong(10, `header checksum ${hex(octets.slice(at + 10, at + 12))} is wrong`);
        }
        if (word(octets, at + 6) & 0x3fff) {
            throw wrong(6, 'the packet is a fragment: only the first one has a TCP header, and none has the whole segment');
        }
        if (octets[at + 9] !== 6) {
            throw wrong(9, `protocol ${octets[at + 9]} is not 6: the packet carries no TCP segment`);
        }
        const address = place => octets.slice(at + place, at + place + 4);
        return segment(octets.slice(0, at + total), at + words * 4, [address(12), address(16)]);
    }

    const ALWAYS = '9293 3.1';
    const ECN = '3168 6.1';
    // What the three bits of ECN say in a SYN,ACK, set or not.
    const ECN_ANSWER = 'AE, CWR and ECE together answer a SYN that asked about congestion marks.';
    // From left to right: name, section, what it says if set, and if not; in a SYN, where that differs.
    const CONTROL = [
        ['AE', '9768 3.1.1', 'Accurate ECN: where both sides agreed on it, part of a counter of congestion marks.', 'no Accurate ECN, or a zero in its counter.',
            'Accurate ECN: with CWR and ECE, the sender negotiates more exact feedback about congestion.', 'no Accurate ECN is asked for.'],
        ['CWR', ECN, 'Congestion window reduced: the sender has heard of the congestion and slowed down. With Accurate ECN, part of its counter.', 'no slowing down to report.',
            'With ECE, the sender negotiates explicit congestion notification.', 'explicit congestion notification is not asked for.'],
        ['ECE', ECN, 'ECN-Echo: a packet arrived here with a mark of congestion. With Accurate ECN, part of its counter.', 'no congestion to report.',
            'The sender takes part in negotiating explicit congestion notification.', 'no explicit congestion notification is asked for.'],
        ['URG', ALWAYS, 'Urgent: the urgent pointer below is significant.', 'no data is urgent.'],
        ['ACK', ALWAYS, 'Acknowledge: the acknowledgment number above is significant.', 'nothing is acknowledged.'],
        ['PSH', ALWAYS, 'Push: what was sent so far shall reach the receiving program without waiting for more.', 'no push is asked for.'],
        ['RST', ALWAYS, 'Reset: the connection ends here and now, or never was.', 'the connection is not reset.'],
        ['SYN', ALWAYS, 'Synchronise: the sender announces its initial sequence number. This bit takes one sequence number.', 'no initial sequence number is announced.'],
        ['FIN', ALWAYS, 'Finish: the sender has no more data to send. This bit takes one sequence number.', 'the sender may still send more data.'],
    ];

    // The fields of the segment from `at` to the end. `addresses` are those of the IP header, if there is one.
    function segment(octets, at, addresses) {
        const wrong = (offset, problem) => new Wrong('TCP', offset, problem);
        needs('TCP', at, octets.length - at, 20);
        const words = octets[at + 12] >> 4;
        const data = at + words * 4;
        if (words < 5) {
            throw wrong(at + 12, `data offset ${words} is below 5 words`);
        }
        if (data > octets.length) {
            throw wrong(at + 12, `data offset ${words} means ${words * 4} octets, ${octets.length - at} are here`);
        }

        const fields = [];
        let next = at * 8;
        // Every field begins where the one before ended.
        function field(name, bits, section, says) {
            let value = 0;
            for (let bit = next; bit < next + bits && bits <= 32; bit += 1) {
                value = value * 2 + (octets[bit >> 3] >> (7 - bit % 8) & 1);
            }
            const said = says(value, octets.slice(next / 8, (next + bits) / 8));
            const [shown, meaning] = Array.isArray(said) ? said : [value, said];
            fields.push({ name, first: next, bits, value: String(shown), meaning, section });
            next += bits;
        }

        const control = word(octets, at + 12);
        const [urg, ack, syn] = [control & 0x20, control & 0x10, control & 2];
        const sequence = word(octets, at + 4) * 0x10000 + word(octets, at + 6);
        const payload = octets.length - data;
        for (const [index, name, way] of [[0, 'Source Port', 'from'], [1, 'Destination Port', 'for']]) {
            field(name, 16, ALWAYS, value => `The segment is ${way} port ${value}${addresses ? ` of ${addresses[index].join('.')}` : ''}.`);
        }
        field('Sequence Number', 32, ALWAYS, value => syn
            ? `The initial sequence number: the first octet of data will have number ${after(value, 1)}.`
            : payload === 0
                ? control & 1
                    ? 'No data here: the number of the FIN itself.'
                    : "No data here: the number that the sender's next octet will have."
                : `The first of the ${count(payload, 'octet')} of data here has this number.`);
        field('Acknowledgment Number', 32, ALWAYS, () => ack
            ? 'Everything before this number has arrived; the sender of this segment expects this number next.'
            : 'Without meaning: the control bit ACK is not set.');
        field('Data Offset', 4, ALWAYS, value => `The TCP header is ${value} words of 32 bits long: ${value * 4} octets, options included.`);
        field('Reserved', 3, ALWAYS, value => [value.toString(2).padStart(3, '0'), value === 0
            ? 'Reserved for future use, and zero as it must be.'
            : 'Reserved for future use: a receiver that knows no such use ignores them.']);
        for (const [name, section, set, not, setInSyn, notInSyn] of CONTROL) {
            field(name, 1, section, value => {
                const [said, unsaid] = syn && setInSyn ? ack ? [ECN_ANSWER, ECN_ANSWER] : [setInSyn, notInSyn] : [set, not];
                return value ? said : `Not set: ${unsaid}`;
            });
        }
        field('Window', 16, ALWAYS, value => value === 0
            ? 'The sender of this segment has no room for data at present.'
            : `The sender of this segment has room for ${value} octets${syn ? '; in a SYN this is never scaled' : ', or more if both sides announced a window scale'}.`);
        field('Checksum', 16, ALWAYS, (_, both) => {
            if (!addresses) {
                return [hex(both), 'Covers this header, the data and the IP addresses, and cannot be checked without those.'];
            }
            const length = octets.length - at;
            const covered = [...addresses.flat(), 0, 6, length >> 8, length & 255, ...octets.slice(at)];
            return [hex(both), checksum(covered) === 0
                ? 'Right for this header, this data and the IP addresses.'
                : 'Wrong: a receiver discards this segment.'];
        });
        field('Urgent Pointer', 16, ALWAYS, value => urg
            ? `Urgent data ends before number ${after(sequence, value)}.`
            : 'Without meaning: the control bit URG is not set.');
        options(octets, at + 20, data, field);
        if (payload > 0) {
            field('Data', payload * 8, ALWAYS, (_, all) => [quoted(all), `${count(payload, 'octet')} of the stream that a program wrote.`]);
        }
        return { fields, at, header: data - at };
    }

    // As a string of Rust: printable octets as themselves.
    function quoted(octets) {
        const escapes = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 39: "\\'", 92: '\\\\' };
        const shown = octets.slice(0, 32).map(octet => escapes[octet]
            ?? (octet >= 32 && octet < 127 ? String.fromCharCode(octet) : `\\x${digits([octet])}`));
        return `"${shown.join('')}"${octets.length > 32 ? '...' : ''}`;
    }

    // By kind: name, section, what the kind says, the lengths that it can have, and what follows the length.
    const KNOWN = {
        2: ['Maximum Segment Size', '9293 3.2', 'The largest segment that the sender of this option wants to receive follows.', [4],
            field => field('Maximum Segment Size', 16, value => `Segments with up to ${value} octets of data, if neither IP nor TCP options take room.`)],
        3: ['Window Scale', '7323 2.2', 'By how many bits the sender of this option will shift its windows follows.', [3],
            field => field('shift.cnt', 8, value => `Windows from this sender count in units of ${1 << Math.min(value, 14)} octets, if the other side sends this option too.`)],
        4: ['SACK Permitted', '2018 2', 'The sender of this option understands selective acknowledgments.', [2], () => {}],
        5: ['SACK', '2018 3', 'Which blocks have arrived beyond the acknowledgment number follows.', [10, 18, 26, 34], (field, length) => {
            for (let block = 1; block <= length / 8; block += 1) {
                field(`Left Edge of Block ${block}`, 32, value => `The octet with number ${value} has arrived, and those after it in this block.`);
                field(`Right Edge of Block ${block}`, 32, value => `The last octet of this block is number ${after(value, 2 ** 32 - 1)}; the block ends before ${value}.`);
            }
        }],
        8: ['Timestamps', '7323 3.2', "The sender's clock and the last clock value that it has seen follow.", [10], field => {
            field('TSval', 32, () => 'The clock of the sender of this segment, in ticks of its own.');
            field('TSecr', 32, value => value === 0
                ? 'No clock value to echo, or the value zero.'
                : 'A clock value that the other side had sent, echoed so that it can tell how long the way took.');
        }],
        28: ['User Timeout', '5482 3.3', 'How long unacknowledged data may stay so before the sender gives up follows.', [4], field => {
            let unit;
            field('Granularity', 1, value => {
                unit = value ? 'minute' : 'second';
                return `The time counts ${unit}s.`;
            });
            field('User Timeout', 15, value => `The sender's user timeout is ${count(value, unit)}.`);
        }],
        34: ['Fast Open', '7413 4.1.1', 'A Fast Open cookie follows: it lets a later SYN carry data that the server accepts at once.', null, (field, length) => {
            field('Cookie', length * 8, (_, all) => [hex(all), 'Only the server can make this cookie for this client, and only the server can check it.']);
        }],
    };
    for (const [kind, order] of [[172, ['EE0B', 'ECEB', 'EE1B']], [174, ['EE1B', 'ECEB', 'EE0B']]]) {
        const marks = { EE0B: 'ECT(0)', EE1B: 'ECT(1)', ECEB: 'CE' };
        KNOWN[kind] = ['Accurate ECN', '9768 3.2.3', 'Counters of the octets that arrived with each ECN mark follow.', [2, 5, 8, 11], (field, length) => {
            for (const name of order.slice(0, length / 3)) {
                field(name, 24, () => `Counts the octets of data that arrived in packets marked ${marks[name]}, modulo 2^24.`);
            }
        }];
    }
    const OTHER = ['Other option', ALWAYS, 'Not decoded here, or not of the length that this kind has; a receiver that does not know it skips it by its length.', null, (field, length) => {
        field('Data', length * 8, (_, all) => [hex(all), `${count(length, 'octet')} of the option's data.`]);
    }];

    // The options up to the octet `end`. A length is looked at before anything is read by it.
    function options(octets, at, end, field) {
        const wrong = (offset, problem) => new Wrong('TCP', offset, problem);
        while (at < end) {
            const kind = octets[at];
            if (kind < 2) {
                field(`${kind ? 'No-Operation' : 'End of Option List'}: Kind`, 8, '9293 3.2', () => kind
                    ? 'Means nothing; fills up the space between options.'
                    : 'The list of options ends here.');
                at += 1;
                if (kind === 0) {
                    break;
                }
                continue;
            }
            if (at + 1 === end) {
                throw wrong(at, `option of kind ${kind} has no length: the header ends here`);
            }
            const length = octets[at + 1];
            if (length < 2) {
                throw wrong(at + 1, `option length ${length} of kind ${kind} is below 2`);
            }
            if (at + length > end) {
                throw wrong(at + 1, `option length ${length} of kind ${kind} is more than the ${end - at} octets left in the header`);
            }
            const known = KNOWN[kind];
            const [name, section, says, , value] = known && (known[3] ?? [length]).includes(length) ? known : OTHER;
            field(`${name}: Kind`, 8, section, () => kind === 34 && length === 2 ? 'The client asks the server for a Fast Open cookie.' : says);
            field(`${name}: Length`, 8, section, octet => `The option is ${octet} octets long, kind and length included.`);
            if (length > 2) {
                value((part, bits, means) => field(`${name}: ${part}`, bits, section, means), length - 2);
            }
            at += length;
        }
        if (at < end) {
            field('Padding', (end - at) * 8, ALWAYS, (_, all) => [hex(all), `${count(all.length, 'octet')} behind the end of the options, ${
                all.every(octet => octet === 0) ? 'zeros, as they must be' : 'which must be zero but are not'}.`]);
        }
    }

    // The page is only ever given text: what was pasted is never read as HTML.
    function element(name, kind, ...content) {
        const made = document.createElement(name);
        made.className = kind;
        made.append(...content);
        return made;
    }

    function citation(section) {
        const [rfc, number] = section.split(' ');
        const link = element('a', 'cite', `RFC ${rfc} §${number}`);
        link.href = `https://www.rfc-editor.org/rfc/rfc${rfc}.html#section-${number}`;
        return link;
    }

    function row(octets, { name, first, bits, value, meaning, section }) {
        const [from, to] = [first >> 3, Math.ceil((first + bits) / 8)];
        let shown = `${digits(octets.slice(from, Math.min(to, from + 16))).replace(/..(?=.)/g, '$& ')}${to > from + 16 ? ' …' : ''}`;
        if (first % 8 || bits % 8) {
            shown = Array.from({ length: (to - from) * 8 }, (_, index) => {
                const bit = from * 8 + index;
                const digit = bit < first || bit >= first + bits ? '.' : octets[bit >> 3] >> (7 - bit % 8) & 1;
                return `${index && index % 4 === 0 ? ' ' : ''}${digit}`;
            }).join('');
        }
        const pattern = element('span', 'field-octets', shown);
        pattern.ariaHidden = 'true';
        return element('li', 'field', pattern, element('span', 'field-text',
            element('span', 'field-name', name), ' ', element('span', 'field-bits', count(bits, 'bit')), ' ',
            element('span', 'field-value', value), ' ', element('span', 'field-meaning', meaning)), ' ', citation(section));
    }

    const READERS = { frame, packet: octets => packet(octets, 0), segment: octets => segment(octets, 0) };
    const NAMES = { frame: 'an Ethernet frame', packet: 'an IPv4 packet', segment: 'a TCP header' };

    function decode() {
        let octets = [];
        try {
            octets = octetsOf(text.value);
            if (octets.length === 0) {
                result.replaceChildren();
                return;
            }
            const kind = start.value || beginning(octets);
            result.dataset.kind = kind;
            const { fields, at, header } = READERS[kind](octets);
            const list = element('ol', 'fields', ...fields.map(field => row(octets, field)));
            list.setAttribute('role', 'list');
            const summary = `Read as ${NAMES[kind]}: ${count(octets.length, 'octet')}. The TCP header begins at octet ${at} and is ${header} octets long.`;
            result.replaceChildren(element('p', 'decoder-said', summary), list);
        } catch (error) {
            if (error instanceof Unreadable) {
                result.replaceChildren(element('p', 'decoder-wrong', error.message));
                return;
            }
            if (!(error instanceof Wrong)) {
                // A fault of this script: the octets are not to blame, and an older result is not theirs.
                result.replaceChildren();
                throw error;
            }
            const { layer, offset, message } = error;
            const said = `Read as ${NAMES[result.dataset.kind]}. ${layer}, octet ${offset}: ${message}.`;
            const all = octets.slice(0, offset + 64).flatMap((octet, index) => [
                index === offset ? element('mark', '', digits([octet])) : digits([octet]), ' ']);
            result.replaceChildren(element('p', 'decoder-wrong', said), element('p', 'decoder-octets', ...all));
        }
    }

    text.addEventListener('input', decode);
    start.addEventListener('change', decode);
    const map = document.querySelector('.header-map');
    example.hidden = !map;
    example.addEventListener('click', () => {
        text.value = map.dataset.octets.replace(/.{8}(?=.)/g, '$& ');
        start.value = '';
        decode();
    });
    // mdBook turns the page at an arrow key, and searches at a letter.
    form.addEventListener('keydown', event => event.stopPropagation());
    form.addEventListener('submit', event => event.preventDefault());
    form.hidden = false;
})();
