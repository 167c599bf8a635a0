// The state machine's page lists all recordings. This script leaves those of the state or the arrow that is chosen, by
// the address: #arrow-7, #state-TIME-WAIT.
'use strict';

(() => {
    const machine = document.querySelector('.machine');
    if (!machine) {
        return;
    }
    const figure = machine.querySelector('.figure5');
    const sections = [...machine.querySelectorAll('.machine-list section')];
    const choice = machine.querySelector('.machine-choice');
    const output = choice.querySelector('output');

    // The part of the diagram that the address names.
    function chosen() {
        return [...figure.querySelectorAll('a')].find(part => part.getAttribute('href') === location.hash);
    }

    function apply() {
        const part = chosen();
        const state = part?.dataset.state;
        const names = new Set();
        for (const section of sections) {
            let left = 0;
            for (const item of section.querySelectorAll('[data-arrow], .machine-beside')) {
                const wanted = !part
                    || (state ? section.dataset.state === state || item.dataset.to === state : item.dataset.arrow === part.dataset.arrow);
                item.hidden = !wanted;
                left += wanted ? 1 : 0;
                const fold = item.querySelector('details');
                if (fold) {
                    fold.open = Boolean(part && wanted);
                }
                if (part && wanted) {
                    item.querySelectorAll('.machine-recordings a').forEach(link => names.add(link.textContent));
                }
            }
            section.hidden = left === 0;
        }
        for (const other of figure.querySelectorAll('a')) {
            const on = other === part;
            other.classList.toggle('chosen', on);
            other.setAttribute('aria-current', String(on));
        }
        choice.hidden = !part;
        const plural = names.size === 1 ? '' : 's';
        output.value = part ? `${part.dataset.label}: ${names.size || 'no'} recording${plural}` : '';
    }

    // What is chosen once more is chosen no longer.
    function clear() {
        history.replaceState(null, '', location.pathname + location.search);
        apply();
    }

    for (const part of figure.querySelectorAll('a')) {
        const title = part.querySelector('title').textContent;
        part.dataset.label = part.dataset.state || title.replace(/ \([^()]*\)$/, '');
        // A line is easier to meet where it is wide.
        const line = part.querySelector('path');
        if (line) {
            const wide = line.cloneNode();
            wide.classList.add('wide');
            part.prepend(wide);
        }
        part.addEventListener('click', event => {
            if (part === chosen()) {
                event.preventDefault();
                clear();
            }
        });
    }
    choice.querySelector('button').addEventListener('click', () => {
        clear();
        figure.querySelector('a').focus({ preventScroll: true });
    });
    function follow() {
        apply();
        if (chosen()) {
            choice.scrollIntoView();
        }
    }

    window.addEventListener('hashchange', follow);
    follow();
})();
