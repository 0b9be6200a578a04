/** Why jobs and attempts fail, in words, and what a person can do about it. */

const FAILURES = {
  content_refused: ['Nebius refused what it should show', 'Change the prompt; as it is, it would be refused again.'],
  unusable_picture: ['The picture came in a form that is not kept', 'Whoever runs this has to look at the model; tried again, it would come the same way.'],
  asynchronous_answer: ['Nebius began a task instead of sending a picture', 'Whoever runs this has to look at the endpoint. The picture may have been drawn and paid for.'],
  rejected: ['Nebius refused the request', 'Change what the reason names, then try again; as it is, it would be refused again.'],
  deadline_exceeded: ['Its time ran out', 'Nothing is wrong with the request: it was not drawn in time. Try again.'],
  provider_unavailable: ['Nebius was not available', 'Nothing is wrong with the request. Try again once Nebius is available.'],
  rate_limited: ['Rate limited by Nebius', 'Nothing is wrong with the request. Try again in a few minutes.'],
  misconfigured: ['Nebius rejected the API key, the account or the model', 'Whoever runs this has to look at the key, the account or the model; the request itself may be fine.'],
  access_refused: ['Nebius refused this request', 'Often a firewall dislikes words of the prompt. Change them, then try again; if other prompts fail too, whoever runs this has to look at the key.'],
  bad_reply: ['Nebius answered without a usable picture', 'Try again; if it keeps failing, try another seed.'],
  picture_not_stored: ['The picture could not be kept', 'Whoever runs this has to look at the picture store. Try again after that.'],
  record_too_large: ['The request is larger than the queue takes', 'Shorten the prompt, then try again; or whoever runs this raises the limit of the topic.'],
  cancelled: ['It was cancelled', 'Try again if you want the picture after all.'],
  outcome_unknown: ['Connection lost during the call; its outcome is unknown', 'It may have been drawn and paid for. Try again if you still want it.'],
};

/** @returns {{title: string, advice: string}} */
export function failureInWords(code) {
  const [title, advice] = FAILURES[code] ?? ['The picture could not be made', 'Try again; if it keeps failing, tell whoever runs this.'];
  return { title, advice };
}
