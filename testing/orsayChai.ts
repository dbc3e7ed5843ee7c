import type { Json } from '../engine/ports/index.ts';
import {
  type Check,
  checkAccepts,
  checkAnswered,
  checkAsked,
  checkConfiguration,
  checkData,
  checkEnded,
  checkFault,
  checkIn,
  checkSent,
  type FieldValues,
} from './checks.ts';
import { TestSession } from './testSession.ts';

declare global {
  namespace Chai {
    interface Assertion {
      /** `expect(session).to.be.in('waiting')`: all of these states are active. With `not`: none of them. */
      in(...states: string[]): Assertion;
      /** These states are active and no others. */
      configuration(...states: string[]): Assertion;
      /** `expect(session).to.accept('pay')`: a transition of an active state waits for the event. */
      accept(event: string): Assertion;
      /**
       * `expect(session).to.have.asked('PUT /callback', { _callback_state: 'QUEUED' })`: 'queue.submit' of a module, or
       * a fetch: a part of its URL, with the method before it, or a RegExp. `times`: so often.
       */
      asked(what: string | RegExp, fields?: FieldValues, times?: number): Assertion;
      /** The session has sent this event to another session or to a URL. */
      sent(event: string, data?: FieldValues): Assertion;
      /** `expect(session).to.have.data('order.total', 5)`: the value of an expression of the data model. */
      data(expression: string, value: Json | undefined): Assertion;
      /** `expect(session).to.have.ended`. With `not`: it runs. */
      ended: Assertion;
      /** The document had this fault, which the option `allowFaults` allows. */
      fault(event: string): Assertion;
      /** `expect(session).to.be.answered`: none of its requests waits for its answer. */
      answered: Assertion;
    }
  }
}

/** The part of chai that the plugin uses. */
interface ChaiParts {
  readonly Assertion: {
    addMethod(name: string, method: (this: object, ...args: unknown[]) => void): void;
    addProperty(name: string, getter: (this: object) => void): void;
  };
}

interface ChaiFlags {
  flag(assertion: object, name: string): unknown;
}

/**
 * The assertions about sessions, for chai: `use(orsayChai)`. A failure is a StepperAssertion, which shows the
 * last actions of the session and their places in the document.
 */
export function orsayChai(chai: ChaiParts, utils: ChaiFlags): void {
  const judge = (assertion: object, check: (session: TestSession) => Check): void => {
    const session = sessionIn(utils.flag(assertion, 'object'));
    const { positive, negative } = check(session);
    const difference = utils.flag(assertion, 'negate') === true ? negative : positive;
    if (difference === undefined) return;
    const said = utils.flag(assertion, 'message');
    session.fail({
      ...difference,
      message: typeof said === 'string' ? `${said}: ${difference.message}` : difference.message,
    });
  };
  const method = <Args extends readonly unknown[]>(
    name: string,
    check: (session: TestSession, ...args: Args) => Check,
  ): void =>
    chai.Assertion.addMethod(name, function (this: object, ...args: unknown[]) {
      judge(this, (session) => check(session, ...(args as unknown as Args)));
    });
  const property = (name: string, check: (session: TestSession) => Check): void =>
    chai.Assertion.addProperty(name, function (this: object) {
      judge(this, check);
    });

  method('in', (session, ...states: string[]) => checkIn(session, states));
  method('configuration', (session, ...states: string[]) => checkConfiguration(session, states));
  method('accept', checkAccepts);
  method('asked', (session, what: string | RegExp, fields?: FieldValues, times?: number) =>
    checkAsked(session, what, { ...(fields && { fields }), times }),
  );
  method('sent', checkSent);
  method('data', checkData);
  method('fault', checkFault);
  property('ended', checkEnded);
  property('answered', checkAnswered);
}

function sessionIn(value: unknown): TestSession {
  if (value instanceof TestSession) return value;
  throw new TypeError(`Expected a session of openDocument or openCentre, got ${typeof value}.`);
}
