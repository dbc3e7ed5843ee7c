import { arrayOf, breach, expect, isText, objectOf, text } from './checks.ts';
import { MAX_FAULT_CHARS } from './limits.ts';
import type { LoadAnswer } from './messages.ts';

/**
 * Checks that a message is the answer to the load `sent`; throws ProtocolBreach. `text`, which follows the
 * message, is not read.
 */
export function checkLoad(
  message: unknown,
  load: { readonly sent: number; readonly sentUrls: ReadonlySet<string>; readonly text: Buffer },
): LoadAnswer {
  const answer = objectOf(message, 'answer');
  if (answer.request !== load.sent) breach(`an answer to request ${load.sent}`, answer.request);
  switch (answer.kind) {
    case 'loaded':
      expect(answer.dialect === 'w3c' || answer.dialect === 'ors', 'a dialect', answer.dialect);
      expect(typeof answer.persist === 'boolean', 'a boolean in persist', typeof answer.persist);
      for (const id of arrayOf(answer.states, 'states')) text(id, 'states');
      for (const url of arrayOf(answer.sources, 'sources')) {
        expect(load.sentUrls.has(url as string), 'sources of the request', url);
      }
      return { ...answer, text: load.text } as unknown as LoadAnswer;
    case 'refused':
      for (const problem of arrayOf(answer.problems, 'problems')) checkProblem(problem);
      break;
    case 'needs':
      for (const url of arrayOf(answer.urls, 'urls')) {
        expect(isText(url) && URL.canParse(url as string), 'URLs', url);
        expect(!load.sentUrls.has(url as string), 'URLs that were not sent', url);
      }
      break;
    case 'thrown':
      expect(isText(answer.message, MAX_FAULT_CHARS), 'a message', typeof answer.message);
      break;
    case 'tooLarge':
      expect(typeof answer.bytes === 'number', 'a number of bytes', typeof answer.bytes);
      break;
    default:
      breach('a known kind of answer', answer.kind);
  }
  return answer as unknown as LoadAnswer;
}

function checkProblem(value: unknown): void {
  const problem = objectOf(value, 'problem');
  for (const name of ['code', 'message', 'file', 'severity']) text(problem[name], name);
  for (const name of ['line', 'column']) {
    expect(Number.isInteger(problem[name]), `a number in ${name}`, typeof problem[name]);
  }
}
