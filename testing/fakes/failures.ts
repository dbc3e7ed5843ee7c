import type { FetchReply, FetchRequest } from '../../engine/interpreter/stepper/index.ts';

/** The way in which requests to a fake fail. 'silence': they get no answer. A number is a status. */
export type FakeFailure = 'unreachable' | 'timeout' | 'silence' | number;

/** The failures that a test has ordered. */
export class Failures {
  readonly #ordered: { readonly failure: FakeFailure; readonly path: string }[] = [];

  /** `path`: a part of the URLs that fail. */
  add(failure: FakeFailure, path: string): void {
    this.#ordered.unshift({ failure, path });
  }

  clear(): void {
    this.#ordered.length = 0;
  }

  /** Undefined: the request does not fail. */
  of({ url }: FetchRequest): FetchReply | 'silence' | undefined {
    const failure = this.#ordered.find(({ path }) => url.includes(path))?.failure;
    return typeof failure === 'number' ? { status: failure } : failure;
  }
}
