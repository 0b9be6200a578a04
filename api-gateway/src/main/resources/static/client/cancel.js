/** Cancelling a job. */

import { cancelJob } from './api.js';
import { askToConfirm } from './confirm.js';
import { element } from './elements.js';

const QUESTION = {
  title: 'Cut the call?',
  text: ['Nebius is drawing the picture. The call may be billed, even if it is cut.'],
  yes: 'Cut it',
  no: 'Let it finish',
};

/**
 * A button that cancels a job. What came of it is told by the job.
 *
 * @param {() => import('./job.js').Job} job asked for when the button is pressed
 * @param {HTMLElement} trouble where to say that it did not work
 */
export function cancelButton(job, trouble) {
  const button = element('button', { type: 'button', click: press }, 'Cancel');

  async function press() {
    const pressed = job();
    if (button.hasAttribute('aria-busy') || pressed.hasEnded) {
      return;
    }
    button.setAttribute('aria-busy', 'true');
    trouble.textContent = '';
    try {
      if (!pressed.isCalling || (await askToConfirm(QUESTION))) {
        pressed.learnCancellation(await cancelJob(pressed.requestId));
      }
    } catch (problem) {
      trouble.textContent = `${problem.message} It may be cancelled again; that does no harm.`;
    } finally {
      button.removeAttribute('aria-busy');
    }
  }

  return button;
}
