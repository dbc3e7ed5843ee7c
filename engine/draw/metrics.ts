import type { LayoutOptions } from 'elkjs/lib/elk-api.js';

/**
 * A font in which every character has the same width, so that texts are measured without a font. All fonts
 * of the list are about so wide.
 */
export const FONT = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";
export const FONT_SIZE = 12;
export const LINE_HEIGHT = 15;
export const PADDING = 8;
const CHARACTER = FONT_SIZE * 0.605;
/** Between a title and its source line. */
const GAP = 10;

interface Size {
  readonly width: number;
  readonly height: number;
}

export function textWidth(text: string): number {
  return [...text].length * CHARACTER;
}

export function textSize(lines: readonly string[]): Size {
  return { width: Math.max(...lines.map(textWidth)) + 4, height: lines.length * LINE_HEIGHT + 2 };
}

/** The least size of a box with these texts. */
export function sizeOf(box: {
  readonly title: string;
  readonly place: string;
  readonly lines: readonly string[];
}): Size {
  const head = textWidth(box.title) + GAP + textWidth(box.place);
  const width = Math.max(head, ...box.lines.map(textWidth)) + 2 * PADDING;
  const body = box.lines.length === 0 ? 0 : box.lines.length * LINE_HEIGHT + PADDING / 2;
  return { width, height: LINE_HEIGHT + 2 * PADDING + body };
}

/** The layout keeps the order of the document. Places are those of the whole drawing. */
export const TOP_OPTIONS: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.padding': '[top=40,left=16,bottom=16,right=16]',
  'elk.spacing.nodeNode': '24',
  'elk.spacing.edgeLabel': '3',
  'elk.spacing.edgeNode': '14',
  'elk.layered.spacing.nodeNodeBetweenLayers': '28',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
  'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
};

export function BOX_OPTIONS({ width, height }: Size): LayoutOptions {
  return {
    'elk.padding': `[top=${height + 6},left=14,bottom=14,right=14]`,
    'elk.nodeSize.constraints': 'MINIMUM_SIZE',
    'elk.nodeSize.minimum': `(${width},${height})`,
  };
}

/** A drawing with more arrows is laid out with less effort. Nobody follows single arrows in it. */
export const MANY_ARROWS = 200;
/** For drawings with many arrows: some more of them cross, and the layout takes a quarter less time. */
export const QUICK_OPTIONS: LayoutOptions = {
  'elk.layered.thoroughness': '1',
  'elk.layered.crossingMinimization.greedySwitch.type': 'OFF',
};
