import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../engine/ports/index.ts';

/** Shown in place of a secret. */
export const MASK = '***';

/**
 * The names of options that are secrets, whatever part of a name they are. No option of the platform is one;
 * services have options of their own for their documents, such as `crm_password`.
 */
const SECRET_NAMES: readonly RegExp[] = [
  /pass(?:word|wd|phrase)/i,
  /(?:^|[_.-])pwd(?:$|[_.-])/i,
  /secret/i,
  /token/i,
  /credential/i,
  /authorization/i,
  /(?:api|access|private|auth)[_.-]?key/i,
  // Keys of push services.
  /^(?:debug\.)?(?:fcm\.serviceAccount|apple\.(?:key|certificate))$/,
];
/** Names of files, whatever they have. */
const FILE_NAME = /File$/;
/** The user and password of a URL. */
const URL_USER = /(:\/\/)[^/\s?#]*@/g;

/** A URL in which a mask takes the place of the user or the password. */
const MASKED_URL = /:\/\/[^/\s?#]*\*{3}@/;

type JsonObject = { readonly [name: string]: Json };

/** A value without secrets: those of options with such names, and the passwords in URLs. */
export function withoutSecrets(value: Json, name = ''): Json {
  if (typeof value === 'string') {
    return value !== '' && isSecret(name) ? MASK : value.replace(URL_USER, `$1${MASK}@`);
  }
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, name));
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, one]) => [key, withoutSecrets(one, key)]);
    return Object.fromEntries(entries);
  }
  return typeof value === 'number' && isSecret(name) ? MASK : value;
}

/**
 * The given value with the stored secrets in the places where it has their masks: somebody has edited what
 * they saw. A mask in another place stays.
 */
export function withStoredSecrets(given: Json, stored: Json | undefined, name = ''): Json {
  if (stored === undefined) return given;
  if (isObject(given) && isObject(stored)) {
    const entries = Object.entries(given).map(([key, one]) => [
      key,
      withStoredSecrets(one, Object.hasOwn(stored, key) ? stored[key] : undefined, key),
    ]);
    return Object.fromEntries(entries);
  }
  if (Array.isArray(given) && Array.isArray(stored)) return withSecretsOfList(given, stored, name);
  if (typeof given !== 'string' || !given.includes(MASK)) return given;
  return withoutSecrets(stored, name) === given ? stored : given;
}

/** An entry keeps its secrets also when others before it were added or removed. */
function withSecretsOfList(given: readonly Json[], stored: readonly Json[], name: string): Json {
  const shown = stored.map((one) => withoutSecrets(one, name));
  return given.map((one, at) => {
    const isSame = (other: Json | undefined) => isDeepStrictEqual(other, one);
    const from = isSame(shown[at]) ? at : shown.findIndex(isSame);
    return withStoredSecrets(one, stored[from === -1 ? at : from], name);
  });
}

/** The names of the secrets for which a value has only the mask. */
export function masksIn(value: Json, name = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => masksIn(one, name)))];
  if (isObject(value)) return Object.entries(value).flatMap(([key, one]) => masksIn(one, key));
  if (typeof value !== 'string') return [];
  return (value === MASK && isSecret(name)) || MASKED_URL.test(value) ? [name] : [];
}

function isSecret(name: string): boolean {
  return !FILE_NAME.test(name) && SECRET_NAMES.some((pattern) => pattern.test(name));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
