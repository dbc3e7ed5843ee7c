const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/**
 * The differences in form between an expected and an actual value: names of fields, and kinds of values. In
 * an object with instants as names only the values count.
 */
export function differencesOf(expected: unknown, actual: unknown, at = ''): readonly string[] {
  if (kindOf(expected) !== kindOf(actual)) {
    return [
      `${at || 'the body'}: expected ${kindOf(expected)}, got ${JSON.stringify(actual)?.slice(0, 200)}`,
    ];
  }
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length > 0 && actual.length === 0)
      return [`${at || 'the body'}: expected entries, got none`];
    return actual.flatMap((one, index) =>
      expected.length === 0
        ? []
        : differencesOf(expected[Math.min(index, expected.length - 1)], one, `${at}[${index}]`),
    );
  }
  if (kindOf(expected) !== 'object') return [];
  const [wanted, found] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
  if (Object.keys(wanted).some((name) => INSTANT.test(name))) {
    const [first] = Object.values(wanted);
    if (Object.keys(found).length === 0) return [`${at}: expected entries, got none`];
    return Object.entries(found).flatMap(([name, value]) => differencesOf(first, value, `${at}.${name}`));
  }
  const missing = Object.keys(wanted).filter((name) => !Object.hasOwn(found, name));
  const more = Object.keys(found).filter((name) => !Object.hasOwn(wanted, name));
  return [
    ...missing.map((name) => `${at}.${name}: missing`),
    ...more.map(
      (name) => `${at}.${name}: not in the example, got ${JSON.stringify(found[name])?.slice(0, 80)}`,
    ),
    ...Object.keys(wanted)
      .filter((name) => Object.hasOwn(found, name))
      .flatMap((name) => differencesOf(wanted[name], found[name], `${at}.${name}`)),
  ];
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
