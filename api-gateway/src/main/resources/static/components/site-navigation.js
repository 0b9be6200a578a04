/** The bar at the top of every page: `<site-navigation>`. It marks the page it stands on. */

const PLACES = [
  { href: '/generate', text: 'Generate' },
  { href: '/logs', text: 'Logs' },
  { href: '/swagger-ui.html', text: 'API' },
];

class SiteNavigation extends HTMLElement {
  connectedCallback() {
    const nav = document.createElement('nav');
    nav.setAttribute('aria-label', 'Site');
    nav.append(this.#brand(), ...PLACES.map(({ href, text }) => this.#link(href, text)));
    this.replaceChildren(nav);
  }

  #brand() {
    const home = this.#link('/', '');
    home.className = 'brand';
    home.setAttribute('aria-label', 'Darkroom, home');
    const lamp = document.createElement('img');
    lamp.src = '/favicon.svg';
    lamp.alt = '';
    lamp.width = 28;
    lamp.height = 28;
    const name = document.createElement('span');
    name.textContent = 'Darkroom';
    home.append(lamp, name);
    return home;
  }

  #link(href, text) {
    const link = document.createElement('a');
    link.href = href;
    link.textContent = text;
    if (location.pathname === href) {
      link.setAttribute('aria-current', 'page');
    }
    return link;
  }
}

customElements.define('site-navigation', SiteNavigation);
