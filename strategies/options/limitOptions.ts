import type { ServiceOptions } from './options.ts';

/** Options of the section `callback`: the values of services that set none. */
export type GlobalOptions = Readonly<Record<string, string | undefined>>;

/**
 * The value of a limit: the option of the service, else the global one, else the default. An empty text
 * counts as not set. A negative number means the default, and not the global value. gms-8.5.2 1.4.
 */
export function limitOf(
  name: string,
  {
    options,
    globals,
    globalName = name,
    initial,
  }: {
    readonly options: ServiceOptions;
    readonly globals: GlobalOptions;
    readonly globalName?: string;
    readonly initial: number;
  },
): number {
  const text = firstSet(options[name], globals[globalName]);
  const value = text === undefined ? initial : Number(text);
  return value >= 0 ? value : initial;
}

/** The first text that is not empty, without blanks around it. */
export function firstSet(...texts: readonly (string | undefined)[]): string | undefined {
  return texts.map((text) => (text ?? '').trim()).find((text) => text !== '');
}
