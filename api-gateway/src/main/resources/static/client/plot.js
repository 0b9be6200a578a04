/**
 * Drawing over time with uPlot, in the page's own colours, light or dark, and with the keyboard. The library comes as a
 * WebJar; its version stands in the root pom.xml, not in this address.
 */

import { linkTo } from './links.js';

/** Its small build is a script of the old kind, half the weight of its module. */
const uPlot = await new Promise((loaded, failed) => {
  const script = document.createElement('script');
  script.src = linkTo('/webjars/uplot/dist/uPlot.iife.min.js');
  script.addEventListener('load', () => loaded(window.uPlot));
  script.addEventListener('error', () => failed(new Error('The library that draws is not there.')));
  document.head.append(script);
});

const HEIGHT = 160;

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} colour a custom property of the style sheet, such as `--completed`
 * @property {boolean} [dashed]
 * @property {boolean} [bars]
 * @property {boolean} [hatched]
 * @property {boolean} [dotted] each value is a point; lines join only neighbours
 */

export class Plot {
  #uplot;
  #host;
  #probe;
  #said;
  #changes = new AbortController();
  #resized;

  /**
   * @param {HTMLElement} host which the drawing fills
   * @param {Line[]} lines
   * @param {{axis: (value: number) => string, said: (index: number | null) => void}} words for the axis, and who hears
   *     of the place that is pointed at
   */
  constructor(host, lines, { axis, said }) {
    this.#host = host;
    this.#said = said;
    this.#probe = host.appendChild(Object.assign(document.createElement('span'), { hidden: true }));
    this.#uplot = new uPlot(this.#options(lines, axis), [[], ...lines.map(() => [])], host);
    const { signal } = this.#changes;
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#uplot.redraw(), { signal });
    host.addEventListener('keydown', (event) => this.#step(event), { signal });
    host.addEventListener('blur', () => this.#uplot.setCursor({ left: -10, top: -10 }), { signal });
    this.#resized = new ResizeObserver(() => this.#uplot.setSize({ width: host.clientWidth, height: HEIGHT }));
    this.#resized.observe(host);
  }

  /** @param {number[]} times seconds since 1970 @param {(number | null)[][]} values one row per line */
  show(times, values) {
    this.#uplot.setData([times, ...values]);
  }

  destroy() {
    this.#changes.abort();
    this.#resized.disconnect();
    this.#uplot.destroy();
  }

  #options(lines, axis) {
    const dim = () => this.#colour('--dim');
    const line = () => this.#colour('--line');
    const font = '12px system-ui, sans-serif';
    const common = { stroke: dim, font, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    return {
      width: Math.max(200, this.#host.clientWidth),
      height: HEIGHT,
      padding: [8, half(font), 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { y: { range: (_, __, most) => [0, Math.max(1, most) * 1.08] } },
      axes: [
        { ...common, grid: { show: false }, values: (_, times) => clockWords(times), space: 70, size: 28 },
        { ...common, values: (_, values) => values.map(axis), size: 46, space: 36 },
      ],
      series: [{}, ...lines.map((each) => this.#series(each))],
      hooks: { setCursor: [({ cursor }) => this.#said(cursor.idx ?? null)] },
    };
  }

  #series({ label, colour, dashed, bars, hatched, dotted }) {
    const stroke = () => this.#colour(colour);
    if (dotted) {
      return { label, stroke, width: 2, dash: dashed ? [6, 4] : undefined, paths: neighbours, points: { show: true, size: 6, fill: stroke } };
    }
    if (!bars) {
      return { label, stroke, width: 2, dash: dashed ? [6, 4] : undefined, points: { size: 5 } };
    }
    return { label, stroke, width: 1, points: { show: false }, paths: uPlot.paths.bars({ size: [0.8, 24] }), fill: () => (hatched ? hatch(stroke()) : stroke()) };
  }

  /** A custom property as the page shows it now. */
  #colour(name) {
    this.#probe.style.color = `var(${name})`;
    return getComputedStyle(this.#probe).color;
  }

  #step(event) {
    const times = this.#uplot.data[0];
    const from = this.#uplot.cursor.idx ?? (event.key === 'ArrowLeft' ? times.length : -1);
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: times.length - 1 }[event.key];
    if (to !== undefined && times.length > 0) {
      event.preventDefault();
      const place = Math.min(Math.max(to, 0), times.length - 1);
      this.#uplot.setCursor({ left: this.#uplot.valToPos(times[place], 'x'), top: 10 });
    }
  }
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockWords = (times) => times.map((time) => clock.format(1_000 * time));

/** The latest time may stand at the right edge, and is written around its place. */
function half(font) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.font = font;
  return Math.ceil(pen.measureText(clock.format(new Date(2026, 0, 1, 22, 58))).width / 2) + 4;
}

/** Draws from each value to the next where nothing is missing in between. */
function neighbours(plot, series, from, to) {
  const stroke = new Path2D();
  const [times] = plot.data;
  const values = plot.data[series];
  for (let place = from; place <= to; place += 1) {
    if (isThere(values[place])) {
      const point = [plot.valToPos(times[place], 'x', true), plot.valToPos(values[place], 'y', true)];
      if (place > from && isThere(values[place - 1])) {
        stroke.lineTo(...point);
      } else {
        stroke.moveTo(...point);
      }
    }
  }
  return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 1 };
}

const isThere = (value) => value !== null && value !== undefined;

/** Failures are hatched: they are told from the rest without their colour, too. */
function hatch(colour) {
  const tile = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const pen = tile.getContext('2d');
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5;
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat');
}
