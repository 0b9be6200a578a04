/**
 * A change of many jobs, and how far it has come: `<operation-entry>`. Set `operation` as the API tells it; it can be
 * stopped here.
 */

import { stopOperation } from '../client/api.js';
import { element, timeElement } from '../client/elements.js';
import { time } from '../client/format.js';
import { conditionsOf, doneOf, progressOf, statusOf, titleOf } from '../client/operations.js';

class OperationEntry extends HTMLElement {
  #operation;
  #title = element('strong');
  #status = element('span.status');
  #about = element('p.about.dim.small');
  #bar = element('progress');
  #progress = element('p.progress.numbers', { tabindex: '-1' });
  #stop = element('button', { type: 'button', click: () => this.#end() }, 'Stop');
  #course = element('div.course', {}, this.#bar, this.#stop);
  #trouble = element('p.field-error', { role: 'alert' });

  connectedCallback() {
    if (this.children.length === 0) {
      this.append(element('p.head', {}, this.#title, this.#status), this.#about,
        this.#course, this.#progress, this.#trouble);
    }
  }

  /** @param {object} operation as in `GET /api/operations/{operationId}` */
  set operation(operation) {
    const isNew = this.#operation === undefined;
    this.#operation = operation;
    if (isNew) {
      this.#describe();
    }
    const { word, tone } = statusOf(operation);
    this.#status.dataset.status = tone;
    write(this.#status, word);
    write(this.#progress, progressOf(operation));
    this.#bar.max = Math.max(1, operation.matched);
    this.#bar.value = Math.min(doneOf(operation), this.#bar.max);
    if (operation.status !== 'running') {
      const wasFocused = this.#stop === document.activeElement;
      this.#course.hidden = true;
      if (wasFocused) {
        this.#progress.focus();
      }
    }
  }

  get operation() {
    return this.#operation;
  }

  #describe() {
    const { filter, reason, createdAt } = this.#operation;
    const title = titleOf(this.#operation);
    this.#title.textContent = title;
    this.#bar.setAttribute('aria-label', `Progress: ${title}`);
    this.#stop.setAttribute('aria-label', `Stop: ${title}`);
    this.#about.replaceChildren(`${conditionsOf(filter).join(', ')}; begun `, timeElement(createdAt, time(createdAt)), reason ? `. ${reason}` : '');
  }

  async #end() {
    this.#stop.setAttribute('aria-busy', 'true');
    this.#trouble.textContent = '';
    try {
      this.operation = await stopOperation(this.#operation.id);
    } catch (problem) {
      this.#trouble.textContent = `${problem.message} It goes on; try to stop it again.`;
    } finally {
      this.#stop.removeAttribute('aria-busy');
    }
  }
}

function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

customElements.define('operation-entry', OperationEntry);
