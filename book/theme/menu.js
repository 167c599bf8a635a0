// mdBook's menu bar for everyone: the bar is a landmark, and the switch of the table of contents is a
// button. mdBook makes it a label of a hidden checkbox, which no key reaches; the button presses it.
// The check mark of a chapter whose exercise is solved gets a word for those who hear the page.
'use strict';

(() => {
    const bar = document.getElementById('mdbook-menu-bar');
    const label = document.getElementById('mdbook-sidebar-toggle');
    const checkbox = document.getElementById('mdbook-sidebar-toggle-anchor');
    if (!bar || !label || !checkbox) {
        return;
    }
    bar.setAttribute('role', 'banner');

    const button = document.createElement('button');
    button.type = 'button';
    for (const name of ['class', 'title', 'aria-label', 'aria-controls']) {
        button.setAttribute(name, label.getAttribute(name));
    }
    button.append(...label.childNodes);
    button.addEventListener('click', () => label.click());
    const update = () => button.setAttribute('aria-expanded', String(checkbox.checked));
    checkbox.addEventListener('change', update);
    update();
    label.style.display = 'none';
    label.after(button);
})();

(() => {
    for (const link of document.querySelectorAll('#mdbook-sidebar a')) {
        const name = link.lastChild;
        if (!name || name.nodeType !== Node.TEXT_NODE || !name.data.endsWith(' \u2713')) {
            continue;
        }
        const mark = document.createElement('span');
        mark.setAttribute('role', 'img');
        mark.setAttribute('aria-label', 'solved');
        mark.append('\u2713');
        name.data = name.data.slice(0, -1);
        link.append(mark);
    }
})();
