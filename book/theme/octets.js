// Names the octets of a step, field by field, when it is unfolded for the first time. A figure says once, in one
// attribute, what the fields of all its frames say; a frame has the numbers of its own. Without this script the
// octets stand there layer by layer.
'use strict';

function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) {
        made.setAttribute(attribute, value);
    }
    made.append(...children);
    return made;
}

const nameOctets = (() => {
    // As they are written by the figure: see crates/trace/src/html/octets.rs.
    const COLUMNS = ['part', 'layer', 'name', 'bits', 'octets', 'value', 'meaning', 'section', 'url'];
    const sheets = new WeakMap();

    function sheetOf(figure) {
        if (!sheets.has(figure)) {
            const words = figure.dataset.sheet.split('\t');
            const sheet = [];
            for (let at = 0; at < words.length; at += COLUMNS.length) {
                sheet.push(Object.fromEntries(COLUMNS.map((column, index) => [column, words[at + index]])));
            }
            sheets.set(figure, sheet);
        }
        return sheets.get(figure);
    }

    // The frame's fields, layer by layer, each with its number in the frame and its first bit in the layer.
    function layersOf(frame) {
        const sheet = sheetOf(frame.closest('.exchange'));
        const layers = [];
        frame.dataset.says.split(' ').forEach((number, index) => {
            const says = sheet[number];
            if (layers.at(-1)?.name !== says.layer) {
                layers.push({ name: says.layer, bits: 0, fields: [] });
            }
            const layer = layers.at(-1);
            const bits = Number(says.bits);
            layer.fields.push({ ...says, bits, index, first: layer.bits });
            layer.bits += bits;
        });
        return layers;
    }

    // The octets of a layer as links to their fields. Fields that share a hexadecimal digit share a link.
    function links(layer, text, step) {
        const digits = text.replaceAll(' ', '');
        const made = [];
        let group = [];
        for (const field of layer.fields) {
            group.push(field);
            const end = field.first + field.bits;
            if (end % 4 !== 0 && end < layer.bits) {
                continue;
            }
            const shown = digits.slice(Math.floor(group[0].first / 4), Math.ceil(end / 4)).replace(/..(?=.)/g, '$& ');
            made.push(element('a', {
                class: 'octets',
                href: `#${step}-${group[0].part}`,
                'data-fields': group.map(field => field.index).join(' '),
                'aria-label': `${shown}: ${group.map(field => field.name).join(', ')}`,
            }, shown));
            if (end % 8 === 0 && end < layer.bits) {
                made.push(' ');
            }
            group = [];
        }
        return made;
    }

    function row(field, step) {
        const id = `${step}-${field.part}`;
        return element('li', { class: 'field', id, 'data-fields': field.index },
            element('span', { class: 'field-octets', 'aria-hidden': 'true' }, field.octets),
            element('span', { class: 'field-text' },
                element('a', { class: 'field-name', href: `#${id}` }, field.name), ' ',
                element('span', { class: 'field-bits' }, field.bits === 1 ? '1 bit' : `${field.bits} bits`), ' ',
                element('span', { class: 'field-value' }, field.value), ' ',
                element('span', { class: 'field-meaning' }, field.meaning)), ' ',
            element('a', { class: 'cite', href: field.url }, field.section));
    }

    // The fields of a layer as a list that folds; only the innermost layer's is open.
    function list(layer, step, innermost) {
        const fold = element('details', { class: `layer layer-${layer.name.toLowerCase()}` },
            element('summary', {}, `${layer.name}, ${layer.bits / 8} octets`),
            element('ol', { class: 'fields', role: 'list' }, ...layer.fields.map(field => row(field, step))));
        fold.open = innermost;
        return fold;
    }

    // Gives the frame back once its octets are named, and null where they are already, or cannot be.
    return step => {
        const frame = step.querySelector('.frame[data-says]');
        if (!frame) {
            return null;
        }
        const number = step.id.slice(step.id.lastIndexOf('-') + 1);
        const layers = layersOf(frame);
        const hex = frame.querySelector('.hex');
        hex.setAttribute('role', 'group');
        hex.setAttribute('aria-label', `The octets of step ${number}, field by field`);
        hex.querySelectorAll('.hex-octets').forEach((octets, index) => {
            octets.firstChild.replaceWith(...links(layers[index], octets.firstChild.data, step.id));
        });
        frame.append(
            ...layers.map(layer => list(layer, step.id, layer === layers.at(-1))),
            element('p', { class: 'frame-link' }, element('a', { href: `#${step.id}` }, `Link to step ${number}`)));
        frame.removeAttribute('data-says');
        return frame;
    };
})();
