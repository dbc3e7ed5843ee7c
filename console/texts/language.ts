import { effect, signal } from '@preact/signals';
import { readSetting, writeSetting } from '../shell/settings.ts';

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of the pages: the one that the user chose, or else that of the browser. */
export const language = signal<Language>(initialLanguage());

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
  language.value = chosen;
  writeSetting('language', chosen);
}

type Text = string | ((...values: never[]) => string);
type Texts<T> = {
  readonly [K in keyof T]: T[K] extends (...values: infer Values) => string
    ? (...values: Values) => string
    : string;
};

/**
 * The texts of a page or part. A text that one language lacks is a type error. The returned function gives
 * the texts of the present language: `const t = texts({ en: { … }, de: { … } });`, then `t().title`.
 */
export function texts<const T extends Readonly<Record<string, Text>>>(table: {
  readonly en: T;
  readonly de: NoInfer<Texts<T>>;
}): () => Texts<T> {
  return () => table[language.value] as Texts<T>;
}

function initialLanguage(): Language {
  const chosen = readSetting('language');
  return LANGUAGES.find((one) => one === chosen) ?? (navigator.language.startsWith('de') ? 'de' : 'en');
}
