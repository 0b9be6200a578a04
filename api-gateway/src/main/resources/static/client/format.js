/** Times, durations and numbers for people, in the browser's language and time zone. */

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const whole = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]];

/** `14:03:07`, with the day where it is not today. */
export function time(instant) {
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  return today ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`;
}

const minutes = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** `14:03`, with the day where it is not today. */
export function minute(instant) {
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  return today ? minutes.format(at) : `${day.format(at)}, ${minutes.format(at)}`;
}

/** `3 minutes ago`. */
export function ago(instant) {
  const passed = new Date(instant) - Date.now();
  const [unit, size] = UNITS.find(([, length]) => Math.abs(passed) >= length) ?? UNITS.at(-1);
  return relative.format(Math.round(passed / size), unit);
}

/** A duration: `84 ms`, `1.6 s`, `2 min 5 s`, `3 h 2 min`. */
export function duration(milliseconds) {
  if (milliseconds < 1_000) {
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }
  if (milliseconds < 59_950) {
    return `${(milliseconds / 1_000).toFixed(1)} s`;
  }
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 3_600) {
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `12,345`. */
export const number = (value) => whole.format(value);

/** `84 KB`; a thousand bytes are one. */
export function bytes(count) {
  if (count < 1_000) {
    return `${count} B`;
  }
  return count < 1_000_000 ? `${Math.round(count / 1_000)} KB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

/** `nebius_http_500` becomes `nebius http 500`. */
export const words = (code) => code.replaceAll('_', ' ');

const exact = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

/** `14:03:07.123`, with the day where it is not today. */
export function exactTime(instant) {
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  return today ? exact.format(at) : `${day.format(at)}, ${exact.format(at)}`;
}
