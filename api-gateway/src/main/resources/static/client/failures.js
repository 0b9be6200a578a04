/** Why jobs and attempts fail, in words, and what a person can do about it. */

const FAILURES = {
  rejected: ['Nebius refused the request', 'Change what the reason names, then submit it again; as it is, it would be refused again.'],
  deadline_exceeded: ['Its time ran out', 'Nothing is wrong with the request: it was not drawn in time. Submit it again.'],
  provider_unavailable: ['Nebius was not available', 'Nothing is wrong with the request. Submit it again once Nebius is well.'],
  rate_limited: ['Nebius was asked too often', 'Nothing is wrong with the request. Submit it again in a few minutes.'],
  misconfigured: ['Nebius does not let us in', 'Whoever runs this has to look at the key, the account or the model; the request itself may be fine.'],
  access_refused: ['Nebius refused this request', 'Often a firewall dislikes words of the prompt. Change them, then submit it again; if other prompts fail too, whoever runs this has to look at the key.'],
  bad_reply: ['Nebius answered without a usable picture', 'Submit it again; if it keeps failing, try another seed.'],
  picture_not_stored: ['The picture could not be kept', 'Whoever runs this has to look at the picture store. Submit it again after that.'],
  outcome_unknown: ['Nobody heard how the call ended', 'It may have been drawn and paid for. Submit it again if you still want it.'],
};

/** @returns {{title: string, advice: string}} */
export function failureInWords(code) {
  const [title, advice] = FAILURES[code] ?? ['The picture could not be made', 'Submit it again; if it keeps failing, tell whoever runs this.'];
  return { title, advice };
}
