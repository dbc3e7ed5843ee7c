import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';

const root = resolve(import.meta.dirname, '..');
const CODE_FOLDERS = [
  'engine',
  'strategies',
  'server',
  'cli',
  'scxml',
  'test',
  'bench',
  'console',
  'examples',
];
const reference = join(root, 'docs/reference');
/** Pages that the code cites, each with the numbers of its sections. */
const PAGES = new Map(
  ['ors-dialect', 'gms-api', 'urs-routing', 'data-model'].map((page) => [
    page,
    sectionsOf(readFileSync(join(reference, `${page}.md`), 'utf8')),
  ]),
);

function sectionsOf(markdown: string): ReadonlySet<string> {
  return new Set([...markdown.matchAll(/^#+ (\d+(?:\.\d+)*)\.? /gm)].map((match) => match[1]!));
}

/** Folders that are generated or installed. */
const SKIPPED = /(^|\/)(node_modules|dist|data|coverage|guide-[^/]*|\.[^/]+)$|^docs\/api$/;

/** Paths of all files with one of these extensions, from the root. */
function filesUnder(folder: string, extensions: RegExp): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return SKIPPED.test(path) ? [] : filesUnder(path, extensions);
    }
    return extensions.test(entry.name) ? [path] : [];
  });
}

const code = CODE_FOLDERS.filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => filesUnder(folder, /\.(tsx?|mjs|js|scxml|xml|md)$/))
  .filter((file) => file !== 'test/docs.test.ts')
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
const pages = filesUnder('.', /\.md$/).map((file) => ({
  file,
  text: readFileSync(join(root, file), 'utf8'),
}));

/** The formatter's line width (biome.json), and that of .editorconfig for Markdown. */
const COMMENT_WIDTH = 110;
const PROSE_WIDTH = 120;

