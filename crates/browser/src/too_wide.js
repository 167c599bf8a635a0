// What stands out of the screen to the right. What scrolls within a box of the
// page does not count; mdBook's own box around the whole page, which scrolls too, is no excuse. What is
// meant for screen readers alone does not count either.

const width = document.documentElement.clientWidth;
const scrolls = element => {
    for (let box = element.parentElement; box && !box.matches('main, body'); box = box.parentElement) {
        if (['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) {
            return true;
        }
    }
    return false;
};
const wrong = [];
if (document.documentElement.scrollWidth > width) {
    wrong.push(`the page is ${document.documentElement.scrollWidth} pixels wide on a screen of ${width}`);
}
for (const element of document.querySelectorAll('main *, #mdbook-menu-bar *')) {
    const box = element.getBoundingClientRect();
    const cut = box.right > width + 1 || box.left < -1;
    if (cut && box.width > 1 && box.height > 1 && element.checkVisibility() && !scrolls(element)) {
        wrong.push(`${element.tagName} ${element.className} reaches from ${box.left} to ${box.right}: ${element.textContent.slice(0, 40)}`);
    }
}
return wrong.slice(0, 10);
