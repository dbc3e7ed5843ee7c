// @ts-check
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

/** Sections of the documentation that a reader without the sources has a use for. */
const SHOWN = /^(README\.md|glossary\.md|security\.md|(guides|reference)\/[\w-]+\.md)$/;

const STYLE = `:root { color-scheme: light; --text: #1c2530; --page: #ffffff; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
  :root { color-scheme: dark; --text: #e4e9ef; --page: #14191f; --link: #8ab8f0; }
}
html { color: var(--text); background: var(--page); }
body { max-inline-size: 60rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
nav { display: flex; gap: 1rem; }
pre { padding: 0.75rem; border: 1px solid #8888; border-radius: 0.25rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; overflow-wrap: anywhere; }
:is(th, td) { padding: 0.25rem 0.5rem; border: 1px solid #8888; text-align: start; vertical-align: top; }
a { color: var(--link); }
`;

/**
 * Writes the guides and the reference of docs/ as pages of the console, so that they can be read where the
 * server is. Links to anything else become texts; pictures of the console are left out in it.
 *
 * @param {{ readonly source: string, readonly target: string }} folders
 */
export async function buildGuides({ source, target }) {
  const { Marked } = await import('marked');
  const pages = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => SHOWN.test(name));
  const shown = new Set(pages);
  for (const page of pages) {
    const marked = new Marked({ renderer: rendererOf(page, shown) });
    const text = readFileSync(join(source, page), 'utf8');
    const file = join(target, nameOf(page));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pageOf(page, text, await marked.parse(text)));
  }
  writeFileSync(join(target, 'guides.css'), STYLE);
}

/** @param {string} page */
function nameOf(page) {
  return page.replace(/\.md$/, '.html');
}

/**
 * @param {string} page
 * @param {ReadonlySet<string>} shown
 * @returns {import('marked').RendererObject}
 */
function rendererOf(page, shown) {
  return {
    heading({ tokens, depth, text }) {
      return `<h${depth} id="${slugOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    link({ href, tokens }) {
      const inner = this.parser.parseInline(tokens);
      if (/^https?:/.test(href)) return `<a href="${escaped(href)}" rel="noreferrer">${inner}</a>`;
      const [path = '', anchor] = href.split('#');
      const to = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path));
      if (!shown.has(to)) return inner;
      const from = posix.relative(posix.dirname(page), nameOf(to));
      return `<a href="${escaped(from)}${anchor === undefined ? '' : `#${escaped(anchor)}`}">${inner}</a>`;
    },
    image: () => '',
    // The documentation has none; a page shows it as text.
    html: ({ text }) => escaped(text),
  };
}

/**
 * The anchor of a heading, as GitHub makes it.
 *
 * @param {string} heading
 */
function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

/**
 * @param {string} page
 * @param {string} text
 * @param {string} content
 */
function pageOf(page, text, content) {
  const up = '../'.repeat(page.split('/').length - 1);
  const title = /^# (.+)$/m.exec(text)?.[1] ?? page;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} – Orsay</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}guides.css">
</head>
<body>
<nav><a href="${up}../">Console</a><a href="${up}README.html">Documentation</a></nav>
<main>
${content}</main>
</body>
</html>
`;
}

/** @param {string} text */
function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