describe('the documentation', () => {
  it('has every section that the code cites', () => {
    const wrong = code.flatMap(({ file, text }) =>
      citationsOf(text)
        .filter(({ page, section }) => !PAGES.get(page)!.has(section))
        .map(({ page, section }) => `${file}: ${page} ${section}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('finds citations that share a page, or go over two lines', () => {
    const text = `/** See data-model 4 and 8; gms-api 2.6,
 * 4.2. (ors-dialect 2.8
 * to 2.12) [urs-routing](docs/reference/urs-routing.md) data-model. */`;
    expect(citationsOf(text).map(({ page, section }) => `${page} ${section}`)).to.deep.equal([
      'data-model 4',
      'data-model 8',
      'gms-api 2.6',
      'gms-api 4.2',
      'ors-dialect 2.8',
      'ors-dialect 2.12',
      'data-model without a section',
    ]);
  });

  it('cites no source that is not in the repository', () => {
    const elsewhere =
      /genesys-facts|durability\.md|chat-facts|routing-facts|GMS API [Rr]eference,|[Ss]eed page/;
    expect(code.filter(({ text }) => elsewhere.test(text)).map(({ file }) => file)).to.deep.equal([]);
  });

  it('finds each label of an invariant in one file only', () => {
    const files = new Map<string, Set<string>>();
    for (const { file, text } of code) {
      for (const [, label] of text.matchAll(/^\s*(?:\*|\/\/)\s+([A-Z]{1,3}\d+)[.:] /gm)) {
        files.set(label!, (files.get(label!) ?? new Set()).add(file));
      }
    }
    const shared = [...files].filter(([, defining]) => defining.size > 1);
    expect(shared.map(([label, defining]) => `${label}: ${[...defining].join(', ')}`)).to.deep.equal([]);
  });

  it('keeps comments within the width of the formatter, and prose within 120 characters', () => {
    const comments = code.flatMap(({ file, text }) =>
      /\.(ts|mjs)$/.test(file) ? longLines(file, text, /^\s*(?:\*|\/\/|\/\*\*)\s(?!\|)/, COMMENT_WIDTH) : [],
    );
    const written = pages.filter(({ file }) => file !== 'CHANGELOG.md');
    const prose = written.flatMap(({ file, text }) =>
      longLines(file, text.replace(/^```[\s\S]*?^```/gm, ''), /^(?!\s*\||#)/, PROSE_WIDTH),
    );
    expect([...comments, ...prose]).to.deep.equal([]);
  });

  it('pads no cell in tables to which many changes add a row, so that a row changes no other line', () => {
    const shared = ['configuration', 'errors', 'http', 'limits'].map((name) => `docs/reference/${name}.md`);
    const padded = pages
      .filter(({ file }) => shared.includes(file))
      .flatMap(({ file, text }) => [...text.matchAll(/^\|.* {2}.*$/gm)].map(([line]) => `${file}: ${line}`));
    expect(padded).to.deep.equal([]);
  });

  it('has no comment that begins with what, who or of as its subject', () => {
    const household = /^\s*(?:\/\*\*|\*|\/\/)\s+(?:What|Who|Of (?!course)|One that|Those that)\b.*/gm;
    const wrong = code.flatMap(({ file, text }) =>
      /\.(ts|mjs)$/.test(file)
        ? [...text.matchAll(household)].map(([line]) => `${file}: ${line.trim()}`)
        : [],
    );
    expect(wrong).to.deep.equal([]);
  });

  it('has the file and the heading that every relative link names', () => {
    const wrong = pages.flatMap(({ file, text }) =>
      linksOf(text)
        .filter((link) => !leadsSomewhere(file, link))
        .map((link) => `${file}: ${link}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('names every folder of strategies/ and server/ in the README there', () => {
    const missing = ['strategies', 'server'].flatMap((area) => {
      const { text } = pages.find(({ file }) => file === `${area}/README.md`)!;
      return readdirSync(join(root, area), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !text.includes(`\`${entry.name}/\``))
        .map(({ name }) => `${area}/${name}`);
    });
    expect(missing).to.deep.equal([]);
  });

  it('leads from docs/README.md to every page of docs/', () => {
    const reached = new Set(['docs/README.md']);
    for (const file of reached) {
      const { text } = pages.find((page) => page.file === file)!;
      for (const link of linksOf(text)) {
        const target = join(dirname(file), link.replace(/#.*/, ''));
        if (target.startsWith('docs/') && target.endsWith('.md')) reached.add(target);
      }
    }
    const missing = pages
      .map(({ file }) => file)
      .filter((file) => file.startsWith('docs/') && !reached.has(file));
    expect(missing).to.deep.equal([]);
  });
});

/** Lines that match `kind` and are wider than `width`, but for lines that are one long word (a URL). */
function longLines(file: string, text: string, kind: RegExp, width: number): string[] {
  return text
    .split('\n')
    .filter((line) => line.length > width && kind.test(line) && /\S\s+\S+\s+\S+\s/.test(line))
    .map((line) => `${file}: ${line.trim()}`);
}

interface Citation {
  readonly page: string;
  readonly section: string;
}

/** Every section that a text cites: `ors-dialect 2.3`, also `ors-dialect 2.3, 2.5 and 2.7`. */
function citationsOf(text: string): Citation[] {
  const number = String.raw`\d+(?:\.\d+)*`;
  const list = `(${number}(?:(?:, | and | to )${number})*)`;
  const pattern = new RegExp(
    String.raw`(?<![\w/-])(${[...PAGES.keys()].join('|')})(?![\w-]|\.md)(?: ${list})?`,
    'g',
  );
  const joined = text.replace(/\s*\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ').replace(/\[[^\]]*\]\([^)]*\)/g, '');
  return [...joined.matchAll(pattern)].flatMap((match) => {
    const page = match[1]!;
    const sections = match[2]?.split(/, | and | to /) ?? ['without a section'];
    return sections.map((section) => ({ page, section }));
  });
}

function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(file: string, link: string): boolean {
  const [path, heading] = link.split('#') as [string, string | undefined];
  const target = path === '' ? join(root, file) : resolve(root, dirname(file), path);
  if (!existsSync(target)) return false;
  return heading === undefined || headingsOf(readFileSync(target, 'utf8')).includes(heading);
}

/** Headings as anchors, as GitHub makes them. */
function headingsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
