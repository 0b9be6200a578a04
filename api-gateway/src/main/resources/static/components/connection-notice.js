/** Says when the connection is lost, and for a moment that it is back: `<connection-notice>`; `state` is `live`, `lost` or `ended`. */

const SAID_FOR = 4_000;

class ConnectionNotice extends HTMLElement {
  #wasLost = false;
  #timer;

  connectedCallback() {
    this.setAttribute('role', 'status');
    this.classList.add('notice', 'waiting');
  }

  set state(connection) {
    clearTimeout(this.#timer);
    if (connection === 'lost') {
      this.#say('The connection is lost. What is shown is what was known last; connecting again…');
    } else if (this.#wasLost) {
      this.#say('Connected again; nothing was missed.');
      this.#timer = setTimeout(() => this.#say(''), SAID_FOR);
    }
    this.#wasLost = connection === 'lost';
  }

  #say(text) {
    if (this.textContent !== text) {
      this.textContent = text;
    }
  }
}

customElements.define('connection-notice', ConnectionNotice);
