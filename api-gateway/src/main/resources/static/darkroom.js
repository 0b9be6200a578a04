const POLL_MILLISECONDS = 700;
const find = (selector) => document.querySelector(selector);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function say(text, failed = false) {
  find('#message').textContent = text;
  find('#message').classList.toggle('failed', failed);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function show(job) {
  find('#steps').replaceChildren(
    ...job.logs.map((log) => element('li', `${new Date(log.timestamp).toLocaleTimeString()}  ${log.step.replaceAll('_', ' ')}`)));
  if (job.imageUrl) {
    find('#picture img').src = job.imageUrl;
    find('#picture img').alt = job.metadata.prompt;
    find('#picture figcaption').textContent =
      `${job.metadata.width} × ${job.metadata.height}, seed ${job.metadata.seed}, ${job.metadata.model}`;
    find('#picture').hidden = false;
  }
}

// An error that says nothing is a gateway out of reach; asking again is right, submitting again is not.
async function ask(requestId) {
  for (;;) {
    const reply = await fetch(`/api/generate/${requestId}`).catch(() => null);
    if (reply?.ok) {
      const job = await reply.json();
      show(job);
      if (job.status === 'completed' || job.status === 'failed') {
        return job;
      }
      say(job.status === 'started' ? 'Waiting for a worker …' : 'Developing …');
    } else {
      say('The gateway does not answer; still asking …', true);
    }
    await pause(POLL_MILLISECONDS);
  }
}

async function submit(form) {
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
  const reply = await fetch('/api/generate', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  }).catch(() => null);
  const answer = await reply?.json().catch(() => null);
  if (!reply?.ok) {
    say(answer?.error ?? 'The gateway does not answer; try again in a moment.', true);
    return;
  }
  const job = await ask(answer.requestId);
  say(job.success ? 'Done.' : job.error.message, !job.success);
}

async function refresh() {
  const reply = await fetch('/api/logs?limit=20').catch(() => null);
  if (!reply?.ok) {
    return;
  }
  const { logs } = await reply.json();
  find('#rows').replaceChildren(...logs.map((log) => {
    const row = document.createElement('tr');
    row.append(
      element('td', new Date(log.created_at).toLocaleTimeString()),
      element('td', log.request_id),
      element('td', log.status),
      element('td', log.step),
      element('td', log.prompt));
    return row;
  }));
}

find('#submission').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = find('#submission button');
  button.disabled = true;
  find('#picture').hidden = true;
  find('#steps').replaceChildren();
  say('Submitting …');
  try {
    await submit(event.target);
  } finally {
    button.disabled = false;
    await refresh();
  }
});
find('#refresh').addEventListener('click', refresh);
await refresh();
