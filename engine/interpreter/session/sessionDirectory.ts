import type { Receiver, SessionDirectory } from './contract.ts';

export function createSessionDirectory(): SessionDirectory {
  const receivers = new Map<string, Receiver>();
  return {
    add: (id, receiver) => void receivers.set(id, receiver),
    remove(id, receiver) {
      if (receivers.get(id) === receiver) receivers.delete(id);
    },
    find: (id) => receivers.get(id),
  };
}

/** Holds the sessions of this process that have no directory of their own, each until it ends. */
export const processSessions: SessionDirectory = createSessionDirectory();
