/**
 * Signing in, in a dialog over the page, on which everything stays as it is. Loaded only where a request was refused because
 * nobody is signed in: where access is open, never.
 */

import { beginSession, findSession, Problem } from './api.js';
import { element } from './elements.js';
import { say } from './say.js';
import { rememberedSession, rememberSession, takeLink } from './session.js';
import { SupabaseAuth } from './supabase.js';

const SIGNED_IN = 'signed in';
const NOT_KEPT = 'The browser did not keep the session. It keeps one only over https, and for localhost.';
const OLD_LINK = 'The link in the e-mail is too old, or was used before. Ask for another.';

let asking;
let declined = false;

/**
 * Asks once, however many requests wait for it. The document hears of `session` after that.
 *
 * @param {boolean} wanted by somebody who has just pressed something; others don't open again what was closed
 * @returns {Promise<boolean>} whether somebody is signed in now
 */
export function signIn(wanted) {
  if (!asking && declined && !wanted) {
    return Promise.resolve(false);
  }
  asking ??= begin().finally(() => (asking = null));
  return asking;
}

async function begin() {
  try {
    const link = takeLink();
    const session = await findSession();
    const isIn = isOver(session) || (await enterByLink(session, link)) || (await showDialog(session, link ? OLD_LINK : ''));
    declined = !isIn;
    document.dispatchEvent(new Event('session'));
    return isIn;
  } catch {
    return false; // the gateway is away; whoever asked says so
  }
}

/** Perhaps in another tab. */
const isOver = ({ mode, signedIn }) => mode === 'open' || signedIn;

async function enterByLink({ supabase }, link) {
  try {
    return Boolean(supabase && link?.code) && (await enter({ token: await new SupabaseAuth(supabase).withLink(link) }));
  } catch {
    return false;
  }
}

/** @param {{key: string} | {token: string}} proof */
async function enter(proof, name) {
  await beginSession(proof);
  const session = await findSession();
  if (!session.signedIn) {
    throw new Problem(0, NOT_KEPT);
  }
  if (!rememberSession(session, name)) {
    location.reload();
    await new Promise(() => {}); // what the other one had asked for is not done in this one's name
  }
  say('Signed in.');
  return true;
}

function showDialog({ supabase }, trouble) {
  const place = element('p.notice.bad', { role: 'alert' }, trouble);
  const dialog = element('dialog.sheet.stack.sign-in', { 'aria-labelledby': 'sign-in-title' },
    element('h2', { id: 'sign-in-title' }, 'Sign in'),
    rememberedSession() ? element('p', {}, 'You are not signed in any more. What you typed is still here.') : null,
    place,
    ...(supabase ? accountForms(new SupabaseAuth(supabase), attempt) : []),
    keyForm(supabase ? 'button' : 'button.primary', attempt),
    element('button.quiet', { type: 'button', click: () => dialog.close('') }, 'Not now'));

  /** @param {() => Promise<unknown>} way true once somebody is signed in */
  async function attempt(form, way) {
    const buttons = [...dialog.querySelectorAll('button')];
    if (buttons.some((button) => button.hasAttribute('aria-busy'))) {
      return;
    }
    buttons.forEach((button) => button.setAttribute('aria-busy', 'true'));
    place.textContent = '';
    try {
      if ((await way(form.elements)) === true) {
        dialog.close(SIGNED_IN);
      }
    } catch (problem) {
      place.textContent = problem.message;
    } finally {
      buttons.forEach((button) => button.removeAttribute('aria-busy'));
    }
  }

  /** The link of an e-mail opens another tab; this one goes on when somebody looks at it again. */
  async function lookAgain() {
    const session = await findSession().catch(() => ({}));
    if (session.signedIn && rememberSession(session)) {
      dialog.close(SIGNED_IN);
    } else if (session.signedIn) {
      location.reload();
    }
  }

  addEventListener('focus', lookAgain);
  document.body.append(dialog);
  return new Promise((answer) => {
    dialog.addEventListener('close', () => {
      removeEventListener('focus', lookAgain);
      dialog.remove();
      answer(dialog.returnValue === SIGNED_IN);
    });
    dialog.showModal();
  });
}

function keyForm(button, attempt) {
  return form('With an API key', ({ key }) => enter({ key: key.value.trim() }), attempt,
    ...field('key', 'API key', { type: 'password', placeholder: 'dk_…', autocomplete: 'off', spellcheck: 'false' }),
    element(button, { type: 'submit' }, 'Sign in with the key'));
}

/** By password, or by e-mail: then a second form takes the digits that may be in it. */
function accountForms(auth, attempt) {
  const sent = element('p', { role: 'status' });
  const withCode = form('With the code in the e-mail',
    async ({ code }) => enter({ token: await auth.withCode(mail(), code.value.trim()) }, mail()), attempt,
    sent,
    ...field('code', 'Code in the e-mail', { inputmode: 'numeric', autocomplete: 'one-time-code' }),
    element('button', { type: 'submit' }, 'Sign in with the code'));
  const withPassword = form('With your account',
    async ({ password }) => enter({ token: await auth.withPassword(mail(), password.value) }, mail()), attempt,
    ...field('email', 'E-mail', { type: 'email', autocomplete: 'username' }),
    ...field('password', 'Password', { type: 'password', autocomplete: 'current-password' }),
    element('div.row', {},
      element('button.primary', { type: 'submit' }, 'Sign in'),
      element('button', { type: 'button', click: send }, 'Send me a link instead')));
  const mail = () => withPassword.elements.email.value.trim();
  withCode.hidden = true;

  function send() {
    if (withPassword.elements.email.reportValidity()) {
      attempt(withPassword, async () => {
        await auth.sendLink(mail());
        withCode.hidden = false;
        sent.textContent = `A link is on its way to ${mail()}. Open it in this browser, or type the code that the e-mail has.`;
      });
    }
  }

  return [withPassword, withCode];
}

function form(label, way, attempt, ...children) {
  return element('form.stack', { 'aria-label': label, submit: (event) => {
    event.preventDefault();
    attempt(event.currentTarget, way);
  } }, ...children);
}

const field = (name, label, attributes) => [
  element('div', {},
    element('label', { for: `sign-in-${name}` }, label),
    element('input', { type: 'text', id: `sign-in-${name}`, name, required: true, ...attributes })),
];
