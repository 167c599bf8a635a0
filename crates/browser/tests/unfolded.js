// What the unfolded steps of every figure show: the octets, and name, value and meaning of each field.
const words = (part, selector) => part.querySelector(selector).textContent;
return [...document.querySelectorAll('figure.exchange')].map(figure => ({
    name: figure.id.replace(/^figure-/, ''),
    steps: [...figure.querySelectorAll('.ladder-step')].map(step => {
        const links = [...step.querySelectorAll('a.octets')].map(link => link.textContent);
        const octets = links.length > 0 ? links.join('') : words(step, 'p.hex');
        return {
            octets: octets.replaceAll(' ', ''),
            fields: [...step.querySelectorAll('.field')].map(
                field => ['.field-name', '.field-value', '.field-meaning'].map(column => words(field, column))),
        };
    }),
}));
