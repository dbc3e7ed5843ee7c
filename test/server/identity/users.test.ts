import { createHook } from 'node:async_hooks';
import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { MAX_WAITING_LOGINS, PasswordThread } from '../../../server/identity/passwordThread.ts';
import { type UserAccount, Users } from '../../../server/identity/users.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import type { LogLine } from '../../support/testServer.ts';

const ACCOUNTS: readonly UserAccount[] = [
  { user: 'admin', role: 'administrator', passwordHash: hashPassword('pä:ss') },
  { user: 'kate', role: 'agent', agentId: 'kate1', passwordHash: hashPassword('tea') },
];

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function createWorld(passwords?: { matches(check: { password: string }): Promise<boolean> }) {
  const clock = createSimulatedClock();
  const lines: LogLine[] = [];
  const keep =
    (level: LogLine['level']) =>
    (fields: LogLine['fields'], message: string): void =>
      void lines.push({ level, fields, message });
  const log = { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') };
  const accounts = new Map<string, UserAccount>(ACCOUNTS.map((account) => [account.user, account]));
  const thread = passwords ?? new PasswordThread();
  const users = new Users({
    accounts: () => accounts,
    clock,
    log,
    records: { passed() {}, refused() {} },
    passwords: thread,
  });
  const outcome = async (user: string, password: string, address = '192.0.2.1'): Promise<unknown> => {
    try {
      return (await users.login(basic(user, password), address)).identity;
    } catch (error) {
      const { status, code, headers } = error as { status: number; code: string; headers: object };
      return [status, code, Object.entries(headers).flat().join(' ')];
    }
  };
  return { clock, lines, users, accounts, outcome };
}

/** Passwords without their cost: the password is right when it is `right`. */
function quickPasswords() {
  const checked: string[] = [];
  const matches = async ({ password }: { password: string }): Promise<boolean> => {
    checked.push(password);
    return password === 'right';
  };
  return { checked, matches };
}

const CHALLENGE = 'WWW-Authenticate Basic realm="orsay", charset="UTF-8"';
const REFUSED = [401, 'UNAUTHORIZED', CHALLENGE];
const wait = (seconds: number) => [429, 'TOO_MANY_REQUESTS', `Retry-After ${seconds}`];

describe('the users of the configuration', () => {
  it('are not remembered after their account changed, also while their password is checked', async () => {
    let changed: () => void = () => {};
    const { accounts, outcome } = createWorld({
      async matches() {
        changed();
        return true;
      },
    });
    const kate = { user: 'kate', role: 'agent', agentId: 'kate1' };
    expect(await outcome('kate', 'tea')).to.deep.equal(kate);
    accounts.set('kate', { ...accounts.get('kate')!, agentId: 'kate2' });
    expect(await outcome('kate', 'tea')).to.deep.equal({ ...kate, agentId: 'kate2' });
    accounts.delete('kate');
    expect(await outcome('kate', 'tea')).to.deep.equal(REFUSED);
    accounts.set('kate', ACCOUNTS[1]!);
    changed = () => accounts.delete('kate');
    expect(await outcome('kate', 'tea')).to.deep.equal(REFUSED);
  });

  it('log in with their password, and with no other', async () => {
    const { outcome } = createWorld();
    expect(await outcome('admin', 'pä:ss')).to.deep.equal({ user: 'admin', role: 'administrator' });
    expect(await outcome('kate', 'tea')).to.deep.equal({ user: 'kate', role: 'agent', agentId: 'kate1' });
    expect(await outcome('kate', 'pä:ss')).to.deep.equal(REFUSED);
    expect(await outcome('nobody', 'tea')).to.deep.equal(REFUSED);
    expect(await outcome('', '')).to.deep.equal(REFUSED);
  });

  it('do not log in with a control character in the name or the password', async () => {
    const { outcome } = createWorld();
    for (const [user, password] of [
      ['admin', 'pä:ss\0'],
      ['admin\0', 'pä:ss'],
      ['admin', 'pä:ss\0\0\0'],
      ['admin', '\0pä:ss'],
      ['admin', 'pä:ss\x7f'],
    ] as const) {
      expect(await outcome(user, password), JSON.stringify([user, password])).to.deep.equal(REFUSED);
    }
    expect(() => hashPassword('a\0')).to.throw(Error, 'without control characters');
  });

  it('hash no password in the thread pool that writes files, however many wrong ones come', async () => {
    const kinds = new Set<string>();
    const hook = createHook({ init: (_id, kind) => void kinds.add(kind) }).enable();
    try {
      const { outcome } = createWorld();
      const logins = Array.from({ length: 300 }, (_, index) =>
        outcome(`user${index}`, `wrong${index}`, `192.0.2.${index % 250}`),
      );
      const outcomes = (await Promise.all(logins)) as [number][];
      const statuses = new Map<number, number>();
      for (const [status] of outcomes) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect(Object.fromEntries(statuses)).to.deep.equal({
        401: MAX_WAITING_LOGINS,
        429: 300 - MAX_WAITING_LOGINS,
      });
    } finally {
      hook.disable();
    }
    expect([...kinds].filter((kind) => /SCRYPT|PBKDF2|DERIVE/i.test(kind))).to.deep.equal([]);
  }).timeout(60_000);
});

describe('failed logins', () => {
  it('of one user make the next attempt wait, each time twice as long', async () => {
    const passwords = quickPasswords();
    const { outcome, clock } = createWorld(passwords);
    for (let failure = 1; failure <= 5; failure += 1) {
      expect(await outcome('admin', `wrong${failure}`, `192.0.2.${failure}`)).to.deep.equal(REFUSED);
    }
    expect(await outcome('admin', 'right', '192.0.2.99')).to.deep.equal(wait(1));
    await clock.advance(1_000, async () => {});
    expect(await outcome('admin', 'wrong6', '192.0.2.6')).to.deep.equal(REFUSED);
    expect(await outcome('admin', 'right', '192.0.2.99')).to.deep.equal(wait(2));
    await clock.advance(2_000, async () => {});
    expect(await outcome('admin', 'right', '192.0.2.99')).to.include({ user: 'admin' });
    expect(passwords.checked).to.have.length(7);
  });

  it('of one address make it wait for every user, but no other address', async () => {
    const { outcome } = createWorld(quickPasswords());
    for (let failure = 1; failure <= 20; failure += 1) {
      expect(await outcome(`user${failure}`, 'wrong', '192.0.2.1')).to.deep.equal(REFUSED);
    }
    expect(await outcome('admin', 'right', '192.0.2.1')).to.deep.equal(wait(1));
    expect(await outcome('admin', 'right', '192.0.2.2')).to.include({ user: 'admin' });
  });

  it('count while they are under way, so that many at the same time are hashed no more often', async () => {
    const passwords = quickPasswords();
    const { outcome } = createWorld(passwords);
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, index) => outcome('admin', `wrong${index}`)),
    );
    expect(all.filter((one) => (one as unknown[])[0] === 401)).to.have.length(5);
    expect(passwords.checked).to.have.length(5);
  });

  it('do not lock a user out of an address from which the user has logged in', async () => {
    const { outcome, clock } = createWorld(quickPasswords());
    expect(await outcome('admin', 'right', '192.0.2.1')).to.include({ user: 'admin' });
    for (let failure = 1; failure <= 8; failure += 1)
      await outcome('admin', 'wrong', `198.51.100.${failure}`);
    await clock.advance(10 * 60_000, async () => {});
    for (let failure = 1; failure <= 8; failure += 1)
      await outcome('admin', 'wrong', `198.51.100.${failure}`);
    expect(await outcome('admin', 'right', '198.51.100.99')).to.have.property('0', 429);
    expect(await outcome('admin', 'right', '192.0.2.1')).to.include({ user: 'admin' });
  });

  it('with other names do not lock a user out of an address from which the user has logged in', async () => {
    const { outcome } = createWorld(quickPasswords());
    expect(await outcome('admin', 'right')).to.include({ user: 'admin' });
    for (let failure = 1; failure <= 25; failure += 1) await outcome(`user${failure}`, 'wrong');
    expect(await outcome('kate', 'right')).to.have.property('0', 429);
    expect(await outcome('admin', 'also right')).to.deep.equal(REFUSED);
    for (let failure = 1; failure <= 4; failure += 1) await outcome('admin', `wrong${failure}`);
    expect(await outcome('admin', 'wrong5')).to.deep.equal(wait(1));
  });

  it('write a line each, without the password', async () => {
    const { outcome, lines } = createWorld(quickPasswords());
    for (let failure = 1; failure <= 6; failure += 1) await outcome('admin', 'secret word');
    const failed = {
      level: 'warn',
      fields: { user: 'admin', address: '192.0.2.1' },
      message: 'A login failed.',
    };
    expect(lines).to.deep.equal([
      ...Array(5).fill(failed),
      {
        level: 'warn',
        fields: { user: 'admin', address: '192.0.2.1', seconds: 1 },
        message: 'A login was refused after too many failures.',
      },
    ]);
  });
});

describe('credentials that passed', () => {
  it('are not hashed again for five minutes, also when they come several times at once', async () => {
    const passwords = quickPasswords();
    const { outcome, clock } = createWorld(passwords);
    await Promise.all(Array.from({ length: 50 }, () => outcome('kate', 'right')));
    await clock.advance(4 * 60_000, async () => {});
    expect(await outcome('kate', 'right')).to.include({ user: 'kate' });
    expect(passwords.checked).to.have.length(1);
    await clock.advance(60_000, async () => {});
    expect(await outcome('kate', 'right')).to.include({ user: 'kate' });
    expect(passwords.checked).to.have.length(2);
  });
});
