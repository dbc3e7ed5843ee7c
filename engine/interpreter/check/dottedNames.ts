/** All event descriptors that match one of the names: `a` and `a.b` for the name `a.b` (W3C 3.12.1). */
export function descriptorsOf(names: Iterable<string>): Set<string> {
  const descriptors = new Set<string>();
  for (const name of names) {
    descriptors.add(name);
    for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      descriptors.add(name.slice(0, dot));
    }
  }
  return descriptors;
}
