import '../components/site-navigation.js';
import '../components/prompt-field.js';
import '../components/style-picker.js';
import '../components/slider-field.js';
import '../components/size-field.js';
import '../components/seed-field.js';
import '../components/generated-picture.js';
import '../components/job-progress.js';
import '../components/connection-notice.js';

import { findModels } from '../client/api.js';
import { AskForm } from '../client/ask-form.js';
import { draftInAddress, keepDraft, keptDraft } from '../client/draft.js';
import { element } from '../client/elements.js';
import { clearError, clearErrors, showErrors, wrongFields } from '../client/field-errors.js';
import { FollowJobs } from '../client/follow-jobs.js';
import { askedOf } from '../client/job-fields.js';
import { linkTo } from '../client/links.js';
import { say } from '../client/say.js';
import { submitAgain, submitJobs } from '../client/submit-jobs.js';

/** As many as one connection follows. */
const MOST_JOBS = 16;

const form = document.querySelector('#ask');
const ask = new AskForm(form);
const button = form.querySelector('[type="submit"]');
const giveUp = form.querySelector('#give-up');
const trouble = form.querySelector('#trouble');
const tray = document.querySelector('#jobs');
const title = document.querySelector('#tray-title');
const connection = document.querySelector('connection-notice');

let followed;
let submission;
let areModelsKnown = false;

history.scrollRestoration = 'manual';
fillIn();
show(jobsInAddress());
reveal();
new ResizeObserver(measureBar).observe(form.querySelector('.submit'));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
form.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    submit();
  }
});
form.addEventListener('input', ({ target }) => {
  clearError(form, target);
  if (trouble.querySelector('a')) {
    summarize('');
  }
  keepDraft(ask.values);
  showSize();
});
giveUp.addEventListener('click', () => submission?.abort());
addEventListener('popstate', () => {
  show(jobsInAddress());
  reveal();
});
addEventListener('hashchange', takeFromAddress);
document.addEventListener('access', ({ detail: mayRead }) => mayRead && offerModels());
tray.addEventListener('again', (event) => {
  event.preventDefault();
  const { requestId, changes } = event.detail;
  send(async (watch) => [await submitAgain(requestId, changes, watch)]);
});
tray.addEventListener('vary', (event) => {
  event.preventDefault();
  vary(event.detail);
});

document.querySelector('#empty').addEventListener('click', ({ target }) => {
  if (target.matches('button')) {
    begin({ prompt: target.textContent, style: target.dataset.look });
  }
});

/** Until they are known, and where they are not told, the form is as for the usual model. */
async function offerModels() {
  if (areModelsKnown) {
    return;
  }
  areModelsKnown = true;
  try {
    ask.offer((await findModels()).models);
    showSize();
  } catch {
    areModelsKnown = false; // asked again when the page is looked at again
  }
}

/** What the address asks for comes before what was here last. */
function fillIn() {
  const kept = keptDraft();
  if (kept) {
    ask.fill(kept);
  }
  takeFromAddress();
  showSize();
}

function takeFromAddress() {
  const draft = draftInAddress(location);
  if (draft) {
    ask.fill({ ...defaults(draft), ...draft });
    keepDraft(ask.values);
    history.replaceState(null, '', jobsAddress(jobsInAddress()));
    form.elements.prompt.focus();
    showSize();
  }
}

/** An address that names a whole request means it without what was in the form before. */
function defaults(draft) {
  return 'seed' in draft ? { negative_prompt: '', style: '', model: '', loras: [], count: 1 } : { model: '', loras: [] };
}

/** Whoever types an id may use capitals; steps name it in small letters. */
function jobsInAddress() {
  const named = new URLSearchParams(location.search).getAll('job').map((id) => id.toLowerCase());
  return [...new Set(named)].slice(0, MOST_JOBS);
}

function jobsAddress(requestIds) {
  return requestIds.length === 0 ? linkTo('/generate') : linkTo(`/generate?${new URLSearchParams(requestIds.map((id) => ['job', id]))}`);
}

function submit() {
  if (submission) {
    return; // the one before is still on its way
  }
  const errors = ask.check();
  trouble.textContent = '';
  if (errors.length > 0) {
    showMistakes(errors);
    return;
  }
  clearErrors(form);
  const fields = ask.fields();
  keepDraft(ask.values);
  send((watch) => submitJobs(fields, watch));
}

/** The summary comes first: the bar grows with it, and the field has to be seen above the bar. */
function showMistakes(errors) {
  summarize(showErrors(form, errors));
  wrongFields(form)[0]?.focus();
}

/** How many fields are wrong, with a way to the first, where its own message may be out of sight. */
function summarize(more) {
  const [first, ...others] = wrongFields(form);
  const count = others.length === 0 ? '1 field needs attention' : `${others.length + 1} fields need attention`;
  const link = first && element('a', { href: `#${first.id}`, click: goTo(first) }, count);
  trouble.replaceChildren(...[link, more].filter(Boolean));
  measureBar();
}

