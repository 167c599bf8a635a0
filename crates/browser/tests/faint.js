// The kinds of code whose colour stands less than 4.5 to 1 against what is behind it.
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
const luminance = (...colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
    }
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => part / 255);
    const [red, green, blue] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const code = document.querySelector('pre > code.language-rust');
const page = getComputedStyle(document.documentElement).backgroundColor;
const behind = luminance(page, getComputedStyle(code).backgroundColor);
const kinds = ['comment', 'keyword', 'string', 'number', 'literal', 'type', 'title', 'built_in', 'section', 'meta',
    'symbol', 'attr', 'addition', 'deletion'];
return kinds.map(kind => {
    const piece = document.createElement('span');
    piece.className = `hljs-${kind}`;
    code.append(piece);
    const front = luminance(page, getComputedStyle(piece).color);
    const [light, dark] = [Math.max(front, behind), Math.min(front, behind)];
    return [kind, (light + 0.05) / (dark + 0.05)];
}).filter(([, contrast]) => !(contrast >= 4.5));
