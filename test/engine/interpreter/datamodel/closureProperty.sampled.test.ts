// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are document code.
import vm from 'node:vm';
import { expect } from 'chai';
import fc from 'fast-check';
import { compileDatamodel } from '../../../../engine/interpreter/datamodel/ecmascript.ts';
import { defined } from '../../../../engine/ports/index.ts';
import { expressionDocument, script, value } from '../../../support/expressionDocument.ts';
import { fuzzSeed } from '../../../support/fuzzSeed.ts';
import { STEP } from '../../../support/openCode.ts';
import { runsOf } from '../../../support/runLength.ts';

/** Code of an object, and the paths below it that give a number when they are evaluated with `n`. */
interface Module {
  readonly code: string;
  readonly calls: readonly string[];
}

type Draw = (max: number) => number;

/** Builds a module whose members count in variables of the functions around them. */
function moduleOf(draw: Draw, depth: number, outer: readonly string[]): Module {
  const id = `${depth}${outer.length}`;
  const own = [`v${id}`, `l${id}`, `p${id}`];
  const names = [...outer, ...own];
  const pick = (): string => names[draw(names.length)]!;
  const statement = (): string => {
    const [a, b] = [pick(), pick()];
    switch (draw(7)) {
      case 0:
        return `${a} += n;`;
      case 1:
        return `${a} = (${a} * 2 + ${b}) % 97;`;
      case 2:
        return `if (${a} % 2) { let t = ${b}; ${a} = t + 1; } else ${b}--;`;
      case 3:
        return `for (let i = 0; i < 2; i++) { ${a} += i; later.push(() => i++ + ${b}); }`;
      case 4:
        return `for (const x of [1, n]) later.push(function () { return x + ${a}++; });`;
      case 5:
        return `try { throw ${a}; } catch (e) { later.push(() => (e += 1) + ${b}); }`;
      default:
        return `[${a}, ${b}] = [${b}, ${a}];`;
    }
  };
  const body = (): string =>
    `${statement()} ${statement()} later.splice(0, later.length - 4); return ${pick()} + ${pick()};`;
  const members: string[] = [];
  const calls: string[] = [];
  const add = (name: string, code: string, call: string): void => {
    members.push(code);
    calls.push(call.replace('NAME', name));
  };
  add('f', `f: function (n) { ${body()} }`, '.NAME(n)');
  add('m', `m(n) { ${body()} }`, '.NAME(n)');
  add('a', `a: (n) => { ${body()} }`, '.NAME(n)');
  add('g', `get g() { var n = 1; ${body()} }, set g(n) { ${body()} }`, draw(2) ? '.NAME' : '.NAME = n');
  add('b', 'b: helper.bind(null, 3)', '.NAME(n)');
  add('k', `k: new Keeper(${draw(9)})`, '.NAME.up(n)');
  add('i', `i: new Keeper(${draw(9)})`, '.NAME.half');
  add('r', 'get r() { return [...new Keeper(1)].length; }', '.NAME');
  add('later', 'get sum() { return later.reduce(function (s, g) { return s + g(); }, 0); }', '.sum');
  if (depth > 0) {
    const inner = moduleOf(draw, depth - 1, names);
    members.push(`sub: ${inner.code}`);
    calls.push(...inner.calls.map((call) => `.sub${call}`));
  }
  const [v, l, p] = own;
  const code = `(function (${p}) {
    var ${v} = ${draw(9)}; let ${l} = ${draw(9)}; var later = [];
    class Base { static made = ${v}; constructor(n) { this.n = n; } up(n) { this.n += n; ${v} += 1; return this.n + ${l}; } }
    class Keeper extends Base {
      static kept = [Keeper.made++];
      constructor(n) { super(n); this.m = n; Base.made += 1; }
      up(n) { this.m -= n; Keeper.kept.push(n); return super.up(n) + this.m + Base.made + Keeper.made + Keeper.kept.length; }
      get ['half']() { return this.n / 2; } *[Symbol.iterator]() { yield this.n; yield ${v}++; }
    }
    function helper(k, n) { ${l} += k; return twice(n) + ${l}; }
    function twice(n) { return n * 2 + ${v}; }
    return { ${members.join(', ')} };
  })(${draw(9)})`;
  return { code, calls };
}

interface Run {
  readonly module: Module;
  readonly steps: readonly { readonly call: string; readonly restores: boolean }[];
}

const runs: fc.Arbitrary<Run> = fc
  .record({
    seed: fc.nat(),
    depth: fc.integer({ min: 0, max: 2 }),
    steps: fc.array(
      fc.record({ call: fc.nat(), n: fc.integer({ min: 0, max: 5 }), restores: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
  })
  .map(({ seed, depth, steps }) => {
    let state = seed;
    const draw: Draw = (max) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return (state >>> 8) % max;
    };
    const module = moduleOf(draw, depth, []);
    return {
      module,
      steps: steps.map(({ call, n, restores }) => ({
        call: `api${module.calls[call % module.calls.length]!.replace('(n)', `(${n})`).replace('= n', `= ${n}`)}`,
        restores,
      })),
    };
  });

describe('Random modules with captured variables', () => {
  it('have the results of plain JavaScript, with and without a restore between any two steps', () => {
    fc.assert(
      fc.property(runs, fc.constantFrom('w3c' as const, 'ors' as const), ({ module, steps }, dialect) => {
        const source = `var api = ${module.code};`;
        const calls = steps.map(({ call }) => `JSON.stringify([${call}])`);
        const plain = vm.runInNewContext(`${source} [${calls.join(', ')}]`) as string[];
        const codes = [script(source), ...calls.map((call) => value(call))];
        const datamodel = compileDatamodel(expressionDocument(codes, { dialect }));
        const open = (snapshot?: string) => {
          const session = datamodel.open({ sessionId: 'S', ioProcessors: {}, ...defined({ snapshot }) });
          session.beginStep(STEP);
          return session;
        };
        for (const restoring of [false, true]) {
          let session = open();
          session.run(0);
          const found = steps.map(({ restores }, index) => {
            if (restoring && restores) session = open(session.snapshot());
            return session.value(index + 1);
          });
          expect(found).to.deep.equal([...plain]);
        }
      }),
      { numRuns: runsOf({ sample: 12, all: 100 }), ...fuzzSeed() },
    );
  }).timeout(600_000);
});
