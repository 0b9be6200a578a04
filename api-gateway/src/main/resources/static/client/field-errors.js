/** What is wrong, beside the field that it is about: the field's id is its name in the API, the place for words is `NAME-error`. */

/** `negative_prompt must …`: a message continues a sentence that begins with the field. */
const NAMES = {
  prompt: 'The prompt', negative_prompt: 'The negative prompt', diffusionStrength: 'Diffusion strength', styleIntensity: 'Style intensity',
  style: 'The style', width: 'The width', height: 'The height', seed: 'The seed', model: 'The model', count: 'The number of pictures',
};

/**
 * @param {HTMLFormElement} form
 * @param {{field: string, message: string}[]}
 * @returns {string} what is wrong with things that have no field here, '' for nothing
 */
export function showErrors(form, errors) {
  clearErrors(form);
  const homeless = errors.filter((error) => !tell(form, error));
  return homeless.map(inWords).join(' ');
}

/** Those in which something is wrong, in the order of the page. */
export const wrongFields = (form) => [...form.querySelectorAll('[aria-invalid="true"]')];

export function clearErrors(form) {
  form.querySelectorAll('[aria-invalid]').forEach((field) => clearError(form, field));
}

/** Once a field is being mended, what was said about it is old. */
export function clearError(form, field) {
  if (field.hasAttribute('aria-invalid')) {
    field.removeAttribute('aria-invalid');
    form.querySelector(`#${field.id}-error`).textContent = '';
  }
}

function tell(form, error) {
  const name = CSS.escape(error.field);
  const field = form.querySelector(`#${name}`);
  const place = form.querySelector(`#${name}-error`);
  if (!field || !place) {
    return false;
  }
  field.setAttribute('aria-invalid', 'true');
  place.textContent = inWords(error);
  return true;
}

const inWords = ({ field, message }) => `${NAMES[field] ?? field} ${message}.`;
