import { Handles } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Json } from '../../engine/ports/index.ts';

/** Characters of a value. */
const MAX_VALUE = 200;

/** A value whose parts an editor can open. */
interface Opened {
  readonly value: Json;
  /** The location of the value in the data model: 'order.items[0]'. Undefined: it cannot be set. */
  readonly path: string | undefined;
}

/** The values of a stopped session, by the numbers that the protocol gives them. */
export class Variables {
  readonly #handles = new Handles<Opened>();

  /** The session goes on: no number is valid any more. */
  clear(): void {
    this.#handles.reset();
  }

  open(value: Json, path: string | undefined): number {
    return this.#handles.create({ value, path });
  }

  /** The parts of a value. Undefined: the number is not valid. */
  parts(reference: number): DebugProtocol.Variable[] | undefined {
    const opened = this.#handles.get(reference);
    if (!opened) return undefined;
    return entriesOf(opened.value).map(([name, value]) =>
      this.#variable(name, value, locationIn(opened, name)),
    );
  }

  /** The location of a part. Undefined: it cannot be set. */
  location(reference: number, name: string): string | undefined {
    const opened = this.#handles.get(reference);
    return opened && locationIn(opened, name);
  }

  /** A value as the protocol shows it: its text, and a number when it has parts. */
  shown(value: Json | undefined, path?: string): { readonly text: string; readonly reference: number } {
    if (value === undefined) return { text: 'undefined', reference: 0 };
    const text = JSON.stringify(value);
    const hasParts = typeof value === 'object' && value !== null;
    return {
      text: text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE - 1)}…` : text,
      reference: hasParts ? this.open(value, path) : 0,
    };
  }

  #variable(name: string, value: Json, path: string | undefined): DebugProtocol.Variable {
    const { text, reference } = this.shown(value, path);
    return {
      name,
      value: text,
      variablesReference: reference,
      ...(path !== undefined && { evaluateName: path }),
    };
  }
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] {
  if (Array.isArray(value)) return value.map((item, index) => [`[${index}]`, item as Json]);
  return Object.entries((value ?? {}) as { readonly [name: string]: Json });
}

function locationIn({ path }: Opened, name: string): string | undefined {
  if (path === undefined) return undefined;
  if (path === '' || name.startsWith('[')) return `${path}${name}`;
  return `${path}.${name}`;
}
