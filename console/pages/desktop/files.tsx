import type { JSX } from 'preact';
import { call, urlOf } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { useAction } from '../../parts/form.tsx';
import { Failed, Shown } from '../../parts/states.tsx';
import type { Conversation } from './conversation.ts';
import { t } from './deskTexts.ts';

/** The files of a chat, or the attachments of an e-mail, to which no agent adds one. */
export function Files({
  one,
  agentId,
  isOpen,
}: {
  readonly one: Conversation;
  readonly agentId: string;
  readonly isOpen: boolean;
}): JSX.Element {
  const uploads = one.entries.value.filter(({ type }) => type.startsWith('Notice.File')).length;
  const files = useResource(`${one.id} ${uploads}`, (signal) =>
    call('GET /agent/1/interactions/:id/files', { path: { id: one.id }, signal }),
  );
  const { isBusy, error, run } = useAction();
  const upload = (form: HTMLFormElement): Promise<void> =>
    run(async () => {
      const body = new FormData(form);
      body.set('agentId', agentId);
      await call('POST /agent/1/interactions/:id/files', { path: { id: one.id }, body });
      form.reset();
      files.reload();
    });
  const remove = (fileId: string): Promise<void> =>
    run(async () => {
      await call('DELETE /agent/1/interactions/:id/files/:fileId', { path: { id: one.id, fileId } });
      files.reload();
    });
  return (
    <details>
      <summary>
        {t().files} <span class="badge">{files.data?.files.length ?? 0}</span>
      </summary>
      <Shown resource={files} rows={1}>
        {({ files: found }) =>
          found.length === 0 ? (
            <p class="muted">{t().noFiles}</p>
          ) : (
            <ul>
              {found.map(({ fileId, name, size, by }) => (
                <li key={fileId}>
                  <a
                    href={urlOf('GET /agent/1/interactions/:id/files/:fileId', {
                      path: { id: one.id, fileId },
                    })}
                    download={name}
                  >
                    {name}
                  </a>{' '}
                  <span class="muted">
                    {size} B, {by.nickname}
                  </span>{' '}
                  {isOpen && by.type === 'AGENT' && (
                    <button
                      type="button"
                      class="plain"
                      aria-label={t().deleteFile(name)}
                      disabled={isBusy}
                      onClick={() => void remove(fileId)}
                    >
                      ×
                    </button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
      {isOpen && (
        <form
          class="desk-tools"
          onSubmit={(event) => {
            event.preventDefault();
            void upload(event.currentTarget);
          }}
        >
          <input type="file" name="file" required aria-label={t().file} />
          <button type="submit" disabled={isBusy}>
            {t().sendFile}
          </button>
        </form>
      )}
      {error !== undefined && <Failed error={error} />}
    </details>
  );
}
