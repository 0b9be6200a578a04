/** Asking before something that can't be taken back. */

import { element } from './elements.js';

const LONGEST_REASON = 500;

/**
 * Asks in a modal dialog; Escape means no.
 *
 * @param {{title: string, text: (string | Node)[], yes: string, no: string, reason?: string}} question `text` are its
 *     paragraphs; `reason` is the label of a field for one, where it is asked for
 * @returns {Promise<{reason: string} | null>} null for no
 */
export function askToConfirm({ title, text, yes, no, reason }) {
  const field = element('input', { type: 'text', id: 'confirm-reason', maxlength: LONGEST_REASON, autocomplete: 'off' });
  const form = element('form.stack', { method: 'dialog' },
    element('h2', { id: 'confirm-title' }, title),
    element('div', { id: 'confirm-text' }, ...text.map((part) => (part instanceof Node ? part : element('p', {}, part)))),
    reason ? element('div', {}, element('label', { for: 'confirm-reason' }, reason), field) : null,
    element('div.row', {},
      element('button.primary', { value: 'yes' }, yes),
      element('button', { value: 'no', autofocus: true }, no)));
  const dialog = element('dialog.sheet', { 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' }, form);
  document.body.append(dialog);
  return new Promise((answer) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      answer(dialog.returnValue === 'yes' ? { reason: field.value.trim() } : null);
    });
    dialog.showModal();
  });
}
