import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { confirm } from '../../parts/dialog.tsx';
import { useAction } from '../../parts/form.tsx';
import { Failed, Loading } from '../../parts/states.tsx';
import { Composer } from './composer.tsx';
import type { Conversation, Settings } from './conversation.ts';
import { CustomerData } from './customerData.tsx';
import type { Desk } from './desk.ts';
import { t } from './deskTexts.ts';
import { Files } from './files.tsx';
import { History } from './history.tsx';
import { Mail } from './mail.tsx';
import { Outcome } from './outcome.tsx';
import { Partners } from './partners.tsx';
import { Transcript } from './transcript.tsx';

/** One interaction of the agent, with everything that the agent can do in it. */
export function ConversationView({
  one,
  desk,
  settings,
}: {
  readonly one: Conversation;
  readonly desk: Desk;
  readonly settings: Settings | undefined;
}): JSX.Element {
  const { isBusy, error, run } = useAction();
  const interaction = one.interaction.value;
  const unread = one.unread.value;
  useEffect(() => {
    one.unread.value = 0;
  }, [unread]);
  if (interaction === undefined) {
    return one.failure.value === undefined ? <Loading rows={12} /> : <Failed error={one.failure.value} />;
  }
  const isChat = interaction.transcript !== undefined;
  const isMine = interaction.agentId === desk.agentId;
  const isOver = one.state === 'ended' || one.state === 'wrapup';
  const leave = async (): Promise<void> => {
    if (isMine) {
      const question = { title: t().leave, text: t().leaveQuestion, action: t().leave, isDangerous: true };
      if ((await confirm(question)) === undefined) return;
    }
    await call('POST /agent/1/interactions/:id/leave', {
      path: { id: one.id },
      json: { agentId: desk.agentId },
    });
    if (!isMine) desk.forget(one.id);
  };
  return (
    <article class="desk-one card" aria-label={`${interaction.media} ${one.id}`}>
      <header>
        <h3>
          {interaction.media} <code>{one.id}</code>
        </h3>
        <span class="badge">{t().stateOf(one.state)}</span>
        {!isOver && (
          <button type="button" class="danger" disabled={isBusy} onClick={() => void run(leave)}>
            {isMine ? t().leave : t().leaveOther}
          </button>
        )}
        {one.state === 'ended' && (
          <button type="button" onClick={() => desk.forget(one.id)}>
            {t().close}
          </button>
        )}
      </header>
      {error !== undefined && <Failed error={error} />}
      {one.failure.value !== undefined && <Failed error={one.failure.value} retry={() => void one.read()} />}
      {isOver && <p role="status">{one.state === 'wrapup' ? t().wrapup : t().ended}</p>}
      {!isChat && <Mail one={one} interaction={interaction} agentId={desk.agentId} />}
      {isChat && (
        <>
          <Transcript one={one} />
          {!isOver && <Composer one={one} agentId={desk.agentId} />}
        </>
      )}
      {(isChat || interaction.email !== undefined) && (
        <Files one={one} agentId={desk.agentId} isOpen={isChat && isMine && !isOver} />
      )}
      <Partners one={one} interaction={interaction} agentId={desk.agentId} mayInvite={isMine && !isOver} />
      <Outcome one={one} interaction={interaction} desk={desk} settings={settings} />
      <CustomerData one={one} interaction={interaction} agentId={desk.agentId} isOpen={!isOver} />
      <History id={one.id} />
    </article>
  );
}
