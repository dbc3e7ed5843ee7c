/** A code, and its text for people. */
export interface Coded {
  readonly code: string;
  readonly text: string;
}

/** A text that agents insert into a message. */
export interface CannedText {
  readonly id: string;
  readonly text: string;
  readonly title?: string | undefined;
  readonly group?: string | undefined;
  /** A language tag; undefined: for customers of all languages. */
  readonly language?: string | undefined;
}

/** The section `desktop` of the configuration. */
export interface DesktopSettings {
  readonly cannedTexts: readonly CannedText[];
  readonly notReadyReasons: readonly Coded[];
  readonly dispositions: readonly Coded[];
  readonly afterWork: { readonly seconds: number; readonly disposition: 'optional' | 'required' };
}

/**
 * The texts of a group, for a language. A text in `de` is for a customer whose language is `de-AT`; a text
 * without a language is for all.
 */
export function cannedTextsFor(
  texts: readonly CannedText[],
  { group, language }: { readonly group?: string | undefined; readonly language?: string | undefined },
): readonly CannedText[] {
  const wanted = language?.toLowerCase();
  return texts.filter((text) => {
    if (group !== undefined && text.group !== group) return false;
    const own = text.language?.toLowerCase();
    return wanted === undefined || own === undefined || wanted === own || wanted.startsWith(`${own}-`);
  });
}
