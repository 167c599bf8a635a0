// The picture of a header works without this script: its fields are links to their explanations. It
// shows the explanation of the field under the mouse, the finger or the focus right below the picture,
// and folds the list of all of them, which a button brings back. On a page with the decoder it fetches that.
'use strict';

for (const map of document.querySelectorAll('.header-map')) {
    const bits = map.querySelector('.header-bits');
    const now = map.querySelector('.header-now');
    const all = map.querySelector('.figure-tools');
    let chosen = null;

    const cellOf = event => event.target.closest('.header-cell');
    const same = part => `[data-fields="${part.dataset.fields}"]`;

    function show(cell) {
        if (cell) {
            const row = document.createElement('div');
            row.className = 'field';
            row.append(...map.querySelector(`.fields ${same(cell)}`).cloneNode(true).childNodes);
            now.replaceChildren(row);
        }
    }

    function choose(cell) {
        chosen = cell;
        for (const other of bits.children) {
            other.classList.toggle('is-chosen', other.matches(same(cell)));
        }
        show(cell);
    }

    // A link to a field's explanation chooses the field.
    function followLink() {
        const row = document.getElementById(location.hash.slice(1));
        if (row && row.matches('.field') && map.contains(row)) {
            choose(bits.querySelector(same(row)));
            map.scrollIntoView({ block: 'nearest' });
        }
    }

    bits.addEventListener('pointerover', event => show(cellOf(event)));
    bits.addEventListener('pointerleave', () => show(chosen));
    bits.addEventListener('focusin', event => choose(cellOf(event)));
    bits.addEventListener('click', event => {
        if (cellOf(event) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
            event.preventDefault();
            choose(cellOf(event));
        }
    });
    all.firstElementChild.addEventListener('click', event => {
        event.target.setAttribute('aria-pressed', String(map.classList.toggle('shows-all')));
    });

    const how = document.createElement('p');
    how.textContent = 'Point at a field or tap it, or go to the picture with the Tab key and on with the arrow keys.';
    now.append(how);
    now.hidden = false;
    all.hidden = false;
    map.classList.add('is-live');
    window.addEventListener('hashchange', followLink);
    followLink();
}

if (document.querySelector('.decoder')) {
    const script = document.createElement('script');
    script.src = `${path_to_root}theme/decoder.js`;
    document.head.append(script);
}
