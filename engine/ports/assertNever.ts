/** For the default branch of a switch over a union. Reaching it is a fault of the program. */
export function assertNever(value: never): never {
  throw new Error(`Expected one of the known kinds, got ${JSON.stringify(value)}.`);
}
