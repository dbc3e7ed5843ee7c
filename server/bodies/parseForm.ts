import { WireError } from '../errors/index.ts';
import { BODY_LIMITS } from './limits.ts';
import type { Form } from './state.ts';

/**
 * application/x-www-form-urlencoded, of a query string or a body: keys stay flat as they came
 * (`apple.badge`, `b[c]`), a key that occurs again makes an array of strings. Unlike the usual parsers it
 * refuses what it cannot decode instead of guessing. WHATWG URL, "application/x-www-form-urlencoded parsing".
 */
export function parseForm(text: string, where: 'query string' | 'form'): Form {
  if (text === '') return emptyForm();
  const fields = text.split('&').filter((field) => field !== '');
  if (fields.length > BODY_LIMITS.MAX_FIELDS) {
    throw new WireError('BODY_TOO_LARGE', {
      message: `The ${where} has ${fields.length} fields; MAX_FIELDS is ${BODY_LIMITS.MAX_FIELDS}.`,
    });
  }
  const form = emptyForm();
  for (const field of fields) {
    const equals = field.indexOf('=');
    const name = decode(equals === -1 ? field : field.slice(0, equals), where);
    addField(form, name, equals === -1 ? '' : decode(field.slice(equals + 1), where));
  }
  return form;
}

/** No prototype, so that a field can never be mistaken for an inherited property. */
export function emptyForm(): Form {
  return Object.create(null) as Form;
}

/** Adds a field; the second and later ones of a name join into an array. Refuses `__proto__`. */
export function addField(form: Form, name: string, value: string): void {
  refuseUnsafeName(name);
  const present = form[name];
  if (present === undefined) {
    form[name] = value;
    return;
  }
  form[name] = Array.isArray(present) ? [...present, value] : [present, value];
}

/** Such a name would change the object it is copied into somewhere further on. */
export function refuseUnsafeName(name: string): void {
  if (name === '__proto__') {
    throw new WireError('BODY_MALFORMED', { message: "A field may not be named '__proto__'." });
  }
}

function decode(text: string, where: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch (cause) {
    throw new WireError('BODY_MALFORMED', {
      message: `The ${where} has '${text.slice(0, 80)}', which is not percent-encoded UTF-8.`,
      cause,
    });
  }
}
