/* Values out of the texts that start parameters and user data are. */

/** The non-negative number of an option's text; `fallback` when it is empty or not a number. */
function readNumber(text, fallback) {
  if (text === undefined || text === null || String(text).trim() === '') return fallback;
  const number = Number(text);
  return Number.isFinite(number) && number >= 0 ? number : fallback;
}

/** 'true' and 'false' in any case; `fallback` for everything else. */
function readBoolean(text, fallback) {
  const word = String(text).trim().toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  return fallback;
}

/** Text without surrounding blanks; '' for an absent option. */
function readText(text) {
  return text === undefined || text === null ? '' : String(text).trim();
}

/** The names in an option that lists them with commas. */
function readNames(text) {
  return readText(text)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** An option that is a JSON object; {} when it is empty, malformed or another value. */
function readObject(text) {
  const value = parseJson(text);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** The value of JSON text, or the value itself if it is not text; undefined for invalid JSON. */
function parseJson(text) {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch (_fault) {
    return undefined;
  }
}
