import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Unsaid } from '../chat.ts';
import type { Customer } from '../customer.ts';
import { type Entry, type SentFile, safeUrl } from '../entry.ts';
import type { CustomerTexts, Language } from '../texts.ts';
import { showSize } from './filePicker.tsx';

/** A line of the transcript. Its texts were written by others, and are text alone. */
export function LineView({
  line,
  hasFiles,
  customer,
  texts,
  language,
}: {
  readonly line: Entry;
  /** The customer may get files. */
  readonly hasFiles: boolean;
  readonly customer: Customer;
  readonly texts: CustomerTexts;
  readonly language: Language;
}): JSX.Element {
  const { kind, party, at } = line;
  const name = party === 'customer' ? texts.you : line.name || texts.service;
  if (kind === 'joined' || kind === 'left') {
    return <li class="oc-event">{kind === 'joined' ? texts.joined(name) : texts.left(name)}</li>;
  }
  if (kind === 'fileDeleted') return <li class="oc-event">{texts.fileDeleted}</li>;
  if (kind === 'idleAlert') return <li class="oc-event">{line.text || texts.idle}</li>;
  return (
    <li class={party === 'customer' ? 'oc-line oc-own' : 'oc-line'}>
      <span class="oc-who">
        {name}
        <time dateTime={new Date(at).toISOString()}> {showClock(at, language)}</time>
      </span>
      <span class="oc-text">
        {kind === 'url' && <PushedUrl url={line.text} texts={texts} />}
        {kind === 'file' && hasFiles && <FileLink file={line.file} customer={customer} texts={texts} />}
        {kind === 'file' && !hasFiles && (line.file?.name ?? texts.file)}
        {kind !== 'url' && kind !== 'file' && line.text}
      </span>
    </li>
  );
}

/** A message that is under way, or that was refused. */
export function UnsaidView({
  message,
  isEnded,
  customer,
  texts,
}: {
  readonly message: Unsaid;
  readonly isEnded: boolean;
  readonly customer: Customer;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const { id, text, refusal } = message;
  const isRefused = refusal !== undefined || isEnded;
  return (
    <li class="oc-line oc-own oc-unsaid">
      <span class="oc-text">{text}</span>
      <span class="oc-who">
        {refusal !== undefined && texts.refused(refusal)}
        {refusal === undefined && (isEnded ? texts.notSaid : texts.sending)}
        {isRefused && !isEnded && (
          <button type="button" class="oc-small" onClick={() => customer.takeBack(id)}>
            {texts.takeBack}
          </button>
        )}
      </span>
    </li>
  );
}

function PushedUrl({ url, texts }: { readonly url: string; readonly texts: CustomerTexts }): JSX.Element {
  const safe = safeUrl(url);
  if (safe === undefined) {
    return (
      <>
        {texts.badUrl} {url}
      </>
    );
  }
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer">
      {safe}
    </a>
  );
}

function FileLink({
  file,
  customer,
  texts,
}: {
  readonly file: SentFile | undefined;
  readonly customer: Customer;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const [refusal, setRefusal] = useState('');
  const name = file?.name ?? texts.file;
  if (file === undefined) return <>{name}</>;
  const download = (): void => {
    customer.files.download(file.id).then(
      (content) => saveAs(content, name),
      (error: unknown) => setRefusal(error instanceof Error ? error.message : ''),
    );
  };
  return (
    <>
      <button type="button" class="oc-small" onClick={download}>
        {name}
        {file.size !== undefined && ` (${showSize(file.size)})`}
      </button>
      {refusal !== '' && <span role="alert"> {refusal}</span>}
    </>
  );
}

/** Saves the content as a file. It is never opened in the page. */
function saveAs(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function showClock(at: number, language: Language): string {
  return new Date(at).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
}
