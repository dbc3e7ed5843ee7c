import { render } from 'preact';
import { newId } from '../customer/index.ts';
import viewCss from '../customer/view/view.css?inline';
import { readOptions, type WidgetOptions } from './options.ts';
import widgetCss from './widget.css?inline';
import { WidgetView } from './widgetView.tsx';

/** The name of a visitor, who has no other. It stays with the browser. */
const VISITOR = 'orsay.visitor';

start();

/** Reads the attributes of the script element, and adds the widget to the page. */
function start(): void {
  const script = document.currentScript;
  if (!(script instanceof HTMLScriptElement)) return;
  try {
    const options = readOptions(script, {
      language: document.documentElement.lang || navigator.language,
      visitor,
      global: window as unknown as Record<string, unknown>,
    });
    if (document.body === null) document.addEventListener('DOMContentLoaded', () => show(options));
    else show(options);
  } catch (error) {
    console.error('orsay widget:', error);
  }
}

/** The widget has a shadow root, so styles of the page and of the widget do not touch each other. */
function show(options: WidgetOptions): void {
  const host = document.createElement('orsay-chat');
  const root = host.attachShadow({ mode: 'open' });
  // A policy of the page against inline styles does not concern a constructed sheet.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(viewCss + widgetCss);
  root.adoptedStyleSheets = [sheet];
  document.body.append(host);
  render(<WidgetView options={options} storage={storageOf(options)} />, root);
}

function storageOf({ isRemembered }: Pick<WidgetOptions, 'isRemembered'>): Storage | undefined {
  try {
    return isRemembered ? localStorage : sessionStorage;
  } catch {
    // The browser forbids it: the widget works, and a reload begins anew.
    return undefined;
  }
}

function visitor(): string {
  const made = `visitor-${newId()}`;
  try {
    const kept = localStorage.getItem(VISITOR) ?? made;
    localStorage.setItem(VISITOR, kept);
    return kept;
  } catch {
    return made;
  }
}
