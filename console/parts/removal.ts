import { ApiError } from '../api/apiError.ts';
import { confirm } from './dialog.tsx';
import { tellFailure } from './toasts.tsx';

/**
 * Asks before a removal, and once more, in the words of the server, when something uses the thing. Resolves
 * with true when it is removed.
 */
export async function askAndRemove({
  title,
  text,
  action,
  actionAnyway,
  remove,
}: {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly actionAnyway: string;
  /** `isForced`: although something uses it. */
  readonly remove: (isForced: boolean) => Promise<unknown>;
}): Promise<boolean> {
  if ((await confirm({ title, text, action, isDangerous: true })) === undefined) return false;
  try {
    await remove(false);
    return true;
  } catch (error) {
    const isUsed =
      error instanceof ApiError && error.code === 'CONFLICT' && error.message.includes('?override=');
    if (!isUsed) {
      tellFailure(error);
      return false;
    }
    const question = { title, text: error.message, action: actionAnyway, isDangerous: true };
    if ((await confirm(question)) === undefined) return false;
  }
  try {
    await remove(true);
    return true;
  } catch (error) {
    tellFailure(error);
    return false;
  }
}
