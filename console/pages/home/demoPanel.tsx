import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import { useResource } from '../../api/resource.ts';
import { TextField, useAction } from '../../parts/form.tsx';
import { Failed, Shown } from '../../parts/states.tsx';
import { demo, endDemo, say, startDemo, takeChat } from './demo.ts';
import { homeTexts } from './homeTexts.ts';

const EVERY_MS = 1_000;

/** A delayed chat to play: the customer on one side, the agent on the other. */
export function DemoPanel(): JSX.Element {
  const t = homeTexts();
  const { phase, steps, interactionId } = demo.value;
  const action = useAction();
  const isIdle = phase === 'none' || phase === 'ended';
  return (
    <section class="card home-demo" aria-label={t.tryIt}>
      <h2>{t.tryIt}</h2>
      <p>{t.tryText}</p>
      <div class="home-buttons">
        <button
          type="button"
          class={isIdle ? 'primary' : ''}
          disabled={!isIdle || action.isBusy}
          onClick={() => void action.run(startDemo)}
        >
          {phase === 'ended' ? t.again : t.start}
        </button>
        <button
          type="button"
          class={phase === 'offered' ? 'primary' : ''}
          disabled={phase !== 'offered' || action.isBusy}
          onClick={() => void action.run(takeChat)}
        >
          {t.take}
        </button>
        <button
          type="button"
          disabled={phase !== 'talking' || action.isBusy}
          onClick={() => void action.run(endDemo)}
        >
          {t.end}
        </button>
      </div>
      {action.error !== undefined && <Failed error={action.error} />}
      {steps.length > 0 && (
        <>
          <h3>{t.steps}</h3>
          <ol class="home-list" aria-live="polite">
            {steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      {interactionId !== undefined && phase !== 'offered' && <Talk interactionId={interactionId} />}
    </section>
  );
}

function Talk({ interactionId: id }: { readonly interactionId: string }): JSX.Element {
  const t = homeTexts();
  const isOpen = demo.value.phase === 'talking';
  const chat = useResource(
    `${id} ${isOpen}`,
    (signal) => call('GET /agent/1/interactions/:id', { path: { id }, signal }),
    isOpen ? { everyMs: EVERY_MS } : {},
  );
  return (
    <>
      <h3>{t.transcript}</h3>
      <Shown resource={chat} rows={4}>
        {({ transcript = [] }) => (
          <ul class="home-list home-transcript">
            {transcript.map(({ party, text, type }, at) => (
              <li key={at}>
                <strong>{String(party.nickname ?? party.type ?? '')}</strong> {text === '' ? type : text}
              </li>
            ))}
          </ul>
        )}
      </Shown>
      {isOpen && (
        <div class="home-sides">
          <Sayings who="customer" onSaid={chat.reload} />
          <Sayings who="agent" onSaid={chat.reload} />
        </div>
      )}
    </>
  );
}

function Sayings({
  who,
  onSaid,
}: {
  readonly who: 'customer' | 'agent';
  readonly onSaid: () => void;
}): JSX.Element {
  const t = homeTexts();
  const text = useSignal('');
  const action = useAction();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void action.run(async () => {
          await say(who, text.value);
          text.value = '';
          onSaid();
        });
      }}
    >
      <TextField
        label={t.says(t[who])}
        required
        maxLength={1000}
        autocomplete="off"
        value={text}
        onValue={(value) => {
          text.value = value;
        }}
      />
      {action.error !== undefined && <Failed error={action.error} />}
      <button type="submit" disabled={action.isBusy}>
        {t.send}
      </button>
    </form>
  );
}
