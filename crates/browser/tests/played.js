// Steps through every figure of the page, forward and back again, and tells what the player shows at each place. A browser
// soon refuses to change its address so often, so the player's wishes are noted.
let address = null;
history.replaceState = (_state, _title, wanted) => address = wanted;

const texts = (part, selector) => [...part.querySelectorAll(selector)].map(found => found.textContent);
const marked = (part, name, side) => [...part.querySelectorAll(`[data-${name}].of-${side}`)].map(found => found.dataset[name]);

function shown(figure) {
    const player = figure.querySelector('.player');
    const rows = [...figure.querySelectorAll('.ladder-steps > li')];
    const picture = player.querySelector('.figure5');
    const links = texts(player, '.player-octets a.octets');
    const octets = links.length > 0 ? links : texts(player, '.player-octets p.hex');
    return {
        address,
        says: player.querySelector('.player-now').textContent,
        slider: Number(player.querySelector('input').value),
        row: rows.findIndex(row => row.matches('.is-now')),
        visible: rows.filter(row => row.checkVisibility({ visibilityProperty: true })).length,
        states: texts(player, '.player-host .state'),
        picture: picture && ['client', 'server'].map(side => marked(picture, 'state', side)),
        badges: picture && picture.querySelectorAll('.badge').length,
        arrows: picture && ['client', 'server'].map(side => marked(picture, 'arrow', side)),
        numbers: [...player.querySelectorAll('.stream dd')].map(value =>
            ['.relative', '.absolute'].map(kind => (value.querySelector(kind) ?? value).textContent)),
        hatched: [...player.querySelectorAll('.stream-bar .in-flight')].map(bar => parseFloat(bar.style.inlineSize) > 0),
        octets: octets.join('').replaceAll(' ', ''),
    };
}

return [...document.querySelectorAll('figure.exchange')].map(figure => {
    figure.querySelector('[data-exchange=play]').click();
    const button = name => figure.querySelector(`[data-play=${name}]`);
    const walk = name => {
        const places = [shown(figure)];
        while (button(name).ariaDisabled !== 'true') {
            button(name).click();
            places.push(shown(figure));
        }
        return places;
    };
    const told = { name: figure.id.replace(/^figure-/, ''), forward: walk('forward'), back: walk('back') };
    button('last').click();
    told.last = shown(figure);
    button('first').click();
    told.first = shown(figure);
    figure.querySelector('[data-exchange=play]').click();
    told.left = [figure.querySelectorAll('.player, .is-now, .is-later').length,
        [...figure.querySelectorAll('.ladder-step')].filter(step => !step.querySelector('.frame')).length];
    return told;
});
