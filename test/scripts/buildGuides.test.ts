import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix, resolve } from 'node:path';
import { expect } from 'chai';
import { buildGuides } from '../../scripts/buildGuides.mjs';

describe('the documentation in the console', () => {
  let target: string;
  let pages: ReadonlyMap<string, string>;

  before(async () => {
    target = mkdtempSync(join(tmpdir(), 'orsay-guides-'));
    await buildGuides({ source: resolve(import.meta.dirname, '../../docs'), target });
    const names = readdirSync(target, { recursive: true, encoding: 'utf8' });
    const html = names.map((name) => name.replaceAll('\\', '/')).filter((name) => name.endsWith('.html'));
    pages = new Map(html.map((name) => [name, readFileSync(join(target, name), 'utf8')]));
  });
  after(() => rmSync(target, { recursive: true }));

  it('has the guides and the reference', () => {
    const names = ['README.html', 'guides/console.html', 'guides/cluster.html', 'reference/limits.html'];
    expect([...pages.keys()]).to.include.members(names);
    expect(pages.get('guides/cluster.html')).to.match(/<title>Two machines – Orsay<\/title>/);
  });

  it('links only to pages and headings that it has', () => {
    const wrong = [...pages].flatMap(([name, text]) =>
      [...text.matchAll(/<a href="([^"]+)"(?! rel)/g)]
        .map(([, href]) => href as string)
        .filter((href) => !leads(name, href))
        .map((href) => `${name}: ${href}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('has no markup but its own', () => {
    for (const [name, text] of pages) {
      expect(text, name).not.to.match(/<(script|style|img|iframe|form)\b|javascript:|\son\w+="/i);
    }
  });

  function leads(name: string, href: string): boolean {
    const [path = '', anchor] = href.split('#');
    const to = path === '' ? name : posix.join(posix.dirname(name), path);
    // The console itself.
    if (to === '../') return true;
    return pages.has(to) && (anchor === undefined || pages.get(to)!.includes(`id="${anchor}"`));
  }
});
