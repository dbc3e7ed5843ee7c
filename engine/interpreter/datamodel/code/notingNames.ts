import type { CalledNames } from './calledNames.ts';
import type { Names, NamesOfVariables } from './names.ts';

/** The same names, with what is done with them noted. */
export function noting(names: NamesOfVariables, called: CalledNames): Names {
  function exposing<Made>(make: (name: string) => Made): (name: string) => Made {
    return (name) => {
      called.expose(name);
      return make(name);
    };
  }
  return {
    read: exposing(names.read),
    assign: exposing(names.assign),
    update: exposing(names.update),
    peek: exposing(names.peek),
    declare: exposing(names.declare),
    location: exposing(names.location),
    create: exposing(names.create),
    called: names.read,
    declareFunction: names.declare,
    declareHolder: names.declareHolder,
    self() {
      called.exposeAll();
      return names.self();
    },
  };
}
