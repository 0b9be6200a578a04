/** What a job's calls cost, as far as anybody knows, in words. */

import { number } from './format.js';

/**
 * @param {import('./job.js').Job} job
 * @returns {string} a sentence, '' where nothing is known yet
 */
export function billingInWords({ billing, isCalling, hasEnded }) {
  if (isCalling) {
    return 'A call is under way. It may be billed, even if it is cut.';
  }
  if (!billing) {
    return '';
  }
  if (billing.calls === 0) {
    return hasEnded ? 'No call was made, so nothing is billed.' : 'No call was made so far, so nothing is billed.';
  }
  return billing.calls === 1 ? ofOne(billing.billed) : `${number(billing.calls)} calls were made, ${ofSeveral(billing.billed)}.`;
}

function ofOne(billed) {
  switch (billed) {
    case 'yes':
      return 'One call was made, and it is billed.';
    case 'no':
      return 'One call was made, and it is not billed.';
    default:
      return 'One call was made, and it may be billed: nobody here knows.';
  }
}

function ofSeveral(billed) {
  switch (billed) {
    case 'yes':
      return 'and at least one of them is billed';
    case 'no':
      return 'and none of them is billed';
    default:
      return 'and of at least one nobody here knows whether it is billed';
  }
}
