import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { login, mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed, Shown } from '../../parts/states.tsx';
import { supervisorTexts } from './supervisorTexts.ts';

const EVERY_MS = 1_000;

type Chat = ReplyOf<'GET /agent/1/interactions/:id'>;

interface Participant {
  readonly agentId: string;
  readonly visibility: string;
}

/** The agent as whom the user takes part. The server decides it for a supervisor. */
function ownAgentId(): string {
  return login.value?.agentId ?? login.value?.user ?? 'Supervisor';
}

/** A chat of an agent as it goes on: a supervisor reads, watches, whispers, or joins. */
export function WatchedChat({
  id,
  onClose,
}: {
  readonly id: string;
  readonly onClose: () => void;
}): JSX.Element {
  const t = supervisorTexts();
  const found = useResource(id, (signal) => call('GET /agent/1/interactions/:id', { path: { id }, signal }), {
    everyMs: EVERY_MS,
  });
  return (
    <Dialog title={t.watching(found.data?.agentId ?? id)} onClose={onClose} wide>
      <Shown resource={found} rows={14}>
        {(chat) => (
          <div>
            <Words entries={chat.transcript ?? []} />
            {chat.state === 'active' ? (
              mayCall('POST /agent/1/interactions/:id/monitor') && (
                <TakingPart id={id} chat={chat} onDone={found.reload} />
              )
            ) : (
              <p role="status">{t.ended}</p>
            )}
          </div>
        )}
      </Shown>
    </Dialog>
  );
}

function Words({ entries }: { readonly entries: NonNullable<Chat['transcript']> }): JSX.Element {
  const t = supervisorTexts();
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [entries.length]);
  return (
    <div
      ref={list}
      class="supervisor-words"
      role="log"
      aria-label={t.words}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight > scrollHeight - 40;
      }}
    >
      {entries.length === 0 && <p class="muted">{t.noWords}</p>}
      {entries.map(({ type, party, text, visibility }, at) => {
        const name = String(party.nickname ?? '');
        const said = type === 'Notice.Joined' ? t.joined : type === 'Notice.Left' ? t.left : text;
        const isHidden = visibility === 'INT' || visibility === 'VIP';
        return (
          // Entries are only added, at the end.
          <p key={at} class={isHidden ? 'supervisor-hidden' : ''}>
            <strong>{name}</strong>
            {isHidden && <span class="muted"> ({t.hidden})</span>}: {said}
          </p>
        );
      })}
    </div>
  );
}

/** The ways of taking part, and what the supervisor writes. */
function TakingPart({
  id,
  chat,
  onDone,
}: {
  readonly id: string;
  readonly chat: Chat;
  readonly onDone: () => void;
}): JSX.Element {
  const t = supervisorTexts();
  const text = useSignal('');
  const { isBusy, error, run } = useAction();
  const agentId = ownAgentId();
  const participants = (chat.participants ?? []) as readonly Participant[];
  const own = participants.find((one) => one.agentId === agentId);
  const act = (work: () => Promise<unknown>): void => {
    void run(async () => {
      await work();
      onDone();
    });
  };
  const path = { id };
  const monitor = (visibility: 'VIP' | 'INT'): void =>
    act(() => call('POST /agent/1/interactions/:id/monitor', { path, json: { agentId, visibility } }));
  const say = (): void => {
    const said = text.value.trim();
    if (said === '') return;
    act(async () => {
      await call('POST /agent/1/interactions/:id/message', { path, json: { agentId, text: said } });
      text.value = '';
    });
  };
  return (
    <>
      {error !== undefined && <Failed error={error} />}
      <p class="muted" role="status">
        {own === undefined ? t.reading : `${t.you(agentId)} ${hintOf(own)}`}
      </p>
      {own !== undefined && (
        <form
          class="supervisor-say"
          onSubmit={(event) => {
            event.preventDefault();
            say();
          }}
        >
          <TextField
            label={own.visibility === 'ALL' ? t.message : t.whisper}
            value={text.value}
            autocomplete="off"
            onValue={(value) => {
              text.value = value;
            }}
          />
          <button type="submit" class="primary" disabled={isBusy || text.value.trim() === ''}>
            {t.send}
          </button>
        </form>
      )}
      <div class="buttons">
        {own === undefined && (
          <button type="button" disabled={isBusy} onClick={() => monitor('VIP')}>
            {t.monitor}
          </button>
        )}
        {own === undefined && (
          <button type="button" disabled={isBusy} onClick={() => monitor('INT')}>
            {t.monitorSeen}
          </button>
        )}
        {own?.visibility !== 'ALL' && (
          <button
            type="button"
            disabled={isBusy}
            onClick={() =>
              act(() => call('POST /agent/1/interactions/:id/join', { path, json: { agentId } }))
            }
          >
            {t.join}
          </button>
        )}
        {own !== undefined && (
          <button
            type="button"
            disabled={isBusy}
            onClick={() =>
              act(() => call('POST /agent/1/interactions/:id/leave', { path, json: { agentId } }))
            }
          >
            {t.leave}
          </button>
        )}
      </div>
    </>
  );
}

function hintOf({ visibility }: Participant): string {
  const t = supervisorTexts();
  if (visibility === 'ALL') return t.joinHint;
  return visibility === 'INT' ? t.internHint : t.monitorHint;
}
