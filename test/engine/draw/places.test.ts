import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import { DrawingRefused } from '../../../engine/draw/index.ts';
import { type PlacedChart, placeChart } from '../../../engine/draw/layered/placeChart.ts';
import { MARGIN, textSize } from '../../../engine/draw/metrics.ts';
import { type Sketch, sketchOf } from '../../../engine/draw/sketch.ts';
import { type Document, loadDocument, parseDocument } from '../../../engine/interpreter/index.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawn(document: Document): { readonly sketch: Sketch; readonly places: PlacedChart } {
  const sketch = sketchOf(document);
  return { sketch, places: placeChart(sketch.nodes, sketch.edges, MARGIN) };
}

const parse = (text: string): Promise<Document> =>
  parseDocument(text, { baseUrl: new URL('file:///chart.scxml') });

/** Everything that a reader would see as wrong. */
function faultsOf(document: Document): readonly string[] {
  const { sketch, places } = drawn(document);
  const faults: string[] = [];
  const boxes = new Map(places.boxes.map((box) => [box.id, box]));
  const leaves = places.boxes.filter(({ isOuter }) => !isOuter);
  const labels = places.arrows.flatMap(({ id, label }) =>
    label === undefined ? [] : [{ id, ...label, ...textSize(sketch.arrows.get(id)!.lines) }],
  );
  for (const [at, label] of labels.entries()) {
    for (const other of labels.slice(at + 1)) {
      if (overlap(label, other)) faults.push(`the texts of ${label.id} and ${other.id}`);
    }
    for (const box of leaves) if (overlap(label, box)) faults.push(`the text of ${label.id} and ${box.id}`);
  }
  for (const [at, box] of leaves.entries()) {
    for (const other of leaves.slice(at + 1))
      if (overlap(box, other)) faults.push(`${box.id} and ${other.id}`);
  }
  for (const { id, source, target } of sketch.edges) {
    const { points } = places.arrows.find((arrow) => arrow.id === id)!;
    if (!isAtBorder(points[0]!, boxes.get(source)!)) faults.push(`the start of ${id}`);
    const isNamed = target === undefined;
    if (!isNamed && !isAtBorder(points.at(-1)!, boxes.get(target)!)) faults.push(`the end of ${id}`);
    for (const [at, to] of points.slice(1).entries()) {
      const from = points[at]!;
      const [width, height] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
      if (width > 0.6 && height > 0.6) faults.push(`${id} is aslant`);
      const line = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width, height };
      for (const box of leaves) if (overlap(line, box)) faults.push(`${id} through ${box.id}`);
    }
  }
  return faults;
}

function overlap(a: Rect, b: Rect): boolean {
  return (
    a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width && a.y + 1 < b.y + b.height && b.y + 1 < a.y + a.height
  );
}

function isAtBorder({ x, y }: { readonly x: number; readonly y: number }, box: Rect): boolean {
  const isIn = x > box.x - 1 && x < box.x + box.width + 1 && y > box.y - 1 && y < box.y + box.height + 1;
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) < 1;
  return isIn && (isNear(y, box.y) || isNear(y, box.y + box.height) || isNear(x, box.x + box.width));
}

