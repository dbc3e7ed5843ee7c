import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { useEvents } from '../../api/events.ts';
import { login } from '../../api/login.ts';
import { useResource } from '../../api/resource.ts';
import { CheckField } from '../../parts/form.tsx';
import { Empty, Failed, Shown } from '../../parts/states.tsx';
import { tellFailure } from '../../parts/toasts.tsx';
import { hrefOf, inAddress } from '../../shell/address.ts';
import type { PageProps } from '../../shell/pageProps.ts';
import { AgentState, NewAgent } from './agentState.tsx';
import { ChooseAgent } from './chooseAgent.tsx';
import type { Conversation } from './conversation.ts';
import { ConversationView } from './conversationView.tsx';
import { type Agent, Desk } from './desk.ts';
import { t } from './deskTexts.ts';
import { Offers } from './offers.tsx';
import './desktop.css';

/** `desktop/:agentId`: the work of an agent. A user of the role agent has only their own. */
export default function Desktop({ parameters }: PageProps): JSX.Element {
  const { role, agentId: own } = login.value ?? {};
  const agentId = role === 'agent' ? own : (parameters.agentId ?? own);
  return agentId === undefined ? <ChooseAgent /> : <DeskOf key={agentId} agentId={agentId} />;
}

function DeskOf({ agentId }: { readonly agentId: string }): JSX.Element {
  const agent = useResource(agentId, (signal) => findAgent(agentId, signal));
  return (
    <div class="desk">
      <header class="desk-head">
        <h1>{t().titleOf(agentId)}</h1>
        {login.value?.agentId === undefined && <a href={hrefOf('desktop')}>{t().otherAgent}</a>}
      </header>
      <Shown resource={agent}>
        {(found) =>
          found === 'new' ? <NewAgent agentId={agentId} onMade={agent.reload} /> : <OpenDesk agent={found} />
        }
      </Shown>
    </div>
  );
}

async function findAgent(agentId: string, signal: AbortSignal): Promise<Agent | 'new'> {
  try {
    return await call('GET /agent/1/agents/:agentId', { path: { agentId }, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return 'new';
    throw error;
  }
}

function OpenDesk({ agent }: { readonly agent: Agent }): JSX.Element {
  const { agentId } = agent;
  const desk = useMemo(() => new Desk(agentId), [agentId]);
  const stream = useEvents('GET /agent/1/agents/:agentId/events', { path: { agentId } }, (event) =>
    desk.take(event),
  );
  useEffect(() => {
    void desk.load().catch(tellFailure);
  }, [desk]);
  const settings = useResource('settings', (signal) => call('GET /agent/1/settings', { signal }));
  const isSideBySide = useSignal(false);
  const shown = inAddress('interaction');
  const open = useComputed(() => desk.conversations.value.filter(({ offer }) => offer.value === undefined));
  const selected = open.value.find(({ id }) => id === shown.value) ?? open.value[0];
  const columns = isSideBySide.value ? open.value : open.value.filter((one) => one === selected);

  return (
    <>
      {desk.isRemoved.value && <p class="failed">{t().removed}</p>}
      {stream !== 'open' && stream !== 'connecting' && <Failed error={stream.failed} />}
      <AgentState agent={agent} states={desk.states.value} reasons={settings.data?.notReadyReasons ?? []} />
      <Offers desk={desk} onAccepted={(id) => shown.set(id)} />
      <section aria-labelledby="desk-interactions">
        <div class="desk-list-head">
          <h2 id="desk-interactions">{t().interactions}</h2>
          {open.value.length > 1 && (
            <CheckField
              label={t().sideBySide}
              checked={isSideBySide.value}
              onValue={(value) => {
                isSideBySide.value = value;
              }}
            />
          )}
        </div>
        {open.value.length === 0 && <Empty>{t().noInteractions}</Empty>}
        {open.value.length > 0 && (
          <ul class="desk-tabs">
            {open.value.map((one) => (
              <li key={one.id}>
                <Tab one={one} isShown={columns.includes(one)} onChoose={() => shown.set(one.id)} />
              </li>
            ))}
          </ul>
        )}
      </section>
      <div class="desk-columns">
        {columns.map((one) => (
          <ConversationView key={one.id} one={one} desk={desk} settings={settings.data} />
        ))}
      </div>
    </>
  );
}

function Tab({
  one,
  isShown,
  onChoose,
}: {
  readonly one: Conversation;
  readonly isShown: boolean;
  readonly onChoose: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      class={isShown ? 'desk-tab shown' : 'desk-tab'}
      aria-pressed={isShown}
      onClick={onChoose}
    >
      <span>{nameOf(one)}</span>
      <span class="badge">{t().stateOf(one.state)}</span>
      {!isShown && one.unread.value > 0 && <span class="badge warn">{t().unread(one.unread.value)}</span>}
    </button>
  );
}

/** The customer as the interaction names them. */
function nameOf(one: Conversation): string {
  const { interaction, entries, media, id } = one;
  const party = entries.value.find(({ party: { type } }) => type === 'CLIENT')?.party;
  // Chats and open media name the first name of the customer as the platform does.
  const { fldnFirstName, FirstName } = interaction.value?.userData ?? {};
  return String(party?.nickname ?? fldnFirstName ?? FirstName ?? `${media.value} ${id}`);
}
