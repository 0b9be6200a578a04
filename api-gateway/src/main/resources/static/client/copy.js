/** Copying a text out of the page. */

import { element } from './elements.js';
import { say } from './say.js';

const SAID_FOR = 2_000;

/**
 * A button that copies, and says that it has.
 *
 * @param {string} label
 * @param {() => string} text asked for when the button is pressed
 */
export function copyButton(label, text) {
  const button = element('button', { type: 'button', click: press }, label);
  let timer;

  async function press() {
    const copied = await copy(text());
    tell(copied ? 'Copied' : 'Could not copy');
    say(copied ? `${label}: copied` : `${label}: could not copy`);
  }

  function tell(word) {
    button.style.minWidth = `${button.offsetWidth}px`; // what stands beside it stays there
    button.textContent = word;
    clearTimeout(timer);
    timer = setTimeout(() => (button.textContent = label), SAID_FOR);
  }

  return button;
}

/** The clipboard is there only for pages that came over https or from this machine; the old way works everywhere. */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyTheOldWay(text);
  }
}

function copyTheOldWay(text) {
  const area = element('textarea.unseen', { readonly: true });
  const before = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  before?.focus();
  return copied;
}
