/** A choice of a user for this browser. A browser may refuse storage, and then forgets it. */
export type Setting = 'language' | 'theme' | 'demo';

export function readSetting(setting: Setting): string | undefined {
  try {
    return localStorage.getItem(`orsay.${setting}`) ?? undefined;
  } catch {
    // Storage is switched off.
    return undefined;
  }
}

export function writeSetting(setting: Setting, value: string): void {
  try {
    localStorage.setItem(`orsay.${setting}`, value);
  } catch {
    // Storage is switched off: the choice counts until the page is closed.
  }
}
