import { ApiError } from '../api/apiError.ts';
import { confirm } from './dialog.tsx';
import { tellFailure } from './toasts.tsx';

export type Asked = Parameters<typeof confirm>[0] & {
  /** The label of the button with which the user insists. */
  readonly again: string;
};

/**
 * Asks before the action, and once more with the words of the server when that finds a conflict. Resolves
 * with true when it was done; a failure is told.
 */
export async function afterQuestion(
  { again, ...question }: Asked,
  act: (isForced: boolean, reason: string) => Promise<unknown>,
): Promise<boolean> {
  const reason = await confirm(question);
  if (reason === undefined) return false;
  const isDone = (): boolean => true;
  const isNotDone = (error: unknown): boolean => {
    tellFailure(error);
    return false;
  };
  try {
    await act(false, reason);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'CONFLICT')) return isNotDone(error);
    const insisted = await confirm({ ...question, text: error.message, action: again, asksReason: false });
    return insisted === undefined ? false : act(true, reason).then(isDone, isNotDone);
  }
}
