// What scrolls sideways in its own box can be scrolled with the keyboard too.
'use strict';

(() => {
    const boxes = document.querySelectorAll('main :is(pre > code, pre.mermaid, .table-wrapper)');
    const update = box => {
        if (box.scrollWidth > box.clientWidth) {
            box.tabIndex = 0;
        } else {
            box.removeAttribute('tabindex');
        }
    };
    const observer = new ResizeObserver(entries => entries.forEach(entry => update(entry.target)));
    boxes.forEach(box => observer.observe(box));
})();
