/** What this tab remembers of who is signed in. The session itself is a cookie that no script can read. */

const OURS = 'darkroom.';
const KEY = `${OURS}session`;
const LINK = `${OURS}link`;

/** @returns {{owner: string, name: string, scopes: string[]} | null} null for nobody */
export function rememberedSession() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/**
 * @param {{owner: string, scopes: string[]}} session as the API tells it
 * @param {string} [name] for people, where the owner is only an id
 * @returns {boolean} false where this tab was somebody else's: it has forgotten what they typed, and has to be loaded anew
 */
export function rememberSession({ owner, scopes }, name) {
  const before = rememberedSession();
  const isSame = before === null || before.owner === owner;
  if (!isSame) {
    forgetSession();
  }
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ owner, scopes, name: name ?? (isSame ? before?.name : undefined) ?? owner }));
  } catch {
    // full or forbidden: then it is heard again on each page
  }
  return isSame;
}

/** And with it everything that was typed in this tab. */
export function forgetSession() {
  try {
    Object.keys(sessionStorage).filter((key) => key.startsWith(OURS)).forEach((key) => sessionStorage.removeItem(key));
  } catch {
    // nothing was kept then
  }
}

/** @param {string} verifier without which nobody can use the link that was sent */
export function rememberLink(verifier) {
  localStorage.setItem(LINK, verifier); // the link opens another tab
}

/** Whether this page was opened by a link that this browser asked for. */
export const cameByLink = () => /[?&](code|error_code)=/.test(location.search) && linkKept() !== null;

/** @returns {{code: string | null, verifier: string} | null} once; without a code the link was too old, or used before */
export function takeLink() {
  if (!cameByLink()) {
    return null;
  }
  const address = new URL(location.href);
  const link = { code: address.searchParams.get('code'), verifier: linkKept() };
  ['code', 'error', 'error_code', 'error_description'].forEach((name) => address.searchParams.delete(name));
  address.hash = '';
  history.replaceState(history.state, '', address);
  localStorage.removeItem(LINK);
  return link;
}

function linkKept() {
  try {
    return localStorage.getItem(LINK);
  } catch {
    return null;
  }
}
