// Steps through a recorded exchange: the same figure, one line after the other, with both hosts' states in figure 5 of
// RFC 9293, what each side has sent, has had acknowledged and expects, and the octets of the step. All of it is in the
// figure: the ladder's own lines, and the attribute that crates/trace/src/html/play.rs writes. `element` and
// `nameOctets` are those of octets.js.
'use strict';

(() => {
    const SIDES = ['client', 'server'];
    const CONTROLS = [['First', '|◀'], ['Back', '◀'], ['Forward', '▶'], ['Last', '▶|']];
    const SWIPE = 40;
    let now = null;

    // The lines of a figure, and before them the moment before the first frame, if the ladder has no line for it.
    function linesOf(figure) {
        const rows = [...figure.querySelectorAll('.ladder-steps > li')];
        const parts = figure.dataset.play?.split(';') ?? [];
        if (!rows[0]?.matches('.ladder-start')) {
            rows.unshift(null);
            parts.unshift('');
        }
        let columns = Array(11).fill('-');
        let states = ['CLOSED', 'CLOSED'];
        let [step, note] = [0, 0];
        return rows.map((row, index) => {
            const changes = parts[index]?.split(',') ?? [];
            columns = columns.map((before, column) => changes[column] || before);
            states = SIDES.map((side, which) =>
                row?.querySelector(`.state-${side} .state`)?.textContent ?? states[which]);
            if (row?.matches('.ladder-step')) {
                [step, note] = [step + 1, 0];
            } else if (row?.matches('.ladder-note')) {
                note += 1;
            }
            return {
                row,
                states,
                step,
                label: note ? `${step}.${note}` : String(step),
                arrows: columns.slice(0, 2),
                port: columns[2],
                zeros: columns.slice(3, 5),
                // SND.UNA and SND.NXT of the side that sends, RCV.NXT of the other.
                streams: [[columns[5], columns[6], columns[10]], [columns[8], columns[9], columns[7]]],
            };
        });
    }

    // A number as the ladder shows it and as it is on the wire: `5`, or `old+2=4711`.
    function number(text, zero) {
        const [shown, wire] = text.split('=');
        return {
            shown,
            at: wire || shown === '-' ? NaN : Number(shown),
            wire: wire ?? String((Number(zero) + Number(shown)) % 2 ** 32 >>> 0),
        };
    }

    function both({ shown, wire }) {
        if (shown === '-' || shown === wire) {
            return shown === '-' ? 'none' : shown;
        }
        return element('span', {},
            element('span', { class: 'relative' }, shown),
            element('span', { class: 'absolute' }, wire));
    }

    // What happened in a line, in words.
    function words(line, last, figure) {
        if (!line.row || line.row.matches('.ladder-start')) {
            return `Before the first of ${last} steps.`;
        }
        const says = line.row.querySelector('.says').cloneNode(true);
        const other = figure.matches('.as-on-wire') ? '.relative' : '.absolute';
        says.querySelectorAll(other).forEach(hidden => hidden.remove());
        if (line.row.matches('.ladder-note')) {
            return `After step ${line.step} of ${last}: ${says.textContent}.`;
        }
        const remarks = [...says.querySelectorAll('.remark')].map(remark => remark.textContent);
        says.querySelectorAll('.remark').forEach(remark => remark.remove());
        const sides = line.row.querySelector('.from-client') ? SIDES : SIDES.toReversed();
        const carried = says.textContent.replace(/\s+/g, ' ').trim();
        return `Step ${line.step} of ${last}: ${sides.join(' to ')}, ${[carried, ...remarks].join(', ')}.`;
    }

    // Where a number of a stream lies between the first and the last that this connection has in any line: from 0 to 1.
    // Numbers go on from 2^32 - 1 to 0.
    function scale(lines, line, which) {
        const same = lines.filter(other => other.port === line.port && other.zeros[which] === line.zeros[which]);
        const all = same.flatMap(other => other.streams[which].map(text => number(text).at)).filter(Number.isFinite);
        const distance = at => at - all[0] | 0;
        const last = Math.max(...all.map(distance));
        const first = Math.min(last - 1, ...all.map(distance));
        return at => Number.isFinite(at) ? (distance(at) - first) / (last - first) : NaN;
    }

    // What one side has sent, as a bar: acknowledged, not yet acknowledged; below it what the other side has of it in order.
    function stream(which, line, lines) {
        const [sender, receiver] = which ? SIDES.toReversed() : SIDES;
        const [oldest, next, expected] = line.streams[which].map(text => number(text, line.zeros[which]));
        const place = scale(lines, line, which);
        const bar = (kind, from, to) => element('span', {
            class: kind,
            style: `inset-inline-start: ${100 * from || 0}%; inline-size: ${Math.max(0, 100 * (to - from)) || 0}%`,
        });
        const value = (side, name, kind, of) => element('div', {},
            element('dt', {}, element('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), `${side} ${name}`),
            element('dd', {}, both(of)));
        return element('div', { class: `stream of-${sender}` },
            element('p', {}, `What the ${sender} sends`),
            element('div', { class: 'stream-bar', 'aria-hidden': 'true' },
                bar('acknowledged', 0, place(oldest.at)), bar('in-flight', place(oldest.at), place(next.at))),
            element('div', { class: 'stream-bar', 'aria-hidden': 'true' }, bar('received', 0, place(expected.at))),
            element('dl', {},
                value(sender, 'SND.UNA', 'acknowledged', oldest),
                value(sender, 'SND.NXT', 'in-flight', next),
                value(receiver, 'RCV.NXT', 'received', expected)));
    }

    function host(which, line, before) {
        const [state, was] = [line.states[which], before?.states[which] ?? line.states[which]];
        return element('p', { class: `player-host of-${SIDES[which]}` },
            element('b', {}, element('span', { class: 'badge', 'aria-hidden': 'true' }, 'CS'[which]), SIDES[which]), ' ',
            element('span', { class: state === was ? 'state' : 'state changed' }, state),
            element('span', { class: 'was' }, state === was ? '' : ` was ${was}`));
    }

    // Both sides' places in figure 5, and the arrows that led there.
    function mark(picture, line) {
        picture.querySelectorAll('.badge').forEach(badge => badge.remove());
        SIDES.forEach((side, which) => {
            for (const part of picture.querySelectorAll('[data-state], [data-arrow]')) {
                const { state, arrow } = part.dataset;
                const here = state ? state === line.states[which] : arrow === line.arrows[which];
                part.classList.toggle(`of-${side}`, here);
                if (state && here) {
                    badge(part, which);
                }
            }
        });
        const [client, server] = line.states;
        picture.setAttribute('aria-label', `Figure 5 of RFC 9293: the client is in ${client}, the server in ${server}`);
    }

    // A disc at the left end of a state for the client, a square at the right end for the server.
    function badge(part, which) {
        const [x, y, width, height] = ['x', 'y', 'width', 'height'].map(
            name => Number(part.querySelector('rect').getAttribute(name)));
        part.insertAdjacentHTML('beforeend', `<g class="badge of-${SIDES[which]}" transform="translate(${
            which ? x + width + 6 : x - 6} ${y + height / 2})"><rect x="-10" y="-10" width="20" height="20" rx="${
            which ? 2 : 10}"/><text y="5">${'CS'[which]}</text></g>`);
    }

    // The octets belong to their step in the ladder and are there again once another step is shown.
    function giveBack() {
        now.lent?.home.append(now.lent.frame);
        now.lent = null;
    }

    function show(index) {
        const { figure, lines, parts } = now;
        giveBack();
        now.index = Math.min(Math.max(index, 0), lines.length - 1);
        const line = lines[now.index];
        const last = lines.at(-1).step;
        lines.forEach(({ row }, other) => {
            row?.classList.toggle('is-now', other === now.index);
            row?.classList.toggle('is-later', other > now.index);
        });
        parts.status.textContent = words(line, last, figure);
        parts.slider.value = now.index;
        parts.slider.setAttribute('aria-valuetext', parts.status.textContent);
        parts.buttons.forEach((button, place) => {
            const useless = now.index === (place < 2 ? 0 : lines.length - 1);
            button.setAttribute('aria-disabled', String(useless));
        });
        parts.hosts.replaceChildren(...SIDES.map((_, which) => host(which, line, lines[now.index - 1])));
        if (parts.picture) {
            mark(parts.picture, line);
        }
        if (figure.dataset.play) {
            const connection = line.port === '-' ? [] : [element('p', {}, `The connection from the client’s port ${line.port}`)];
            parts.streams.replaceChildren(...connection, stream(0, line, lines), stream(1, line, lines),
                element('p', { class: 'player-source' }, 'As the segments imply them. The kernels were asked for their states alone.'));
        }
        parts.octets.hidden = !line.row?.matches('.ladder-step');
        if (!parts.octets.hidden) {
            unfoldOctets(line.row);
            const frame = line.row.querySelector('.frame');
            now.lent = { frame, home: frame.parentElement };
            parts.octets.firstChild.textContent = `The octets of step ${line.step}`;
            parts.octets.append(frame);
        }
        const ladder = figure.querySelector('.ladder');
        ladder.scrollTop = line.row ? line.row.offsetTop - ladder.clientHeight / 2 : 0;
        history.replaceState(null, '', `#${now.name}-play-${line.label}`);
    }

    function controls() {
        const targets = [() => 0, () => now.index - 1, () => now.index + 1, () => now.lines.length - 1];
        return CONTROLS.map(([name, sign], place) => {
            const button = element('button', { type: 'button', 'data-play': name.toLowerCase() },
                element('span', { class: 'sign', 'aria-hidden': 'true' }, sign), name);
            button.addEventListener('click', () => show(targets[place]()));
            return button;
        });
    }

    function panel(figure, lines) {
        const caption = figure.querySelector('figcaption').textContent;
        const holder = element('div', { class: 'player-picture' });
        holder.innerHTML = (figure.dataset.play && document.getElementById('figure-5')?.textContent) ?? '';
        const buttons = controls();
        const slider = element('input', { type: 'range', min: 0, max: lines.length - 1, 'aria-label': 'Step' });
        slider.addEventListener('input', () => show(Number(slider.value)));
        const parts = {
            buttons,
            slider,
            status: element('p', { class: 'player-now', role: 'status' }),
            hosts: element('div', { class: 'player-hosts' }),
            streams: element('div', { class: 'player-streams' }),
            octets: element('div', { class: 'player-octets' }, element('p', {})),
            picture: holder.firstElementChild,
        };
        parts.whole = element('div', { class: 'player', role: 'group', 'aria-label': `Step through: ${caption}` },
            element('div', { class: 'player-controls' }, ...buttons.slice(0, 2), slider, ...buttons.slice(2)),
            parts.status,
            element('div', { class: 'player-panel' },
                element('div', {}, parts.hosts, parts.streams),
                holder),
            parts.octets);
        return parts;
    }

    function open(figure, label) {
        close();
        const lines = linesOf(figure);
        now = { figure, lines, parts: panel(figure, lines), name: figure.id.replace(/^figure-/, '') };
        figure.querySelectorAll('.ladder-step > details').forEach(step => step.open = false);
        figure.classList.add('playing');
        figure.querySelector('[data-exchange="play"]').setAttribute('aria-pressed', 'true');
        figure.querySelector('.ladder').after(now.parts.whole);
        show(lines.findIndex(line => line.label === label));
    }

    function close() {
        if (now) {
            giveBack();
            now.figure.classList.remove('playing');
            now.figure.querySelector('[data-exchange="play"]').setAttribute('aria-pressed', 'false');
            now.lines.forEach(({ row }) => row?.classList.remove('is-now', 'is-later'));
            now.parts.whole.remove();
            now = null;
        }
    }

    function pressed(event) {
        if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('.exchange-text')) {
            return;
        }
        const to = {
            ArrowRight: now.index + 1,
            ArrowLeft: now.index - 1,
            Home: 0,
            End: now.lines.length - 1,
        }[event.key];
        if (to !== undefined) {
            // mdBook would turn the page.
            event.preventDefault();
            event.stopPropagation();
            show(to);
        }
    }

    function listen(figure) {
        const isPlaying = () => now?.figure === figure;
        const button = figure.querySelector('[data-exchange="play"]');
        button.addEventListener('click', () => {
            if (isPlaying()) {
                close();
                history.replaceState(null, '', location.pathname + location.search);
            } else {
                open(figure, '0');
            }
        });
        button.parentElement.hidden = false;
        figure.addEventListener('keydown', event => isPlaying() && pressed(event));
        figure.querySelector('.ladder').addEventListener('click', event => {
            const row = isPlaying() && event.target.closest('.ladder-steps > li');
            if (row) {
                event.preventDefault();
                show(now.lines.findIndex(line => line.row === row));
            }
        });
        figure.querySelector('[data-exchange="numbers"]').addEventListener('click', () => isPlaying() && show(now.index));
        let from = null;
        figure.addEventListener('touchstart', event => {
            const on = isPlaying() && event.touches.length === 1 && event.target.closest('.ladder, .player');
            from = on && !event.target.matches('input') ? event.touches[0] : null;
        }, { passive: true });
        // mdBook would open its table of contents.
        figure.addEventListener('touchmove', event => from && event.stopPropagation(), { passive: true });
        figure.addEventListener('touchend', event => {
            const { clientX, clientY } = event.changedTouches[0];
            const [across, down] = from ? [clientX - from.clientX, clientY - from.clientY] : [0, 0];
            if (Math.abs(across) > SWIPE && Math.abs(across) > 2 * Math.abs(down)) {
                show(now.index - Math.sign(across));
            }
        });
    }

    // `NAME-play-3` opens the player at step 3, `NAME-play-3.1` at the first note after it; another place in the figure closes it.
    function follow() {
        const id = location.hash.slice(1);
        const [, name, label] = id.match(/^(.+)-play-([\d.]+)$/) ?? [];
        const figure = name && document.getElementById(`figure-${name}`);
        if (figure?.matches('.exchange')) {
            open(figure, label);
            figure.scrollIntoView();
        } else if (now?.figure.contains(document.getElementById(id)) && !document.getElementById(id).closest('.player')) {
            close();
        }
    }

    document.querySelectorAll('.exchange').forEach(listen);
    window.addEventListener('hashchange', follow);
    follow();
})();
