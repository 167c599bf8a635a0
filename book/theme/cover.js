// The handshake on the first page plays by itself, once; this adds the button that plays it again.
'use strict';

(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    for (const cover of document.querySelectorAll('.cover')) {
        const again = cover.querySelector('.cover-again');
        const update = () => again.hidden = still.matches;
        again.addEventListener('click', () => {
            for (const movement of cover.getAnimations({ subtree: true })) {
                movement.cancel();
                movement.play();
            }
        });
        still.addEventListener('change', update);
        update();
    }
})();
