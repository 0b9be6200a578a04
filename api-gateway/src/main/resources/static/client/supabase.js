/**
 * Supabase's sign-in, over its own HTTP API: the gateway only sees the token that comes of it. A link works only in the
 * browser that asked for it (PKCE, RFC 7636), so nobody can be signed in to somebody else's account by a link.
 */

import { Problem } from './api.js';
import { rememberLink } from './session.js';

const VERIFIER_BYTES = 48;

/** Each way in ends with an access token, or a {@link Problem} in Supabase's words. */
export class SupabaseAuth {
  #url;
  #publicKey;

  /** @param {{url: string, publicKey: string}} project */
  constructor({ url, publicKey }) {
    this.#url = url.replace(/\/+$/, '');
    this.#publicKey = publicKey;
  }

  withPassword(email, password) {
    return this.#token('token?grant_type=password', { email, password });
  }

  /** @param {string} code the digits in the e-mail, where the project's template has them */
  withCode(email, code) {
    return this.#token('verify', { type: 'email', email, token: code });
  }

  withLink({ code, verifier }) {
    return this.#token('token?grant_type=pkce', { auth_code: code, code_verifier: verifier });
  }

  /** Sends an e-mail to somebody who has an account; it leads back to this page. */
  async sendLink(email) {
    const verifier = base64Url(crypto.getRandomValues(new Uint8Array(VERIFIER_BYTES)));
    const back = new URLSearchParams({ redirect_to: `${location.origin}${location.pathname}` });
    await this.#post(`otp?${back}`, { email, create_user: false, ...(await challenge(verifier)) });
    rememberLink(verifier);
  }

  async #token(path, fields) {
    const { access_token: token } = await this.#post(path, fields);
    if (!token) {
      throw new Problem(0, 'Supabase sent no session.');
    }
    return token;
  }

  async #post(path, fields) {
    let reply;
    try {
      reply = await fetch(`${this.#url}/auth/v1/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', apikey: this.#publicKey },
        credentials: 'omit',
        body: JSON.stringify(fields),
      });
    } catch {
      throw new Problem(0, 'Supabase does not answer.');
    }
    const body = await reply.json().catch(() => ({}));
    if (!reply.ok) {
      throw new Problem(reply.status, body.msg ?? body.error_description ?? `Supabase answered ${reply.status}.`);
    }
    return body;
  }
}

/** Browsers hash only for pages that came over https or from this machine. */
async function challenge(verifier) {
  if (!crypto.subtle) {
    return { code_challenge: verifier, code_challenge_method: 'plain' };
  }
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return { code_challenge: base64Url(new Uint8Array(hash)), code_challenge_method: 's256' };
}

const base64Url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
