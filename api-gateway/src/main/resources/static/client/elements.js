/** Making elements. Text from outside gets into a page only through here, and only as text. */

/**
 * @param {string} name of the element, with classes: `p.dim.small`
 * @param {Record<string, any>} [attributes] set as attributes; functions become listeners of that event; null, undefined
 *     and false are left out
 * @param {...(Node | string | number | null | undefined)} children
 */
export function element(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      made.addEventListener(key, value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(key, value === true ? '' : String(value));
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined).map(asNode));
  return made;
}

const asNode = (child) => (child instanceof Node ? child : String(child));

/** A status as a word with its sign. */
export const statusWord = (status, word = status) => element('span.status', { 'data-status': status }, word);

/** A time with the exact instant in its title. */
export function timeElement(instant, text) {
  return element('time', { datetime: instant, title: new Date(instant).toLocaleString() }, text);
}
