import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { call } from '../../api/call.ts';
import type { InputOf } from '../../api/operationTypes.ts';
import { SelectField, TextField, useAction } from '../../parts/form.tsx';
import { Failed } from '../../parts/states.tsx';
import type { Settings } from './conversation.ts';
import type { Agent, AgentStates } from './desk.ts';
import { t } from './deskTexts.ts';

const STATES = ['ready', 'notReady', 'afterWork', 'loggedOut'] as const;
type State = (typeof STATES)[number];
type Change = NonNullable<InputOf<'PUT /agent/1/agents/:agentId'>['json']>;

const SHADES: Readonly<Record<string, string>> = { ready: 'good', notReady: 'warn', afterWork: 'warn' };

/** The state of the agent, of all media or of one. */
export function AgentState({
  agent,
  states,
  reasons,
}: {
  readonly agent: Agent;
  /** As the last event has them. */
  readonly states: AgentStates | undefined;
  readonly reasons: Settings['notReadyReasons'];
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const present = states ?? agent;
  return (
    <section class="desk-state card" aria-label={t().state}>
      <p class="desk-present" role="status">
        <State state={present.state} reason={present.reason} />
        {Object.entries(present.mediaStates ?? {}).map(([media, { state, reason }]) => (
          <span key={media}>
            {media}: <State state={state} reason={reason} />
          </span>
        ))}
      </p>
      <ChangeState
        media={agent.media}
        reasons={reasons}
        isBusy={isBusy}
        change={(json) => run(() => put(agent.agentId, json))}
      />
      {error !== undefined && <Failed error={error} />}
    </section>
  );
}

function put(agentId: string, json: Change): Promise<Agent> {
  return call('PUT /agent/1/agents/:agentId', { path: { agentId }, json });
}

function State({
  state,
  reason,
}: {
  readonly state: string;
  readonly reason: string | undefined;
}): JSX.Element {
  const name = STATES.find((one) => one === state);
  return (
    <span class={`badge ${SHADES[state] ?? ''}`}>
      {name === undefined ? state : t()[name]}
      {reason !== undefined && ` (${reason})`}
    </span>
  );
}

function ChangeState({
  media,
  reasons,
  isBusy,
  change,
}: {
  readonly media: readonly string[];
  readonly reasons: Settings['notReadyReasons'];
  readonly isBusy: boolean;
  readonly change: (json: Change) => Promise<void>;
}): JSX.Element {
  const chosen = useSignal('');
  const reason = useSignal('');
  const set = (state: State): void => {
    const why = state === 'notReady' && reason.value !== '' ? { reason: reason.value } : {};
    void change(
      chosen.value === '' ? { state, ...why } : { mediaStates: { [chosen.value]: { state, ...why } } },
    );
  };
  return (
    <div class="desk-change">
      {media.length > 1 && (
        <SelectField
          label={t().media}
          value={chosen.value}
          options={[{ value: '', text: t().allMedia }, ...media.map((value) => ({ value, text: value }))]}
          onValue={(value) => {
            chosen.value = value;
          }}
        />
      )}
      {reasons.length > 0 && (
        <SelectField
          label={t().reason}
          value={reason.value}
          options={[
            { value: '', text: t().noReason },
            ...reasons.map(({ code, text }) => ({ value: code, text: text || code })),
          ]}
          onValue={(value) => {
            reason.value = value;
          }}
        />
      )}
      <div class="buttons">
        {STATES.map((state) => (
          <button key={state} type="button" disabled={isBusy} onClick={() => set(state)}>
            {t()[state]}
          </button>
        ))}
      </div>
    </div>
  );
}

/** An agent who is not known yet is logged in with what they take. */
export function NewAgent({
  agentId,
  onMade,
}: {
  readonly agentId: string;
  readonly onMade: () => void;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const make = (form: FormData): Promise<void> =>
    run(async () => {
      const text = (name: string): string => String(form.get(name) ?? '').trim();
      const list = (name: string): string[] =>
        text(name)
          .split(/\s*,\s*/)
          .filter((one) => one !== '');
      await put(agentId, {
        state: 'ready',
        groups: list('groups'),
        media: list('media'),
        capacity: Number(text('capacity')),
        ...(text('nickname') === '' ? {} : { nickname: text('nickname') }),
      });
      onMade();
    });
  return (
    <form
      class="desk-choose card"
      onSubmit={(event) => {
        event.preventDefault();
        void make(new FormData(event.currentTarget));
      }}
    >
      <p>{t().newAgent}</p>
      <TextField label={t().groups} hint={t().groupsHint} name="groups" defaultValue="Billing" />
      <TextField label={t().media} hint={t().groupsHint} name="media" defaultValue="chat" required />
      <TextField
        label={t().capacity}
        name="capacity"
        type="number"
        min={1}
        max={100}
        defaultValue="3"
        required
      />
      <TextField label={t().nickname} name="nickname" maxLength={255} autocomplete="off" />
      {error !== undefined && <Failed error={error} />}
      <div class="buttons">
        <button type="submit" class="primary" disabled={isBusy}>
          {t().logIn}
        </button>
      </div>
    </form>
  );
}
