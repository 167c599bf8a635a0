// The figures work without this script. It adds: the fields of what is unfolded, a field that lights up with its
// octets, or its bits, one key stop for all of them, links that unfold what they lead to, and the buttons of an exchange.
'use strict';

const unfoldOctets = (() => {
    // The octets and the row of a field name the same number.
    function light(frame, part) {
        const wanted = new Set(part ? part.dataset.fields.split(' ') : []);
        for (const other of frame.querySelectorAll('[data-fields]')) {
            const lit = other.dataset.fields.split(' ').some(field => wanted.has(field));
            other.classList.toggle('lit', lit);
        }
    }

    function lightUp(frame) {
        const part = event => event.target.closest('[data-fields]');
        for (const kind of ['pointerover', 'focusin']) {
            frame.addEventListener(kind, event => light(frame, part(event)));
        }
        frame.addEventListener('pointerleave', () => {
            light(frame, frame.querySelector('[data-fields]:focus'));
        });
        frame.addEventListener('focusout', () => light(frame, null));
    }

    // Tab reaches the octets once; arrows, Home and End move among them.
    function oneStop(hex) {
        const octets = [...hex.querySelectorAll('a[data-fields]')];
        octets.forEach((octet, index) => octet.tabIndex = index === 0 ? 0 : -1);
        hex.addEventListener('keydown', event => {
            const index = octets.indexOf(document.activeElement);
            const to = {
                ArrowRight: index + 1,
                ArrowDown: index + 1,
                ArrowLeft: index - 1,
                ArrowUp: index - 1,
                Home: 0,
                End: octets.length - 1,
            }[event.key];
            if (index < 0 || to === undefined || event.altKey || event.ctrlKey || event.metaKey) {
                return;
            }
            // mdBook would turn the page.
            event.preventDefault();
            event.stopPropagation();
            const next = octets[Math.min(Math.max(to, 0), octets.length - 1)];
            octets.forEach(octet => octet.tabIndex = octet === next ? 0 : -1);
            next.focus();
        });
    }

    // Names the octets of a step once, and lets them be pointed at.
    function name(step) {
        const frame = nameOctets(step);
        if (frame) {
            lightUp(frame);
            oneStop(frame.querySelector('.hex'));
        }
    }

    function press(button, on) {
        button.setAttribute('aria-pressed', String(on));
    }

    function tools(figure) {
        const steps = [...figure.querySelectorAll('.ladder-step > details')];
        const bytes = figure.querySelector('[data-exchange="bytes"]');
        const numbers = figure.querySelector('[data-exchange="numbers"]');
        bytes.addEventListener('click', () => {
            const open = bytes.getAttribute('aria-pressed') !== 'true';
            steps.forEach(step => step.open = open);
            press(bytes, open);
        });
        figure.addEventListener('toggle', event => {
            if (event.target.matches('.ladder-step > details') && event.target.open) {
                name(event.target.parentElement);
            }
            press(bytes, steps.every(step => step.open));
        }, true);
        numbers.addEventListener('click', () => {
            press(numbers, figure.classList.toggle('as-on-wire'));
        });
        bytes.hidden = steps.length === 0;
        numbers.hidden = figure.querySelector('.absolute') === null;
        bytes.parentElement.hidden = bytes.hidden && numbers.hidden;
    }

    // The step that an id belongs to: `NAME-2` to `NAME-2-window`, which is not there before its step is unfolded.
    function stepOf(id) {
        for (let end = id.length; end > 0; end = id.lastIndexOf('-', end - 1)) {
            const step = document.getElementById(id.slice(0, end));
            if (step?.matches('.ladder-step')) {
                return step;
            }
        }
        return null;
    }

    function unfoldTarget() {
        const id = location.hash.slice(1);
        const within = stepOf(id);
        if (within) {
            name(within);
        }
        const target = id && document.getElementById(id);
        if (!target || !target.closest('.exchange')) {
            return;
        }
        if (target.matches('.field')) {
            light(target.closest('.frame'), target);
        }

        const step = target.matches('.ladder-step') && target.querySelector('details');
        for (let fold = step || target.closest('details'); fold; fold = fold.parentElement.closest('details')) {
            fold.open = true;
        }
        target.scrollIntoView({ block: 'nearest' });
    }

    document.querySelectorAll('.exchange').forEach(tools);
    document.querySelectorAll('.header-map').forEach(lightUp);
    document.querySelectorAll('.header-bits').forEach(oneStop);
    window.addEventListener('hashchange', unfoldTarget);
    unfoldTarget();
    return name;
})();
