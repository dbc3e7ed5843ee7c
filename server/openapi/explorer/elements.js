/**
 * An element with properties and children. Children that are text stay text: nothing of the document is read
 * as HTML.
 * @param {string} tag
 * @param {Record<string, unknown>} properties of the element; `class` and names with a hyphen are attributes
 * @param {...unknown} children elements, texts, or nothing
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (name === 'class' || name.includes('-')) made.setAttribute(name, String(value));
    else made[name] = value;
  }
  made.append(...children.flat(2).filter((child) => child !== undefined && child !== ''));
  return made;
}

/** Paragraphs, lists and code spans of a description. */
export function prose(text = '') {
  return text
    .split(/\n\n+/)
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n');
      if (!lines.every((line) => line.startsWith('- '))) return element('p', {}, spans(block));
      return element(
        'ul',
        {},
        lines.map((line) => element('li', {}, spans(line.slice(2)))),
      );
    });
}

/** Texts and code spans. */
export function spans(text) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? element('code', {}, part) : part));
}

/** A value as JSON for people; a text as it is. */
export function shown(value) {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}

/** The object that a `$ref` names, and its name. */
export function resolved(api, part) {
  const reference = part?.$ref;
  if (reference === undefined) return { part, name: undefined };
  const path = reference.slice(2).split('/');
  return { part: path.reduce((found, name) => found?.[name], api), name: path.at(-1) };
}
