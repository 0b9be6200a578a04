import '../components/site-navigation.js';
import '../components/generated-picture.js';
import '../components/job-progress.js';
import '../components/step-history.js';
import '../components/attempt-list.js';
import '../components/connection-notice.js';

import { billingInWords } from '../client/billing.js';
import { copyButton } from '../client/copy.js';
import { element } from '../client/elements.js';
import { FollowJobs } from '../client/follow-jobs.js';
import { drawSeed, formAddress } from '../client/job-fields.js';
import { writeJson } from '../client/json.js';
import { linkTo } from '../client/links.js';
import { submitAgain } from '../client/submit-jobs.js';

const LONGEST_TITLE = 120;
const ASKED = [
  ['prompt', 'Prompt'], ['negative_prompt', 'Negative prompt'], ['style', 'Style'], ['styleIntensity', 'Style intensity'],
  ['diffusionStrength', 'Diffusion strength'], ['size', 'Size'], ['seed', 'Seed'], ['model', 'Model'], ['userId', 'User'],
];

const find = (selector) => document.querySelector(selector);
const trouble = find('#trouble');
const tryAgain = find('#try-again');
const anotherSeed = find('#another-seed');
/** Whoever types it may use capitals; steps name it in small letters. */
const requestId = decodeURIComponent(location.pathname.split('/').at(-1)).toLowerCase();
const followed = new FollowJobs([requestId]);
const [job] = followed.jobs;
let submission;

find('#request-id').textContent = requestId;
for (const name of ['generated-picture', 'job-progress', 'step-history', 'attempt-list']) {
  find(name).job = job;
}
const copySent = copyButton('Copy', () => writeJson(job.sent, 2));
find('#sent .row').append(copySent);
job.addEventListener('change', show);
followed.addEventListener('connection', ({ detail }) => (find('connection-notice').state = detail));
followed.start();

tryAgain.addEventListener('click', () => submit({}));
anotherSeed.addEventListener('click', () => submit({ seed: drawSeed() }));

function show() {
  if (job.isUnknown) {
    showUnknown();
    return;
  }
  showTitle();
  showAsked();
  showSent();
  showRepeats();
  [tryAgain, anotherSeed].forEach((button) => (button.disabled = !job.hasEnded));
  find('#with-changes').href = formAddress(job.asked);
  write(find('#billing'), billingInWords(job));
}

function showUnknown() {
  find('#found').hidden = true;
  find('#unknown').hidden = false;
  find('#title').textContent = 'No such request';
  document.title = 'No such request · Darkroom';
  find('#in-logs').href = linkTo(`/logs?${new URLSearchParams({ requestId })}`);
}

function showTitle() {
  const characters = [...(job.asked.prompt ?? 'Request')];
  const title = characters.length > LONGEST_TITLE ? `${characters.slice(0, LONGEST_TITLE).join('').trimEnd()}…` : characters.join('');
  write(find('#title'), title);
  document.title = `${title} · Darkroom`;
}

function showAsked() {
  const { asked, model, userId } = job;
  const values = { ...asked, size: asked.width && `${asked.width} × ${asked.height}`, model: asked.model ?? model, userId };
  const shown = ASKED.filter(([name]) => values[name] !== undefined);
  const list = find('#asked');
  const told = writeJson(shown.map(([name]) => values[name]));
  if (list.dataset.told !== told) {
    list.dataset.told = told;
    list.replaceChildren(...shown.flatMap(([name, title]) => [element('dt', {}, title), element('dd', { 'data-name': name }, values[name])]));
  }
}

function showSent() {
  find('#sent').hidden = !job.sent;
  if (job.sent) {
    write(find('#sent code'), writeJson(job.sent, 2));
    const cut = Object.entries(job.cut ?? {}).map(([field, text]) => `${field}: “${text}”`).join('; ');
    const note = find('#sent .cut');
    note.hidden = cut === '';
    note.textContent = `Left out, for Nebius takes no more: ${cut}`;
  }
}

function showRepeats() {
  const link = find('#repeats a');
  find('#repeats').hidden = !job.replayOf;
  if (job.replayOf && link.textContent !== job.replayOf) {
    link.textContent = job.replayOf;
    link.href = linkTo(`/requests/${encodeURIComponent(job.replayOf)}`);
  }
}

/** @param {object} changes fields that replace those of this job */
async function submit(changes) {
  if (submission) {
    return;
  }
  submission = new AbortController();
  const buttons = [tryAgain, anotherSeed];
  buttons.forEach((button) => button.setAttribute('aria-busy', 'true'));
  try {
    const reply = await submitAgain(requestId, changes, { signal: submission.signal, trouble: tellTrouble });
    location.assign(linkTo(`/requests/${reply.requestId}`));
  } catch (problem) {
    trouble.textContent = problem.message;
  } finally {
    submission = null;
    buttons.forEach((button) => button.removeAttribute('aria-busy'));
  }
}

function tellTrouble(problem) {
  write(trouble, problem ? `${problem.message} Trying again; whatever got through already is not made twice.` : '');
}

function write(place, text) {
  if (place.textContent !== text) {
    place.textContent = text;
  }
}
