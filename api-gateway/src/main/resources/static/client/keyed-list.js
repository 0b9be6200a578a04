/** A list that is told again and again and keeps its items, so that nobody loses the button under their finger. */

export class KeyedList {
  #list;
  #keyOf;
  #make;
  #items = new Map();

  /**
   * @param {HTMLElement} list
   * @param {(value: object) => string} keyOf
   * @param {(value: object) => {item: HTMLElement, renew: (value: object) => void}} make an item; `renew` shows what is
   *     known now
   */
  constructor(list, keyOf, make) {
    this.#list = list;
    this.#keyOf = keyOf;
    this.#make = make;
    list.tabIndex = -1;
  }

  /** Shows these, in their order, and no others. */
  show(values) {
    const shown = values.map((value) => this.#itemOf(value));
    const isLost = this.#dropAllBut(new Set(shown));
    shown.forEach((item, place) => {
      if (this.#list.children[place] !== item) {
        this.#list.insertBefore(item, this.#list.children[place] ?? null);
      }
    });
    if (isLost) {
      (this.#list.querySelector('button') ?? this.#list).focus();
    }
  }

  #itemOf(value) {
    const key = this.#keyOf(value);
    if (!this.#items.has(key)) {
      this.#items.set(key, this.#make(value));
    }
    const { item, renew } = this.#items.get(key);
    renew(value);
    return item;
  }

  /** @returns {boolean} whether the focus was in one of them */
  #dropAllBut(kept) {
    let isLost = false;
    for (const [key, { item }] of this.#items) {
      if (!kept.has(item)) {
        isLost ||= item.contains(document.activeElement);
        this.#items.delete(key);
        item.remove();
      }
    }
    return isLost;
  }
}
