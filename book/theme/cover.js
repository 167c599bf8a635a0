// The handshake on the first page plays by itself, once; this adds the button that plays it again.
'use strict';

(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    for (const cover of document.querySelectorAll('.cover')) {
        const again = cover.querySelector('.cover-again');
        const update = () => again.hidden = still.matches;
        again.addEventListener('click', () => {
            // An animation begins anew when it is taken away, the page is laid out, and it is there again.
            cover.classList.add('at-rest');
            void cover.offsetWidth;
            cover.classList.remove('at-rest');
        });
        still.addEventListener('change', update);
        update();
    }
})();
