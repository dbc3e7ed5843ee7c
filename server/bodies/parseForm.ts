import { WireError } from '../errors/index.ts';
import { BODY_LIMITS } from './limits.ts';
import type { Form } from './state.ts';

/**
 * Parses application/x-www-form-urlencoded of a query string or a body. Keys stay flat (`apple.badge`,
 * `b[c]`); a repeated key becomes an array of strings. Unlike the usual parsers it refuses text that it
 * cannot decode. WHATWG URL, "application/x-www-form-urlencoded parsing".
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

/** A form without a prototype, so that a field is never mistaken for an inherited property. */
export function emptyForm(): Form {
  return Object.create(null) as Form;
}

/** Adds a field. Several fields of one name become an array. Refuses the name `__proto__`. */
export function addField(form: Form, name: string, value: string): void {
  refuseUnsafeName(name);
  const present = form[name];
  if (present === undefined) {
    form[name] = value;
    return;
  }
  form[name] = Array.isArray(present) ? [...present, value] : [present, value];
}

/** A field of this name would change the prototype of an object to which it is copied. */
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
