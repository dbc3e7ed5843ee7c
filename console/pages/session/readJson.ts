import { texts } from '../../texts/language.ts';

const t = texts({
  en: { expected: (why: string) => `Expected JSON: ${why}` },
  de: { expected: (why: string) => `JSON erwartet: ${why}` },
});

/** The value of a text; undefined for an empty one. Throws an error that says what is wrong. */
export function readJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(t().expected((error as Error).message));
  }
}
