import type { PlacedChart } from './layered/placeChart.ts';
import type { Sketch } from './sketch.ts';

/** A drawing with its places. */
export interface DrawnChart {
  readonly title: string;
  readonly sketch: Sketch;
  readonly places: PlacedChart;
}
