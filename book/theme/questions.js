// The questions can be read, and their answers unfolded, without this script. It adds: an answer of one's own, what is
// said to it, and the count of what was answered right, which the browser keeps.
'use strict';

(() => {
    // Where the browser keeps nothing, answers are remembered until the page is left.
    const here = new Map();
    const name = form => `answered:${form.dataset.question}`;

    function recall(form) {
        let kept = here.get(name(form));
        try {
            kept ??= localStorage.getItem(name(form));
        } catch { /* The browser keeps nothing. */ }
        // A question that has got another answer since is not answered.
        return kept === form.dataset.key;
    }

    function remember(form, key) {
        here.set(name(form), key);
        try {
            if (key) {
                localStorage.setItem(name(form), key);
            } else {
                localStorage.removeItem(name(form));
            }
        } catch { /* The browser keeps nothing. */ }
    }

    // FNV-1a, as the course computes it.
    function digest(text) {
        let value = 0x811c9dc5;
        for (const letter of text) {
            value = Math.imul(value ^ letter.charCodeAt(0), 0x01000193);
        }
        return (value >>> 0).toString(16);
    }

    const given = {
        choose: form => [...form.querySelectorAll('input:checked')].map(input => input.value).join(),
        order: form => [...form.querySelectorAll('[data-row]')].map(row => row.dataset.row).join(''),
        number: form => form.querySelector('input').value.replace(/[\s,_]/g, '').replace(/^0+(?=\d)/, ''),
    };
    const missing = { choose: 'Choose something first.', number: 'Write a whole number, in digits.' };

    function say(form, words) {
        form.querySelector('.question-verdict').textContent = words;
    }

    // Which of the chosen things say why they are wrong; all of them stop saying it before another answer.
    function explain(form, on) {
        let told = false;
        for (const item of form.querySelectorAll('.question-choices > ul > li')) {
            const tells = on && item.querySelector('blockquote') && item.querySelector('input').checked;
            item.classList.toggle('is-told', Boolean(tells));
            told ||= tells;
        }
        return told;
    }

    function check(form) {
        const kind = form.dataset.kind;
        const answer = given[kind](form);
        const answered = kind === 'number' ? /^\d+$/.test(answer) : answer !== '';
        const right = answered && digest(`${form.dataset.question}=${answer}`) === form.dataset.key;
        form.dataset.verdict = right ? 'right' : answered ? 'wrong' : '';
        const told = explain(form, answered && !right);
        if (right) {
            remember(form, form.dataset.key);
            form.querySelector('.question-answer').open = true;
        }
        say(form, right ? 'Right.'
            : !answered ? missing[kind]
            : told ? 'Not right. Below your choice you see why.'
            : 'Not right. Try again, or look at the answer.');
        count();
    }

    function move(form, button) {
        const row = button.closest('li');
        const up = button.dataset.move === '-1';
        const other = up ? row.previousElementSibling : row.nextElementSibling;
        if (other) {
            other[up ? 'before' : 'after'](row);
            button.focus();
        }
        const rows = [...row.parentElement.children];
        say(form, `Place ${rows.indexOf(row) + 1} of ${rows.length}: ${row.querySelector('.row-words').textContent}`);
        form.dataset.verdict = '';
    }

    function keys(form, event) {
        if (!event.key.startsWith('Arrow')) {
            return;
        }
        // mdBook would turn the page.
        event.stopPropagation();
        const step = { ArrowUp: '-1', ArrowDown: '1' }[event.key];
        const button = step && event.target.closest('.row-moves')?.querySelector(`[data-move="${step}"]`);
        if (button) {
            event.preventDefault();
            move(form, button);
        }
    }

    const forms = [...document.querySelectorAll('.question')];
    const lines = [...document.querySelectorAll('.questions-progress')];
    const those = line => forms.filter(form => form.dataset.page === line.dataset.page);

    function count() {
        for (const line of lines) {
            const all = those(line);
            const right = all.filter(recall).length;
            line.querySelector('span').textContent = `${right} of ${all.length} answered right`;
            line.querySelector('button').hidden = right === 0;
            line.hidden = false;
        }
    }

    for (const form of forms) {
        const rows = [...form.querySelectorAll('.question-rows li')];
        form.classList.add('is-live');
        form.addEventListener('submit', event => {
            event.preventDefault();
            check(form);
        });
        form.addEventListener('click', event => {
            const button = event.target.closest('[data-move]');
            if (button) {
                move(form, button);
            }
        });
        form.addEventListener('keydown', event => keys(form, event));
        form.addEventListener('reset', () => {
            rows.forEach(row => row.parentElement.append(row));
            form.querySelector('.question-answer').open = false;
            form.dataset.verdict = '';
            explain(form, false);
            say(form, '');
        });
        if (recall(form)) {
            form.dataset.verdict = 'right';
            say(form, 'Answered right.');
        }
    }
    for (const line of lines) {
        line.querySelector('button').addEventListener('click', () => {
            for (const form of those(line)) {
                remember(form, '');
                form.reset();
            }
            count();
            those(line)[0].querySelector('button, input').focus();
        });
    }
    count();
})();
