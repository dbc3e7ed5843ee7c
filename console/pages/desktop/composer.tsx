import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { CheckField, SelectField, TextArea, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Conversation } from './conversation.ts';
import { t } from './deskTexts.ts';

/** The customer is told again that the agent types only after this. */
const TYPING_MS = 5_000;

/** The words of the agent, with canned texts and links. */
export function Composer({
  one,
  agentId,
}: {
  readonly one: Conversation;
  readonly agentId: string;
}): JSX.Element {
  const isInternal = useSignal(false);
  const isPushing = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const toldAt = useRef(0);
  const canned = useResource('canned', (signal) => call('GET /agent/1/cannedTexts', { signal }));
  useEffect(() => {
    form.current?.querySelector('textarea')?.focus();
  }, []);

  const send = (): void => {
    const text = one.draft.value.trim();
    if (text === '') return;
    one.draft.value = '';
    toldAt.current = 0;
    one.say(text, { isInternal: isInternal.value });
  };
  const write = (text: string): void => {
    one.draft.value = text;
    if (isInternal.value) return;
    const now = Date.now();
    if (text === '' && toldAt.current > 0) {
      toldAt.current = 0;
      one.type(false);
    } else if (text !== '' && now - toldAt.current > TYPING_MS) {
      toldAt.current = now;
      one.type(true);
    }
  };
  return (
    <form
      ref={form}
      class="desk-composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextArea
        label={t().message}
        hint={t().messageHint}
        rows={2}
        maxLength={8_192}
        value={one.draft.value}
        onValue={write}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div class="desk-tools">
        {(canned.data?.texts.length ?? 0) > 0 && (
          <SelectField
            label={t().canned}
            value=""
            options={[
              { value: '', text: t().chooseCanned },
              ...(canned.data?.texts ?? []).map(({ id, title, text }) => ({
                value: id,
                text: title ?? text,
              })),
            ]}
            onValue={(id) => {
              const found = canned.data?.texts.find((text) => text.id === id);
              if (found !== undefined) write(`${one.draft.value}${found.text}`);
            }}
          />
        )}
        <CheckField
          label={t().internal}
          checked={isInternal.value}
          onValue={(value) => {
            isInternal.value = value;
          }}
        />
        <button
          type="button"
          onClick={() => {
            isPushing.value = true;
          }}
        >
          {t().pushUrl}
        </button>
        <button type="submit" class="primary">
          {t().send}
        </button>
      </div>
      {isPushing.value && (
        <PushUrl
          one={one}
          agentId={agentId}
          onClose={() => {
            isPushing.value = false;
          }}
        />
      )}
    </form>
  );
}

function PushUrl({
  one,
  agentId,
  onClose,
}: {
  readonly one: Conversation;
  readonly agentId: string;
  readonly onClose: () => void;
}): JSX.Element {
  const url = useSignal('https://');
  const { isBusy, error, run } = useAction();
  const push = async (): Promise<void> => {
    await call('POST /agent/1/interactions/:id/pushUrl', {
      path: { id: one.id },
      json: { agentId, url: url.value },
    });
    onClose();
    await one.read();
  };
  return (
    <Dialog title={t().pushUrl} onClose={onClose}>
      <TextField
        label={t().url}
        type="url"
        value={url.value}
        onValue={(value) => {
          url.value = value;
        }}
        onKeyDown={(event) => {
          // The field is within the form of the words, which must not be sent.
          if (event.key !== 'Enter') return;
          event.preventDefault();
          void run(push);
        }}
      />
      {error !== undefined && <Failed error={error} />}
      <div class="buttons">
        <button type="button" class="primary" disabled={isBusy} onClick={() => void run(push)}>
          {t().send}
        </button>
      </div>
    </Dialog>
  );
}
