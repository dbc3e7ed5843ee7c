/** Longest delay of a <send>: 10 years. A longer one is a fault of the document. */
export const MAX_DELAY_MS = 10 * 366 * 24 * 3600 * 1000;

/**
 * A CSS2 time (`10s`, `.5s`, `200ms`; also m, h, d) in milliseconds. Undefined when the text is not one. W3C
 * 6.2.
 */
export function parseDelay(text: string): number | undefined {
  const trimmed = text.trim();
  let end = trimmed.length;
  while (end > 0 && isLetter(trimmed.charCodeAt(end - 1))) end--;
  const amount = trimmed.slice(0, end).trimEnd();
  if (!isDecimal(amount)) return undefined;
  const unit = unitOf(trimmed.slice(end));
  // A number without a unit is accepted only when it is zero; other numbers would be ambiguous.
  if (unit === undefined) return end === trimmed.length && Number(amount) === 0 ? 0 : undefined;
  const milliseconds = Number(amount) * unit;
  return milliseconds <= MAX_DELAY_MS ? milliseconds : undefined;
}

function unitOf(letters: string): number | undefined {
  switch (letters) {
    case 'ms':
      return 1;
    case 's':
      return 1000;
    case 'm':
      return 60_000;
    case 'h':
      return 3_600_000;
    case 'd':
      return 86_400_000;
    default:
      return undefined;
  }
}

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}

/** Digits with at most one point, and a digit after the point. */
function isDecimal(text: string): boolean {
  let points = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) points++;
    else if (code < 48 || code > 57) return false;
  }
  return text.length > 0 && points <= 1 && text.charCodeAt(text.length - 1) !== 46;
}
