import type { Document, SourceLocation } from '../interpreter/index.ts';
import { textsOfBox } from './boxTexts.ts';
import { DrawingRefused } from './drawingRefused.ts';
import type { DrawnChart } from './drawnChart.ts';
import type { Point } from './layered/level.ts';
import { placeChart } from './layered/placeChart.ts';
import { MARGIN } from './metrics.ts';
import type { Overlay } from './overlay.ts';
import { type DrawnTransition, sketchOf } from './sketch.ts';
import { svgOf } from './svg.ts';

/** States of a document that is drawn. A drawing of more cannot be read. */
const MAX_DRAWN_STATES = 2_000;
/** Transitions of a document that is drawn. */
const MAX_DRAWN_TRANSITIONS = 5_000;

/** The places of all parts of a drawing, in pixels from its left upper corner. */
export interface ChartLayout {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** URLs of the document and its includes that have states or transitions. */
  readonly files: readonly string[];
  /** Outer states come before those inside. */
  readonly states: readonly {
    /** As in the document, and as `data-state` in the SVG. */
    readonly id: string;
    /** The id of its group in the SVG. */
    readonly group: string;
    readonly kind: string;
    /** Its place in the document. `file`: a number in `files`. */
    readonly file: number;
    readonly line: number;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    /** The texts below its name: actions on entry and exit, and invokes. */
    readonly label?: ChartLabel;
  }[];
  /** Ways. A transition with several targets has one to a fork, and one from it to each target. */
  readonly transitions: readonly {
    /** Number of the transition, in document order; `data-transition` in the SVG. */
    readonly transition: number;
    readonly group: string;
    /** Id of its state. */
    readonly source: string;
    /** Its place in the document. `file`: a number in `files`. */
    readonly file: number;
    readonly line: number;
    /** Empty for a transition without target: its label is in the box of its state. */
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly label?: ChartLabel;
  }[];
}

/** Texts, and their left upper corner. */
export interface ChartLabel {
  readonly x: number;
  readonly y: number;
  readonly lines: readonly string[];
}

/** The state chart of a document as SVG. Throws DrawingRefused. */
export function drawDocument(document: Document, overlay?: Overlay): string {
  return svgOf(placed(document), overlay);
}

/** The places of the state chart of a document. Throws DrawingRefused. */
export function layoutChart(document: Document): ChartLayout {
  return layoutOf(placed(document), document);
}

/** Both, for the price of one layout. Throws DrawingRefused. */
export function chartOf(document: Document): { readonly svg: string; readonly layout: ChartLayout } {
  const chart = placed(document);
  return { svg: svgOf(chart), layout: layoutOf(chart, document) };
}

function placed(document: Document): DrawnChart {
  requireAtMost(document.states.length, {
    limit: MAX_DRAWN_STATES,
    name: 'MAX_DRAWN_STATES',
    what: 'states',
  });
  requireAtMost(document.transitions.length, {
    limit: MAX_DRAWN_TRANSITIONS,
    name: 'MAX_DRAWN_TRANSITIONS',
    what: 'transitions',
  });
  const sketch = sketchOf(document);
  const file = decodeURIComponent(document.url.split('/').at(-1) ?? '');
  const title = document.name === '' || document.name === file ? file : `${document.name}  ${file}`;
  return { title, sketch, places: placeChart(sketch.nodes, sketch.edges, MARGIN) };
}

function requireAtMost(
  count: number,
  { limit, name, what }: { readonly limit: number; readonly name: string; readonly what: string },
): void {
  if (count > limit) throw new DrawingRefused(`Expected at most ${limit} ${what} (${name}), got ${count}.`);
}

function layoutOf({ title, sketch, places }: DrawnChart, { states, transitions }: Document): ChartLayout {
  const { width, height, boxes, arrows } = places;
  const files = [...new Set([...states, ...transitions].map(({ at }) => at.file))];
  const numbers = new Map(files.map((file, number) => [file, number]));
  const placeOf = ({ file, line }: SourceLocation) => ({ file: numbers.get(file)!, line });
  const partOf = (group: string, { transition, source }: DrawnTransition) => ({
    transition,
    group,
    source,
    ...placeOf(transitions[transition]!.at),
  });
  return {
    title,
    width: Math.ceil(width),
    height: Math.ceil(height),
    files,
    states: boxes.flatMap((box) => {
      const drawn = sketch.boxes.get(box.id)!;
      if (drawn.state === undefined) return [];
      const { id, at } = states[drawn.state]!;
      const { x, y, width: across, height: down } = box;
      const label = labelAt(textsOfBox(box, drawn).lines, drawn.lines);
      return [
        { id, group: box.id, kind: drawn.kind, ...placeOf(at), x, y, width: across, height: down, ...label },
      ];
    }),
    transitions: [
      ...boxes.flatMap((box) =>
        textsOfBox(box, sketch.boxes.get(box.id)!).inner.map(({ transition, at }) => ({
          ...partOf(transition.id, transition),
          points: [],
          ...labelAt(at, transition.lines),
        })),
      ),
      ...arrows.map(({ id, points, label }) => {
        const arrow = sketch.arrows.get(id)!;
        return { ...partOf(id, arrow), points, ...(label && labelAt(label, arrow.lines)) };
      }),
    ],
  };
}

function labelAt({ x, y }: Point, lines: readonly string[]): { readonly label?: ChartLabel } {
  return lines.length === 0 ? {} : { label: { x, y, lines } };
}