const goTo = (field) => (event) => {
  event.preventDefault(); // or the address would say what the form is to hold
  field.focus();
};

/** What is scrolled to comes to stand above the bar. */
function measureBar() {
  document.documentElement.style.setProperty('--bar', `${form.querySelector('.submit').offsetHeight}px`);
}

/** @param {(watch: object) => Promise<object[]>} handIn submits jobs, and gives the replies */
async function send(handIn) {
  if (submission) {
    return;
  }
  submission = new AbortController();
  busy(true);
  try {
    const replies = await handIn({ signal: submission.signal, trouble: tellTrouble });
    rememberSeeds(replies);
    accepted(replies);
  } catch (problem) {
    refused(problem);
  } finally {
    submission = null;
    busy(false);
  }
}

function busy(is) {
  button.setAttribute('aria-busy', String(is));
  button.textContent = is ? 'Handing it in…' : 'Generate';
  giveUp.hidden = true;
  trouble.classList.remove('waiting');
}

function tellTrouble(problem) {
  giveUp.hidden = !problem;
  trouble.classList.toggle('waiting', problem !== null);
  const text = problem ? `${problem.message} Trying again; whatever got through already is not made twice.` : '';
  if (trouble.textContent !== text) {
    trouble.textContent = text;
  }
}

function accepted(replies) {
  trouble.textContent = '';
  const requestIds = replies.map((reply) => reply.requestId);
  history.pushState(null, '', jobsAddress(requestIds));
  show(requestIds, replies);
  reveal(); // the focus stays, so that the next words can be tried at once
  say(requestIds.length === 1 ? 'Accepted.' : `${requestIds.length} pictures accepted.`);
}

/** Where the form stands above the jobs, whoever comes for the jobs sees them. */
function reveal() {
  if (followed.jobs.length > 0) {
    tray.closest('section').scrollIntoView({ block: 'start' });
  }
}

function refused(problem) {
  if (problem.name === 'AbortError') {
    trouble.textContent = 'Stopped. It may have been accepted before that; then it is in the logs.';
  } else if (problem.errors?.length > 0) {
    showMistakes(problem.errors);
  } else {
    trouble.textContent = problem.message;
  }
}

function show(requestIds, replies = []) {
  followed?.stop();
  document.querySelector('#empty').hidden = requestIds.length > 0;
  title.textContent = requestIds.length > 1 ? 'Your pictures' : 'Your picture';
  followed = new FollowJobs(requestIds);
  followed.addEventListener('connection', ({ detail }) => (connection.state = detail));
  tray.classList.toggle('several', requestIds.length > 1);
  tray.replaceChildren(...followed.jobs.map(card));
  if (requestIds.length > 0) {
    followed.start(replies);
  }
}

function card(job, index) {
  const picture = element('generated-picture');
  const progress = element('job-progress');
  picture.more = furtherActions(job);
  picture.job = job;
  progress.job = job;
  const place = element('li', { 'aria-label': `Picture ${index + 1}` }, picture, progress);
  job.addEventListener('change', () => {
    if (job.isUnknown) {
      place.replaceChildren(element('p.notice.bad', {}, 'There is no job with this id: ', element('code', {}, job.requestId)));
    } else {
      fillFromJob(job);
    }
  });
  return place;
}

function furtherActions(job) {
  return [
    element('button.quiet', { type: 'button', click: () => reuseSeed(job) }, 'Keep its seed'),
    element('a.button.quiet', { href: linkTo(`/requests/${encodeURIComponent(job.requestId)}`) }, 'All about it'),
  ];
}

function reuseSeed(job) {
  ask.seed.reuse(job.asked.seed);
  say(`Seed ${job.asked.seed} is kept for the next picture.`);
}

function vary(fields) {
  begin({ negative_prompt: '', style: '', model: '', loras: [], ...askedOf(fields), seed: String(fields.seed), keepSeed: true, count: 1 });
}

/** Fills the form, and lets the words be changed at once. */
function begin(fields) {
  ask.fill(fields);
  keepDraft(ask.values);
  showSize();
  const prompt = form.elements.prompt;
  prompt.focus();
  prompt.setSelectionRange(prompt.value.length, prompt.value.length);
  prompt.closest('.sheet').scrollIntoView({ block: 'nearest' });
}

/** In another tab the form is empty; there it takes what was asked for. */
function fillFromJob(job) {
  if (form.elements.prompt.value === '' && keptDraft() === null && job.asked.prompt) {
    ask.fill({ ...askedOf(job.asked), keepSeed: false });
    showSize();
  }
}

function rememberSeeds(replies) {
  const list = document.querySelector('#seeds');
  list.prepend(...replies.map(({ metadata }) => element('option', { value: metadata.seed })));
}

/** The empty place has the shape of the picture that would come. */
function showSize() {
  const { width, height } = ask.size;
  if (width > 0 && height > 0) {
    const empty = document.querySelector('#empty');
    empty.style.setProperty('--width', width);
    empty.style.setProperty('--height', height);
    empty.querySelector('#empty-size').textContent = `${width} × ${height}`;
  }
}
