/** Faults that one repair finds. Beyond it the rest of the text stays as it is. */
const MAX_REPAIRS = 100;

/** Text with the mistakes of hand-written XML repaired, so that the rest of a document is still checked. */
export interface RepairedXml {
  readonly text: string;
  readonly faults: readonly XmlFault[];
  /** The offset in the text as written, from one in the repaired text. */
  readonly originalOffset: (offset: number) => number;
}

export interface XmlFault {
  /** In the text as written. */
  readonly offset: number;
  readonly message: string;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const NAME = /[^\s=/>"'<&]+/y;
const TAG_START = /<[A-Za-z_:]/y;
/** Inside a script, `<` begins a tag only if the whole tag is there: `i<n` does not. */
const WHOLE_TAG = /<[A-Za-z_][\w.:-]*(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*\/?>/y;
const ENTITY = /&(?:(amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);|([A-Za-z_][\w.-]*);)/iy;
/** The entities of HTML that people write most. */
const HTML_ENTITIES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    nbsp: 160, copy: 169, laquo: 171, reg: 174, deg: 176, raquo: 187, times: 215,
    agrave: 224, aacute: 225, acirc: 226, auml: 228, ccedil: 231, egrave: 232, eacute: 233, ecirc: 234,
    iacute: 237, ntilde: 241, oacute: 243, ocirc: 244, ouml: 246, uacute: 250, uuml: 252,
    Auml: 196, Ouml: 214, Uuml: 220, szlig: 223, ndash: 8211, mdash: 8212, lsquo: 8216, rsquo: 8217,
    ldquo: 8220, rdquo: 8221, bull: 8226, hellip: 8230, euro: 8364, trade: 8482, rarr: 8594,
  }), // biome-ignore format: a table
);

