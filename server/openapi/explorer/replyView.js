import { element, shown } from './elements.js';

/** Characters of a reply that the page shows. */
const MAX_SHOWN_CHARS = 500_000;

/** Sends requests and shows their replies: status, headers and body. */
export class ReplyView {
  element = element('section', { class: 'reply', 'aria-live': 'polite' });
  #stop = new AbortController();

  /** `credentials`: headers that say who sends the request. */
  async send({ url, init }, credentials) {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const begin = performance.now();
    const stopButton = element('button', { type: 'button' }, 'Stop');
    stopButton.addEventListener('click', () => stop.abort());
    this.element.replaceChildren(element('p', {}, `${init.method} /${url} … `, stopButton));
    try {
      const reply = await fetch(url, {
        ...init,
        headers: { ...credentials, ...init.headers },
        signal: stop.signal,
      });
      const status = element(
        'strong',
        { class: reply.ok ? 'good' : 'bad' },
        `${reply.status} ${reply.statusText}`,
      );
      const time = element('small', {}, `${Math.round(performance.now() - begin)} ms`);
      const body = element('pre', { tabindex: 0 });
      this.element.replaceChildren(
        element('h3', {}, 'Reply'),
        element('p', {}, `${init.method} /${url} `, status, ' ', time, ' ', stopButton),
        headersOf(reply),
        body,
      );
      await show(reply, body);
      stopButton.remove();
    } catch (error) {
      const message = error.name === 'AbortError' ? 'Stopped.' : error.message;
      this.element.append(element('p', { class: 'bad' }, message));
      stopButton.remove();
    }
  }
}

function headersOf({ headers }) {
  const rows = [...headers].map(([name, value]) => element('li', {}, element('code', {}, name), ` ${value}`));
  return element('details', {}, element('summary', {}, `${rows.length} headers`), element('ul', {}, rows));
}

async function show(reply, body) {
  const type = reply.headers.get('content-type') ?? '';
  if (!/json|text|xml|csv|javascript/.test(type)) return showBytes(reply, body, type);
  if (!type.startsWith('text/event-stream')) {
    const text = await reply.text();
    body.textContent = pretty(text, type).slice(0, MAX_SHOWN_CHARS) || 'No body.';
    return;
  }
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    body.textContent = (body.textContent + value).slice(-MAX_SHOWN_CHARS);
  }
}

function pretty(text, type) {
  if (!type.includes('json')) return text;
  try {
    return shown(JSON.parse(text));
  } catch {
    // The text itself says more than an error about it.
    return text;
  }
}

async function showBytes(reply, body, type) {
  const blob = await reply.blob();
  if (blob.size === 0) {
    body.textContent = 'No body.';
    return;
  }
  const link = element('a', { href: URL.createObjectURL(blob), download: 'reply' }, 'Save');
  body.replaceChildren(`${blob.size} bytes of ${type || 'an unknown type'}. `, link);
}
