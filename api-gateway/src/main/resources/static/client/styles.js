/** The styles that the workers have templates for (`StyleTemplates`); each has its thumbnail in `styles/NAME.svg`. */

/** Those of the service before come first. */
export const STYLES = [
  'realistic', 'cartoon', 'abstract', 'sketch', 'watercolor',
  '3d-model', 'analog-film', 'anime', 'cinematic', 'comic-book', 'digital-art', 'enhance', 'fantasy-art', 'isometric', 'line-art',
  'low-poly', 'modeling-compound', 'neon-punk', 'origami', 'photographic', 'pixel-art', 'tile-texture',
];

/** From here on a template is used whole; below, only the style's name is. */
const WHOLE_FROM = 0.5;

/**
 * What is made of `diffusionStrength`.
 *
 * @param {number} value
 * @param {{least: number, most: number}} [range] steps of the model at 0 and at 1
 */
export function strengthInWords(value, { least, most } = { least: 30, most: 50 }) {
  const steps = Math.round(least + (most - least) * value);
  const manner = value < 0.25 ? 'Quick and loose' : value < 0.55 ? 'Balanced' : value < 0.85 ? 'Finely worked' : 'As fine as it gets, and slowest';
  return `${manner}: drawn in ${steps} ${steps === 1 ? 'step' : 'steps'}.`;
}

/** What a worker makes of `styleIntensity` for this style, '' for none. */
export function intensityInWords(value, style) {
  if (style === '') {
    return 'No style is chosen, so this changes nothing.';
  }
  if (value === 0) {
    return 'The style is left out.';
  }
  if (!STYLES.includes(style.trim().toLowerCase())) {
    return `“in ${style.trim()} style” is added to the prompt.`;
  }
  return value < WHOLE_FROM ? 'A hint: only the name of the style is added to the prompt.' : 'In full: its name, what marks it, and what to avoid.';
}
