/** Asking again and again, while somebody looks. */

/**
 * Does something now and then every so often while the page is visible; the next round begins only when one is over.
 *
 * @param {() => Promise<void>} round what it throws is for the round to handle
 * @param {number} milliseconds between the end of a round and the next
 * @returns {() => void} ends it
 */
export function repeatWhileVisible(round, milliseconds) {
  let timer;
  let stopped = false;
  let busy = false;

  async function go() {
    clearTimeout(timer);
    if (stopped || busy || document.hidden) {
      return; // it goes on when the page is looked at again
    }
    busy = true;
    try {
      await round();
    } finally {
      busy = false;
      if (!stopped) {
        timer = setTimeout(go, milliseconds);
      }
    }
  }

  document.addEventListener('visibilitychange', go);
  go();
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', go);
  };
}