/** A chart with states inside states, and transitions between any of them. */
function chartText(shape: readonly number[], ways: readonly (readonly [number, number])[]): string {
  const parents: number[] = [];
  for (const [at, pick] of shape.entries()) parents.push(at === 0 ? -1 : (pick % (at + 1)) - 1);
  const text = (parent: number): string =>
    parents
      .map((own, at) => {
        if (own !== parent) return '';
        const inner = text(at);
        const kind =
          parents.filter((other) => other === at).length > 1 && at % 4 === 3 ? 'parallel' : 'state';
        const leaving = ways
          .filter(([from]) => from % shape.length === at)
          .map(([, to], number) => `<transition event="e${at}.${number}" target="n${to % shape.length}"/>`);
        return `<${kind} id="n${at}">${leaving.join('')}${inner}</${kind}>`;
      })
      .join('');
  return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="null">${text(-1)}</scxml>`;
}

describe('the places of a chart', () => {
  it('have no texts over others, no arrow through a state, and arrows that begin and end at their states', async () => {
    const files = ['scxml', 'examples', 'fixtures/workflows', 'fixtures/engine'].flatMap((folder) =>
      (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
        .filter((name) => name.endsWith('.scxml'))
        .map((name) => join(ROOT, folder, name)),
    );
    let count = 0;
    for (const file of files) {
      const document = await loadDocument(pathToFileURL(file), {}).catch(() => undefined);
      if (document === undefined) continue;
      count += 1;
      expect(faultsOf(document), file).to.deep.equal([]);
    }
    expect(count).to.be.greaterThan(40);
  });

  it('have none of these faults in random charts either', async () => {
    const shapes = fc.array(fc.nat(30), { minLength: 2, maxLength: 16 });
    const ways = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(shapes, ways, async (shape, arrows) => {
        expect(faultsOf(await parse(chartText(shape, arrows)))).to.deep.equal([]);
      }),
      { numRuns: 60 },
    );
  });

  it('move little with a small edit: a new leaf state moves no state of other regions', async () => {
    const file = pathToFileURL(join(ROOT, 'scxml/callback/src/chat-delay.scxml'));
    const document = await loadDocument(file, {});
    const placesOf = (of: Document, inside: string) => {
      const { places, sketch } = drawn(of);
      const around = places.boxes.find(({ id }) => sketch.boxes.get(id)!.id === inside)!;
      return places.boxes
        .filter(
          ({ x, y }) =>
            x > around.x && y > around.y && x < around.x + around.width && y < around.y + around.height,
        )
        .map(({ id, x, y }) => [
          sketch.boxes.get(id)!.title,
          Math.round(x - around.x),
          Math.round(y - around.y),
        ]);
    };
    const edited = await loadDocument(file, {
      fetchText: async (url) => {
        const { readFile } = await import('node:fs/promises');
        const text = await readFile(url, 'utf8');
        if (!url.href.endsWith('/reporting.xml')) return text;
        return text.replace(/(<state id="reportIdle">)/, '<state id="added"/>$1');
      },
    });
    expect(edited.states.length).to.equal(document.states.length + 1);
    expect(placesOf(edited, 'flow')).to.deep.equal(placesOf(document, 'flow'));
    expect(drawn(document).places).to.deep.equal(drawn(document).places);
  });

  it('are refused when arrows pass too many states', async () => {
    const shape = Array.from({ length: 1_500 }, () => 0);
    const next = shape.map((_, at): [number, number] => [at, at + 1]);
    const back = Array.from({ length: 300 }, (_, at): [number, number] => [1_499 - at, at]);
    const states = shape.map((_, at) => {
      const targets = [...next, ...back].filter(([from, to]) => from === at && to < shape.length);
      const leaving = targets.map(([, to]) => `<transition event="e" target="n${to}"/>`).join('');
      return `<state id="n${at}">${leaving}</state>`;
    });
    const document = await parse(
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="null">${states.join('')}</scxml>`,
    );
    expect(() => drawn(document)).to.throw(DrawingRefused, 'MAX_CELLS');
  });

  it('are found for 300 states in about a second of the processor', async () => {
    const ways = Array.from({ length: 58 }, (_, at): [number, number] => [at % 29, (at * 7 + at * at) % 29]);
    const region = (number: number): string => {
      const text = chartText(
        Array.from({ length: 29 }, () => 0),
        ways,
      );
      const inner = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
      return `<state id="r${number}">${inner.replaceAll(/"n(\d+)"/g, `"r${number}n$1"`)}</state>`;
    };
    const regions = Array.from({ length: 10 }, (_, number) => region(number)).join('');
    const document = await parse(
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="null"><parallel id="all">${regions}</parallel></scxml>`,
    );
    expect(document.states.length).to.equal(302);
    const start = process.cpuUsage();
    drawn(document);
    const { user } = process.cpuUsage(start);
    // It takes some 0.5 s alone, and twice as long while all processors are busy.
    expect(user / 1000).to.be.lessThan(2000);
  });
});
