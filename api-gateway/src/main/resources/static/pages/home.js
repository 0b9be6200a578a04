import '../components/site-navigation.js';
import '../components/system-state.js';
import '../components/picture-wall.js';

import { formAddress } from '../client/job-fields.js';
import { linkTo } from '../client/links.js';

const BODY = `'{"prompt": "A beautiful sunset over mountains", "width": 1200, "height": 480, "seed": 14}'`;
const SUBMIT = `curl -i ${location.origin}${linkTo('/api/generate')} -H 'Content-Type: application/json' \\\n  -d ${BODY}`;

document.querySelector('[data-curl="submit"]').textContent = SUBMIT;
document.querySelector('[data-curl="wait"]').textContent = SUBMIT.replace(' \\\n', ` -H 'Prefer: wait=30' \\\n`);

/** By itself the form would put the prompt into the query, where a long one does not fit. */
document.querySelector('.quick').addEventListener('submit', (event) => {
  event.preventDefault();
  location.assign(formAddress({ prompt: event.target.elements.prompt.value }));
});
