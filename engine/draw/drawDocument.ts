import type { Document, SourceLocation } from '../interpreter/index.ts';
import { DrawingRefused } from './drawingRefused.ts';
import type { DrawnChart } from './drawnChart.ts';
import { placeChart } from './layered/placeChart.ts';
import { MARGIN } from './metrics.ts';
import type { Overlay } from './overlay.ts';
import { sketchOf } from './sketch.ts';
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
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly label?: { readonly x: number; readonly y: number; readonly lines: readonly string[] };
  }[];
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
  return {
    title,
    width: Math.ceil(width),
    height: Math.ceil(height),
    files,
    states: boxes.flatMap((box) => {
      const { state, kind } = sketch.boxes.get(box.id)!;
      if (state === undefined) return [];
      const { id, at } = states[state]!;
      const { x, y, width: across, height: down } = box;
      return [{ id, group: box.id, kind, ...placeOf(at), x, y, width: across, height: down }];
    }),
    transitions: arrows.map(({ id, points, label }) => {
      const { transition, lines } = sketch.arrows.get(id)!;
      const { source, at } = transitions[transition]!;
      return {
        transition,
        group: id,
        source: states[source]!.id,
        ...placeOf(at),
        points,
        ...(label !== undefined && { label: { ...label, lines } }),
      };
    }),
  };
}
