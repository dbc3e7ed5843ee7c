import { dictionary } from '../../engine/ports/index.ts';
import { PatternError } from './errors.ts';
import { translateJavaPattern } from './javaPattern.ts';

/** Values of one request. */
export const MAX_MATCHED_VALUES = 100;
/** Characters of one value. */
export const MAX_MATCHED_CHARS = 1000;

/** Name to pattern, in the order in which they are tried. */
export type PatternList = Readonly<Record<string, string>>;

/** The section `patterns` of the configuration. */
export interface PatternLists {
  readonly list: PatternList;
  readonly groups: Readonly<Record<string, PatternList>>;
}

/** Matches texts with RegExps, within a limit of time. */
export interface TextMatcher {
  /**
   * For each text the index of the first pattern (source of a RegExp with the flag `v`) that matches it; -1:
   * none does. Rejects with the index of the pattern that took too long.
   */
  firstMatches(
    patterns: readonly string[],
    texts: readonly string[],
  ): Promise<
    { readonly found: readonly number[] } | { readonly tooCostly: number; readonly limitMs: number }
  >;
}

interface TranslatedList {
  readonly names: readonly string[];
  readonly sources: readonly string[];
}

interface TranslatedLists {
  readonly lists: PatternLists;
  /** The general list and all groups. */
  readonly all: TranslatedList;
  readonly groups: Readonly<Record<string, TranslatedList>>;
}

/** The general list of patterns, and its groups. Patterns match whole values. gms-8.5.2-facts 5. */
export class Patterns {
  readonly #lists: () => PatternLists;
  readonly #matcher: TextMatcher;
  #translated: TranslatedLists;

  /** `lists`: those that count now. Throws PatternError PATTERN_INVALID. */
  constructor({ lists, matcher }: { readonly lists: () => PatternLists; readonly matcher: TextMatcher }) {
    this.#lists = lists;
    this.#matcher = matcher;
    this.#translated = translatedLists(lists());
  }

  hasGroup(group: string): boolean {
    return this.#present().groups[group] !== undefined;
  }

  /**
   * The name of the first pattern that matches each value; values that no pattern matches are left out.
   * Without a group, the patterns of the general list and of all groups count. Rejects with PatternError
   * PATTERN_GROUP_UNKNOWN, PATTERN_TOO_COSTLY or PATTERN_VALUES_INVALID.
   */
  async match(
    values: Readonly<Record<string, string>>,
    group?: string,
  ): Promise<Readonly<Record<string, string>>> {
    const { all, groups } = this.#present();
    const list = group === undefined ? all : groups[group];
    if (list === undefined) throw new PatternError('PATTERN_GROUP_UNKNOWN', `Group (${group}) unknown.`);
    const entries = Object.entries(values);
    requireFew(entries);
    if (entries.length === 0 || list.sources.length === 0) return {};
    const texts = entries.map(([, text]) => text);
    const result = await this.#matcher.firstMatches(list.sources, texts);
    if ('tooCostly' in result) {
      throw new PatternError(
        'PATTERN_TOO_COSTLY',
        `Expected every match within ${result.limitMs} ms; the pattern '${list.names[result.tooCostly]}' took longer.`,
      );
    }
    return Object.fromEntries(
      entries.flatMap(([name], index) => {
        const found = result.found[index]!;
        return found === -1 ? [] : [[name, list.names[found]!]];
      }),
    );
  }

  #present(): TranslatedLists {
    const lists = this.#lists();
    if (this.#translated.lists !== lists) this.#translated = translatedLists(lists);
    return this.#translated;
  }
}

function translatedLists(lists: PatternLists): TranslatedLists {
  return {
    lists,
    all: translatedList(
      Object.entries(lists.list).concat(Object.values(lists.groups).flatMap(Object.entries)),
    ),
    groups: dictionary(
      Object.fromEntries(
        Object.entries(lists.groups).map(([name, list]) => [name, translatedList(Object.entries(list))]),
      ),
    ),
  };
}

function translatedList(entries: readonly (readonly [string, string])[]): TranslatedList {
  return {
    names: entries.map(([name]) => name),
    sources: entries.map(([, pattern]) => translateJavaPattern(pattern)),
  };
}

function requireFew(entries: readonly (readonly [string, string])[]): void {
  if (entries.length > MAX_MATCHED_VALUES) {
    throw new PatternError(
      'PATTERN_VALUES_INVALID',
      `Expected at most MAX_MATCHED_VALUES (${MAX_MATCHED_VALUES}) parameters, got ${entries.length}.`,
    );
  }
  const long = entries.find(([, text]) => text.length > MAX_MATCHED_CHARS);
  if (long === undefined) return;
  throw new PatternError(
    'PATTERN_VALUES_INVALID',
    `Expected '${long[0].slice(0, 64)}' to have at most MAX_MATCHED_CHARS (${MAX_MATCHED_CHARS}) characters, got ${long[1].length}.`,
  );
}
