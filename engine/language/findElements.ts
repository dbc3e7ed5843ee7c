import type { XmlText } from '../interpreter/index.ts';
import type { ScannedElement, ScannedFile } from './scanXml.ts';

/** The innermost element around an offset. */
export function elementAt({ roots }: ScannedFile, offset: number): ScannedElement | undefined {
  let found: ScannedElement | undefined;
  let among: readonly (ScannedElement | XmlText)[] = roots;
  for (;;) {
    const inside: ScannedElement | undefined = among.find(
      (node): node is ScannedElement => node.kind === 'element' && node.offset < offset && offset < node.end,
    );
    if (inside === undefined) return found;
    found = inside;
    among = inside.children;
  }
}

/** An element, and the offset of the inline <scxml> around it; -1 outside of one. */
export interface Found {
  readonly element: ScannedElement;
  readonly inline: number;
}

/** The elements of a file in document order. */
export function* elementsIn({ roots }: Pick<ScannedFile, 'roots'>): Generator<Found> {
  const waiting: Found[] = roots.toReversed().map((element) => ({ element, inline: -1 }));
  for (let found = waiting.pop(); found; found = waiting.pop()) {
    const { element } = found;
    const inline = element.local === 'scxml' && element.parent ? element.offset : found.inline;
    yield { element, inline };
    for (const child of element.children.toReversed()) {
      if (child.kind === 'element') waiting.push({ element: child, inline });
    }
  }
}
