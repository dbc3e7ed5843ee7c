import { textsOfBox } from './boxTexts.ts';
import type { DrawnChart } from './drawnChart.ts';
import type { Point } from './layered/level.ts';
import type { PlacedArrow, PlacedBox } from './layered/placeChart.ts';
import { FONT, FONT_SIZE, LINE_HEIGHT, PADDING, textSize, textWidth } from './metrics.ts';
import type { Overlay } from './overlay.ts';
import type { Arrow, Box, DrawnTransition } from './sketch.ts';

const STYLE = `
text { font-family: ${FONT}; font-size: ${FONT_SIZE}px; fill: #1f2933; white-space: pre; }
.title { font-weight: bold; }
.place { fill: #7b8794; }
.box { fill: #ffffff; stroke: #486581; stroke-width: 1.4; }
.compound { fill: #f5f7fa; }
.region { stroke-dasharray: 6 4; }
.sign > rect, .sign > circle { fill: #334e68; stroke: none; }
.arrow { fill: none; stroke: #627d98; stroke-width: 1.3; }
.head { fill: #627d98; stroke: none; }
.back { fill: #ffffff; fill-opacity: 0.85; stroke: none; }
.visited > .box { stroke: #2f8132; fill: #f1f9f1; }
.active > .box { stroke: #b44d12; stroke-width: 2.6; fill: #fff3c4; }
.taken > .arrow { stroke: #2f8132; stroke-width: 2; }
.taken > .head, .state > .taken > text { fill: #2f8132; }
.never { opacity: 0.45; }
.never > .never { opacity: 1; }
`;

/** The size of a head of an arrow. */
const HEAD = 7;
/** The radius of corners of arrows. */
const CORNER = 5;

/**
 * The drawing as SVG. Each state is a group of the class `state` with its id as `data-state`, each transition
 * one of the class `transition` with `data-transition` (its number in the document), `data-source` and
 * `data-line`. A page lights a group by the class `active`, `visited`, `taken` or `never`.
 */
export function svgOf({ title, sketch, places }: DrawnChart, overlay?: Overlay): string {
  const { boxes, arrows } = sketch;
  const width = Math.ceil(places.width);
  const height = Math.ceil(places.height);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    textAt(title, { x: 16, y: 24 }, 'title'),
    ...places.boxes.map((box) => boxSvg(box, boxes.get(box.id)!, overlay)),
    ...places.arrows.map((way) => arrowSvg(way, arrows.get(way.id)!, overlay)),
    '</svg>',
    '',
  ].join('\n');
}

function boxSvg(placed: PlacedBox, box: Box, overlay: Overlay | undefined): string {
  const content = shapeOf(placed, box, placed.isOuter ? 'box compound' : 'box');
  const id = box.id === undefined ? '' : ` id="${escaped(placed.id)}" data-state="${escaped(box.id)}"`;
  const name = marked(box.id === undefined ? 'sign' : `state ${stateMark(box, overlay)}`);
  const texts = textsSvg(placed, box, overlay);
  return `<g${id}${name}><title>${escaped(box.tooltip)}</title>${content}${texts}</g>`;
}

function stateMark({ state }: Box, overlay: Overlay | undefined): string {
  if (overlay === undefined || state === undefined) return '';
  if (overlay.active.has(state)) return 'active';
  if (overlay.visited === undefined) return '';
  return overlay.visited.has(state) ? 'visited' : 'never';
}

function shapeOf({ x, y, width, height }: PlacedBox, box: Box, kind: string): string {
  if (box.kind === 'initial') {
    return `<circle class="sign" cx="${num(x + width / 2)}" cy="${num(y + height / 2)}" r="${width / 2}"/>`;
  }
  if (box.kind === 'fork') return rect('sign', { x, y, width, height, radius: 2 });
  const inset = 3;
  const radius = box.kind === 'history' ? height / 2 : 8;
  const isFinal = box.kind === 'final';
  return [
    rect(box.kind === 'region' ? `${kind} region` : kind, { x, y, width, height, radius }),
    isFinal
      ? rect('box', {
          x: x + inset,
          y: y + inset,
          width: width - 2 * inset,
          height: height - 2 * inset,
          radius: 6,
        })
      : '',
    textAt(box.title, { x: x + PADDING, y: y + PADDING + 11 }, 'title'),
    textAt(box.place, { x: x + width - PADDING - textWidth(box.place), y: y + PADDING + 11 }, 'place'),
  ].join('');
}

