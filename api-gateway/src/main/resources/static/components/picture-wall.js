/** The latest pictures, newest first, renewed every few seconds: `<picture-wall>`. */

import { findLogs } from '../client/api.js';
import { element, timeElement } from '../client/elements.js';
import { ago } from '../client/format.js';
import { linkTo } from '../client/links.js';
import { loadPicture } from '../client/load-picture.js';
import { repeatWhileVisible } from '../client/repeat.js';

const EVERY = 10_000;
const PICTURES = 12;

class PictureWall extends HTMLElement {
  #stop;
  #list = element('ul');
  #note = element('p.notice', { role: 'status' });
  #shown;

  connectedCallback() {
    this.#list.append(...emptyPlaces(PICTURES));
    this.replaceChildren(this.#list, this.#note);
    this.#stop = repeatWhileVisible(() => this.#renew(), EVERY);
  }

  disconnectedCallback() {
    this.#stop();
  }

  async #renew() {
    try {
      const { logs } = await findLogs({ status: 'completed', limit: PICTURES });
      this.#show(logs.filter((log) => log.image_url));
    } catch (problem) {
      this.#note.textContent = `${problem.message} Still asking.`;
    }
  }

  #show(logs) {
    const ids = logs.map((log) => log.request_id).join();
    this.#note.textContent = logs.length === 0 ? 'No picture yet. The first one could be yours.' : '';
    if (ids === this.#shown) {
      this.querySelectorAll('time').forEach((when) => when.replaceChildren(ago(when.dateTime)));
      return; // what is looked at stays as it is
    }
    this.#shown = ids;
    this.#list.replaceChildren(...logs.map(picture), ...emptyPlaces(PICTURES - logs.length));
  }
}

/** The wall is as tall with few pictures as with many, so that nothing below it has to move. */
function emptyPlaces(count) {
  return Array.from({ length: count }, () => element('li.place', { 'aria-hidden': 'true' }));
}

function picture(log) {
  const image = element('img', { alt: log.prompt, width: 320, height: 320, loading: 'lazy', decoding: 'async' });
  const place = element('li.place', {},
    element('a', { href: linkTo(`/requests/${log.request_id}`) }, image,
      element('span.caption', { 'aria-hidden': 'true' }, element('span.prompt', {}, log.prompt), timeElement(log.created_at, ago(log.created_at)))));
  image.addEventListener('error', () => place.classList.add('bare'));
  image.addEventListener('load', () => place.classList.remove('bare'));
  loadPicture(image, log.image_url);
  return place;
}

customElements.define('picture-wall', PictureWall);