const SPACE = /\s*/y;
const EQUALS = /\s*=\s*/y;
const UNQUOTED = /[^\s>"'=]+/y;
/** The end of a value without its closing quote: the next attribute, the end of the tag or of the line. */
const VALUE_END = /\s[\w.:-]+\s*=\s*["']|\/?>|[\r\n]/g;

/**
 * Finds `&` that begins no entity, `<` in text and values, and quotes that are missing. Undefined when there
 * are none. Takes time in proportion to the text.
 */
export function repairXml(text: string): RepairedXml | undefined {
  const scan = new Scan(text);
  scan.run();
  if (scan.faults.length === 0) return undefined;
  return { text: applied(text, scan.edits), faults: scan.faults, originalOffset: offsets(scan.edits) };
}

class Scan {
  readonly faults: XmlFault[] = [];
  readonly edits: Edit[] = [];
  readonly #text: string;
  #at = 0;
  #isScript = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): void {
    const text = this.#text;
    while (this.#at < text.length && this.faults.length < MAX_REPAIRS) {
      const next = indexOfMarkup(text, this.#at, text.length);
      this.#at = next;
      if (next === text.length) return;
      if (text[next] === '&') this.#ampersand(text.length);
      else this.#markup();
    }
  }

  #markup(): void {
    const text = this.#text;
    const at = this.#at;
    if (text.startsWith('<!--', at)) this.#skipTo('-->');
    else if (text.startsWith('<![CDATA[', at)) this.#skipTo(']]>');
    else if (text.startsWith('<?', at)) this.#skipTo('?>');
    else if (text.startsWith('<!', at)) this.#skipTo('>');
    else if (text.startsWith('</', at)) {
      this.#isScript = false;
      this.#skipTo('>');
    } else if (test(this.#isScript ? WHOLE_TAG : TAG_START, text, at)) this.#tag();
    else this.#less('in text');
  }

  #skipTo(end: string): void {
    const found = this.#text.indexOf(end, this.#at);
    this.#at = found === -1 ? this.#text.length : found + end.length;
  }

  #tag(): void {
    const text = this.#text;
    const name = take(NAME, text, this.#at + 1);
    this.#at += 1 + name.length;
    while (this.#at < text.length && this.faults.length < MAX_REPAIRS) {
      this.#at += take(SPACE, text, this.#at).length;
      const char = text[this.#at];
      if (char === '>') {
        this.#isScript = /^(?:.*:)?script$/.test(name) && text[this.#at - 1] !== '/';
        this.#at += 1;
        return;
      }
      // The next tag begins before this one has ended: the reader of the XML reports that.
      if (char === '<') return;
      const attribute = take(NAME, text, this.#at);
      this.#at += Math.max(1, attribute.length);
      const equals = attribute === '' ? '' : take(EQUALS, text, this.#at);
      if (equals === '') continue;
      this.#at += equals.length;
      this.#value(attribute);
    }
  }

  #value(attribute: string): void {
    const text = this.#text;
    const open = this.#at;
    const quote = text[open];
    if (quote !== '"' && quote !== "'") {
      const taken = take(UNQUOTED, text, open);
      const isEmptyTag = taken.endsWith('/') && text[open + taken.length] === '>';
      const value = isEmptyTag ? taken.slice(0, -1) : taken;
      if (value === '') return;
      if (/^[“”„‘’]/.test(value)) {
        this.#typographic(attribute, open);
        return;
      }
      this.#fault(
        open,
        `got ${attribute}=${short(value)} without quotes: write ${attribute}="${short(value)}"`,
      );
      this.#edit(open, open, '"');
      this.#scanValue(open + value.length);
      this.#edit(this.#at, this.#at, '"');
      return;
    }
    this.#at = open + 1;
    const close = text.indexOf(quote, open + 1);
    if (close !== -1 && /^[\s/>?]?$/.test(text[close + 1] ?? '')) {
      this.#scanValue(close);
      this.#at = close + 1;
      return;
    }
    this.#brokenValue(attribute, quote, open);
  }

  /** Text processors write “ and ” for the quotes. */
  #typographic(attribute: string, open: number): void {
    const text = this.#text;
    const [value, inner = ''] = /^[“”„‘’]([^“”„‘’<>]*)[“”„‘’]?/.exec(text.slice(open, open + 1_000)) ?? ['“'];
    this.#fault(open, `got ${text[open]} as quote: write ${attribute}="${short(inner)}"`);
    this.#edit(open, open + 1, '"');
    this.#at = open + 1;
    this.#scanValue(open + 1 + inner.length);
    this.#edit(this.#at, open + value.length, '"');
    this.#at = open + value.length;
  }

  /** The next quote does not end the value: one is missing, or the value has quotes inside. */
  #brokenValue(attribute: string, quote: string, open: number): void {
    const text = this.#text;
    VALUE_END.lastIndex = open + 1;
    let end = VALUE_END.exec(text)?.index ?? text.length;
    while (end > open + 1 && /\s/.test(text[end - 1]!)) end -= 1;
    const isClosed = text[end - 1] === quote && end - 1 > open;
    if (!isClosed) {
      this.#fault(open, `got no closing ${quote} of the value of '${attribute}'`);
      this.#scanValue(end);
      this.#at = end;
      // Without the space, the next attribute would not be apart.
      this.#edit(end, end, quote);
      return;
    }
    const entity = quote === '"' ? '&quot;' : '&apos;';
    const inner = text.indexOf(quote, open + 1);
    const other = quote === '"' ? "'" : '"';
    this.#fault(inner, `got ${quote} inside the value of '${attribute}': write ${other} or ${entity}`);
    for (let at = inner; at < end - 1; at = text.indexOf(quote, at + 1)) {
      this.#scanValue(at);
      this.#edit(at, at + 1, entity);
      this.#at = at + 1;
    }
    this.#scanValue(end - 1);
    this.#at = end;
  }

  /** Checks a value up to its end. */
  #scanValue(end: number): void {
    while (this.#at < end) {
      this.#at = indexOfMarkup(this.#text, this.#at, end);
      if (this.#at === end) return;
      if (this.#text[this.#at] === '&') this.#ampersand(end);
      else this.#less('in the value of an attribute');
    }
  }

  #less(where: string): void {
    const cdata = this.#isScript ? ', or put the script into <![CDATA[ ]]>' : '';
    this.#fault(this.#at, `got '<' ${where}: write &lt;${cdata}`);
    this.#edit(this.#at, this.#at + 1, '&lt;');
    this.#at += 1;
  }

  #ampersand(end: number): void {
    const text = this.#text;
    const at = this.#at;
    ENTITY.lastIndex = at;
    const entity = ENTITY.exec(text);
    if (entity?.[1] !== undefined) {
      this.#at = ENTITY.lastIndex;
      return;
    }
    const isDouble = text[at + 1] === '&' && at + 1 < end;
    const size = isDouble ? 2 : 1;
    const cdata = this.#isScript ? ', or put the script into <![CDATA[ ]]>' : '';
    const code = HTML_ENTITIES.get(entity?.[2] ?? '');
    const instead = code === undefined ? '&amp;, or a number as &#160;' : `&#${code};`;
    const named = `got '${entity?.[0]}', which is none of the entities of XML: write ${instead}`;
    const written = isDouble ? '&amp;&amp; for &&' : '&amp;';
    const lone = `got '&' that begins no entity: write ${written}${cdata}`;
    this.#fault(at, entity === null ? lone : named);
    for (let index = at; index < at + size; index += 1) this.#edit(index, index + 1, '&amp;');
    this.#at += size;
  }

  #fault(offset: number, message: string): void {
    this.faults.push({ offset, message: `Expected well-formed XML, ${message}.` });
  }

  #edit(from: number, to: number, text: string): void {
    this.edits.push({ from, to, text });
  }
}

function indexOfMarkup(text: string, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x26 || code === 0x3c) return at;
  }
  return end;
}

function take(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function test(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function short(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

function applied(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of edits) {
    parts.push(text.slice(at, edit.from), edit.text);
    at = edit.to;
  }
  return parts.join('') + text.slice(at);
}

function offsets(edits: readonly Edit[]): (offset: number) => number {
  return (offset) => {
    let shift = 0;
    for (const { from, to, text } of edits) {
      const begin = from + shift;
      if (offset <= begin) break;
      if (offset < begin + text.length) return from;
      shift += text.length - (to - from);
    }
    return offset - shift;
  };
}
