import { call } from '../../api/call.ts';
import { confirm } from '../../parts/dialog.tsx';
import { tell, tellFailure } from '../../parts/toasts.tsx';
import { callbackTexts } from './callbackTexts.ts';

/** Callbacks that one request cancels. */
const AT_ONCE = 1_000;

/** Asks for a reason, cancels the callbacks, and tells the result. Resolves with false: nobody wanted it. */
export async function cancelCallbacks(ids: readonly string[]): Promise<boolean> {
  const t = callbackTexts();
  const reason = await confirm({
    title: t.cancelTitle(ids.length),
    text: t.cancelText,
    action: t.cancel(ids.length),
    isDangerous: true,
    asksReason: true,
  });
  if (reason === undefined) return false;
  try {
    await cancelAll(ids, reason);
  } catch (error) {
    tellFailure(error);
  }
  return true;
}

async function cancelAll(ids: readonly string[], reason: string): Promise<void> {
  const t = callbackTexts();
  let done = 0;
  const messages: string[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const json = { ids: ids.slice(at, at + AT_ONCE), reason };
    const results = await call('POST /genesys/1/admin/callback/cancel', { json });
    done += results.filter(({ cancelled }) => cancelled).length;
    messages.push(...results.flatMap(({ message }) => message ?? []));
  }
  if (done > 0) tell(t.done(done));
  const [first] = messages;
  if (first !== undefined) tellFailure(t.refused(messages.length, first));
}
