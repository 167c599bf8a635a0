// The ledger's page and the map of RFC 9293 show every row. This script adds the filter by verdict and by subject.
'use strict';

(() => {
    const filter = document.querySelector('.ledger-filter');
    if (!filter) {
        return;
    }
    const parts = [...document.querySelectorAll('.ledger-part')];
    const rows = [...document.querySelectorAll('.ledger > li')];

    function apply() {
        const { verdict, part } = Object.fromEntries(new FormData(filter));
        let shown = 0;
        for (const section of parts) {
            const wanted = !part || section.dataset.part === part;
            let left = 0;
            for (const row of section.querySelectorAll('.ledger > li')) {
                row.hidden = !(wanted && (!verdict || row.dataset.verdict.split(' ').includes(verdict)));
                left += row.hidden ? 0 : 1;
            }
            section.hidden = left === 0;
            shown += left;
        }
        filter.querySelector('output').value = `${shown} of ${rows.length} rows`;
    }

    // A link to a row must find it, whatever the filter hides.
    function showTarget() {
        const target = document.getElementById(location.hash.slice(1));
        if (target && target.closest('[hidden]')) {
            filter.reset();
            apply();
            target.scrollIntoView();
        }
    }

    filter.addEventListener('change', apply);
    filter.addEventListener('submit', event => event.preventDefault());
    window.addEventListener('hashchange', showTarget);
    filter.hidden = false;
    apply();
})();
