/** Loading a picture, however often it has to be asked for. */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
const GONE = [404, 410];

/**
 * @param {HTMLImageElement} image on the page, now or in a moment
 * @param {string} address
 * @param {(again: () => void) => void} [failed] hears each time that it did not come; `again` asks for it at once
 * @returns {Promise<boolean>} false where there is no such picture any more
 */
export async function loadPicture(image, address, failed = () => {}) {
  for (let wait = FIRST_WAIT; !(await loads(image, address)); wait = Math.min(2 * wait, LONGEST_WAIT)) {
    if (await isGone(address)) {
      return false;
    }
    await new Promise((go) => {
      setTimeout(go, wait);
      failed(go);
    });
    if (!image.isConnected) {
      return true; // nobody looks any more
    }
  }
  return true;
}

function loads(image, address) {
  return new Promise((answer) => {
    image.onload = () => answer(true);
    image.onerror = () => answer(false);
    image.src = address;
  });
}

/** A gateway that does not answer may only be away for a moment. */
async function isGone(address) {
  try {
    return GONE.includes((await fetch(address, { method: 'HEAD' })).status);
  } catch {
    return false;
  }
}
