import { call } from '../../api/call.ts';
import { confirm } from '../../parts/dialog.tsx';
import { tell, tellFailure } from '../../parts/toasts.tsx';
import { sessionTexts } from './sessionTexts.ts';

/** Sessions that one request changes. */
const AT_ONCE = 1_000;

/** Asks for a reason, changes the sessions, and tells the result. Resolves with false if nobody wanted it. */
export async function changeSessions(kind: 'terminate' | 'retry', ids: readonly string[]): Promise<boolean> {
  const t = sessionTexts();
  const isEnd = kind === 'terminate';
  const reason = await confirm({
    title: isEnd ? t.terminateTitle(ids.length) : t.retryTitle(ids.length),
    text: isEnd ? t.terminateText : t.retryText,
    action: isEnd ? t.terminate(ids.length) : t.retry(ids.length),
    isDangerous: isEnd,
    asksReason: true,
  });
  if (reason === undefined) return false;
  try {
    await changeAll(kind, ids, reason);
  } catch (error) {
    tellFailure(error);
  }
  return true;
}

async function changeAll(kind: 'terminate' | 'retry', ids: readonly string[], reason: string): Promise<void> {
  const t = sessionTexts();
  let done = 0;
  const messages: string[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const json = { sessions: ids.slice(at, at + AT_ONCE), reason };
    const { results } = await call(`POST /genesys/1/admin/sessions/${kind}`, { json });
    done += results.filter((one) => one.done).length;
    messages.push(...results.flatMap(({ message }) => message ?? []));
  }
  if (done > 0) tell(t.done(done));
  const [first] = messages;
  if (first !== undefined) tellFailure(t.refused(messages.length, first));
}