/** The lines below the title, and the transitions without target. */
function textsSvg(placed: PlacedBox, box: Box, overlay: Overlay | undefined): string {
  const { lines, inner } = textsOfBox(placed, box);
  return [
    linesAt(lines, box.lines),
    ...inner.map(({ transition, at }) =>
      transitionSvg(transition.id, transition, overlay, linesAt(at, transition.lines)),
    ),
  ].join('');
}

function arrowSvg({ id, points, label }: PlacedArrow, arrow: Arrow, overlay: Overlay | undefined): string {
  const text = label === undefined ? '' : labelOf(label, arrow);
  return transitionSvg(id, arrow, overlay, `${wayOf(points, arrow)}${text}`);
}

function transitionSvg(
  id: string,
  { transition, source, line, tooltip }: DrawnTransition,
  overlay: Overlay | undefined,
  content: string,
): string {
  const mark = overlay?.taken === undefined ? '' : overlay.taken.has(transition) ? 'taken' : 'never';
  return [
    `<g id="${escaped(id)}" data-transition="${transition}" data-source="${escaped(source)}"`,
    ` data-line="${line}"${marked(`transition ${mark}`)}><title>${escaped(tooltip)}</title>${content}</g>`,
  ].join('');
}

function labelOf({ x, y }: Point, { lines }: Arrow): string {
  return `${rect('back', { x, y, ...textSize(lines), radius: 2 })}${linesAt({ x, y }, lines)}`;
}

function linesAt({ x, y }: Point, lines: readonly string[]): string {
  return lines.map((line, at) => textAt(line, { x: x + 2, y: y + 12 + at * LINE_HEIGHT }, '')).join('');
}

function wayOf(points: readonly Point[], { end }: Arrow): string {
  const [last, to] = [points.at(-2), points.at(-1)];
  if (last === undefined || to === undefined) return '';
  const angle = (Math.atan2(to.y - last.y, to.x - last.x) * 180) / Math.PI;
  const head = `<path class="head" transform="translate(${num(to.x)} ${num(to.y)}) rotate(${num(angle)})" d="M0 0L${-HEAD} ${-HEAD / 2}L${-HEAD} ${HEAD / 2}Z"/>`;
  return `<path class="arrow" d="${pathOf(points)}"/>${end === 'head' ? head : ''}`;
}

/** A line with round corners. */
function pathOf(points: readonly Point[]): string {
  const parts = [`M${at(points[0]!)}`];
  for (const [index, corner] of points.slice(1, -1).entries()) {
    const before = towards(corner, points[index]!);
    const after = towards(corner, points[index + 2]!);
    parts.push(`L${at(before)}Q${at(corner)} ${at(after)}`);
  }
  return `${parts.join('')}L${at(points.at(-1)!)}`;
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function rect(
  name: string,
  box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly radius: number;
  },
): string {
  const { x, y, width, height, radius } = box;
  return `<rect class="${name}" x="${num(x)}" y="${num(y)}" width="${num(width)}" height="${num(height)}" rx="${radius}"/>`;
}

function textAt(text: string, { x, y }: Point, name: string): string {
  if (text === '') return '';
  return `<text${marked(name)} x="${num(x)}" y="${num(y)}" xml:space="preserve">${escaped(text)}</text>`;
}

function marked(name: string): string {
  return name.trim() === '' ? '' : ` class="${name.trim()}"`;
}

function at({ x, y }: Point): string {
  return `${num(x)} ${num(y)}`;
}

function num(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** XML has no form for most control characters. A tooltip keeps its lines. */
function escaped(text: string): string {
  return text
    .replaceAll(/(?!\n)[\p{Cc}\uFFFE\uFFFF]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
