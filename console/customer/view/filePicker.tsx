import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Customer } from '../customer.ts';
import type { FileLimits } from '../files.ts';
import type { CustomerTexts } from '../texts.ts';

/** The button for a file. Its limits are shown before a file is chosen. */
export function FilePicker({
  customer,
  texts,
}: {
  readonly customer: Customer;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [limits, setLimits] = useState<FileLimits | undefined>(undefined);
  const [notice, setNotice] = useState('');
  const isOpen = limits !== undefined;
  const ask = (): void => {
    if (isOpen) setLimits(undefined);
    else customer.files.limits().then(setLimits, (error: unknown) => setNotice(reasonOf(error)));
  };
  const send = async (file: File | undefined): Promise<void> => {
    if (file === undefined || limits === undefined) return;
    const most = Math.min(limits.fileSize, limits.totalSize);
    if (file.size > most) {
      setNotice(texts.fileTooLarge(showSize(most)));
      return;
    }
    setNotice(texts.uploading);
    await customer.upload(file);
    setNotice('');
    setLimits(undefined);
  };
  return (
    <div class="oc-files">
      <button type="button" aria-expanded={isOpen} onClick={ask}>
        {texts.attach}
      </button>
      {limits !== undefined && limits.files === 0 && <p>{texts.noFiles}</p>}
      {limits !== undefined && limits.files > 0 && (
        <label>
          <span class="oc-hint">
            {texts.fileLimits(limits.files, showSize(limits.fileSize), limits.types.join(', '))}
          </span>
          <input
            type="file"
            ref={input}
            accept={limits.types.map((type) => `.${type}`).join(',')}
            onChange={(event) => void send(event.currentTarget.files?.[0])}
          />
        </label>
      )}
      <span role="status">{notice}</span>
    </div>
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Bytes as a person reads them: `2 MB`. */
export function showSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${Math.round(bytes / 100_000) / 10} MB`;
}
