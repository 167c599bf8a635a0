// Fetches the 2.7 MB that draw diagrams, on pages that have one. Until then, and where that fails,
// a diagram is shown as its source.
'use strict';

(() => {
    const diagrams = [...document.querySelectorAll('pre.mermaid')];
    if (diagrams.length === 0) {
        return;
    }
    const sources = diagrams.map(diagram => diagram.textContent);
    const page = document.documentElement;
    const isDark = () => ['ayu', 'coal', 'navy'].some(theme => page.classList.contains(theme));
    let drawnDark = null;

    async function draw() {
        if (drawnDark === isDark()) {
            return;
        }
        drawnDark = isDark();
        window.mermaid.initialize({
            startOnLoad: false,
            securityLevel: 'strict',
            theme: drawnDark ? 'dark' : 'neutral',
            // The dark theme's own grey behind the words on arrows is too light to read them.
            themeVariables: drawnDark ? { edgeLabelBackground: '#20242b' } : {},
        });
        for (const [index, diagram] of diagrams.entries()) {
            try {
                const { svg } = await window.mermaid.render(`diagram-${index}`, sources[index]);
                diagram.innerHTML = svg;
                diagram.dataset.drawn = '';
                // On a narrow page a large diagram scrolls rather than shrink beyond reading.
                const { style } = diagram.querySelector('svg');
                style.minWidth = `min(${style.maxWidth}, 35rem)`;
            } catch (error) {
                diagram.textContent = sources[index];
                delete diagram.dataset.drawn;
                console.error(error);
            }
        }
    }

    const script = document.createElement('script');
    script.src = `${path_to_root}mermaid.min.js`;
    script.addEventListener('load', () => {
        draw();
        new MutationObserver(draw).observe(page, { attributeFilter: ['class'] });
    });
    document.head.append(script);
})();
