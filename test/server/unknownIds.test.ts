import { expect } from 'chai';
import { createTestServer } from '../support/testServer.ts';

/** An id that nothing has, and one that is too long to be an id. */
const UNKNOWN = 'nothing-has-this-id';
const TOO_LONG = 'x'.repeat(1_501);

const CASES: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, code: string])[] = [
  ['DELETE', '/genesys/1/service/callback/chat-delay/{id}', 'CALLBACK_NOT_FOUND'],
  ['PUT', '/genesys/1/service/callback/chat-delay/{id}', 'CALLBACK_NOT_FOUND'],
  ['DELETE', '/genesys/1/service/{id}', 'SERVICE_NOT_FOUND'],
  ['POST', '/genesys/1/service/{id}/check', 'SERVICE_NOT_FOUND'],
  ['GET', '/genesys/1/service/{id}/storage', 'SERVICE_NOT_FOUND'],
  ['GET', '/genesys/1/service/{id}/ixn/chat/refresh', 'SERVICE_NOT_FOUND'],
  ['GET', '/genesys/1/storage/{id}', 'STORAGE_NOT_FOUND'],
  ['POST', '/genesys/1/storage/{id}/60', 'STORAGE_NOT_FOUND'],
  ['DELETE', '/genesys/1/notification/subscription/{id}', 'SUBSCRIPTION_NOT_FOUND'],
  ['GET', '/agent/1/agents/{id}', 'AGENT_NOT_FOUND'],
  ['GET', '/agent/1/interactions/{id}', 'INTERACTION_NOT_FOUND'],
  ['POST', '/agent/1/interactions/{id}/accept', 'INTERACTION_NOT_FOUND'],
  ['GET', '/scxml/session/{id}/query', 'SESSION_NOT_FOUND'],
  ['POST', '/scxml/session/{id}/event/go', 'SESSION_NOT_FOUND'],
  ['POST', '/scxml/session/{id}/request/go', 'SESSION_NOT_FOUND'],
  ['POST', '/scxml/session/{id}/terminate', 'SESSION_NOT_FOUND'],
  ['GET', '/urs/call/{id}/lvq', 'CALL_NOT_FOUND'],
  ['DELETE', '/urs/call/{id}', 'CALL_NOT_FOUND'],
];

/** A PUT without a change is refused before anything is looked for. */
const CHANGE = { note: 'later' };

describe('an id that nothing has', () => {
  for (const [method, path, code] of CASES) {
    it(`gets the error of its kind, also when it is too long to be an id: ${method} ${path}`, async () => {
      const { send } = createTestServer();
      const replies = await Promise.all(
        [UNKNOWN, TOO_LONG].map((id) =>
          send(method, path.replace('{id}', id), method === 'PUT' ? { json: CHANGE } : {}),
        ),
      );
      const errors = replies.map(({ status, json }) => ({ status, code: (json as { code: string }).code }));
      expect(errors[0]!.code).to.equal(code);
      expect(errors[1]).to.deep.equal(errors[0]);
    });
  }
});
