// Takes the content of a page apart into its chapters, each of which begins with a heading of the first level, and says how many there are.
const main = document.querySelector('main');
window.chapters = [[]];
for (const node of [...main.childNodes]) {
    if (node.nodeName === 'H1' && window.chapters.at(-1).some(other => other.nodeName === 'H1')) {
        window.chapters.push([]);
    }
    window.chapters.at(-1).push(node);
}

// Puts some of them back, and nothing else, and unfolds what is folded.
window.show = chapters => {
    main.replaceChildren(...chapters.flat());
    main.querySelectorAll('details').forEach(fold => { fold.open = true; });
};

return window.chapters.length;
