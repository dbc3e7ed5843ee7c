import { inspect } from 'node:util';

/**
 * Prints a walk for people. The first mention of an id shows the id and its name; later ones show only the
 * name.
 */
export class Narrator {
  readonly #out: NodeJS.WritableStream;
  readonly #names = new Map<string, string>();
  #scenes = 0;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  title(text: string): void {
    this.#line(text);
  }

  scene(text: string): void {
    this.#scenes += 1;
    this.#line(`\n${this.#scenes}. ${text}`);
  }

  /** Introduces an id. From then on it is printed by its name. */
  name(what: string, id: string): void {
    this.#line(`   ${what.padEnd(11)} = ${id}`);
    this.#names.set(id, `<${what}>`);
  }

  reply(who: string, request: string, reply: unknown): void {
    this.#line(`   ${who}: ${request}\n${indent(this.#text(reply))}`);
  }

  push(who: string, push: { readonly tag: string; readonly message: unknown }): void {
    this.#line(`   ${who} is told: ${this.#named(push.tag)}\n${indent(this.#text(push.message))}`);
  }

  event(who: string, event: { readonly type: string }): void {
    const { type, ...rest } = event;
    this.#line(`   ${who} sees: ${type}\n${indent(this.#text(rest))}`);
  }

  /** Prints as many fields on a line as fit. */
  #text(value: unknown): string {
    return this.#named(inspect(value, { compact: 4, breakLength: 110, depth: 8 }));
  }

  #named(text: string): string {
    let named = text;
    for (const [id, name] of this.#names) named = named.replaceAll(id, name);
    return named;
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '     ');
}
