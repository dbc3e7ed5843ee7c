import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { caseUrl } from '../support/cases.ts';
import { createMachine } from '../support/machine.ts';
import { sampleOf } from '../support/runLength.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';
import { builtProgram } from '../support/testBuild.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0"';
const FOLDER = mkdtempSync(join(tmpdir(), 'orsay-ends-'));

function write(name: string, content: string): string {
  const path = join(FOLDER, `${name}.scxml`);
  writeFileSync(path, `<scxml ${XMLNS} datamodel="ecmascript">${content}</scxml>`);
  return path;
}

const caseFile = (name: string): string => fileURLToPath(caseUrl(name));
const LOOPING_CHILD = `<invoke><content><scxml ${XMLNS}><state id="s"><onentry><send event="t"/></onentry><transition event="t" target="s"/></state></scxml></content></invoke>`;

/** Documents that never rest, and neighbours of each. */
const RESTLESS: readonly { readonly name: string; readonly file: string; readonly last: string }[] = [
  { name: 's354c', file: caseFile('s354c'), last: 'loop' },
  { name: 'loop_delay0', file: caseFile('loop_delay0'), last: 'loop' },
  { name: 'loop_invoke', file: caseFile('loop_invoke'), last: 'done.invoke.u.' },
  { name: 'loop_pingpong', file: caseFile('loop_pingpong'), last: 'ping' },
  {
    name: 'an invoked session that never rests',
    file: write('child', `<state id="a">${LOOPING_CHILD}</state>`),
    last: 't',
  },
  {
    name: 'a step that takes long, again and again',
    file: write(
      'slow',
      '<state id="a"><onentry><send event="t"/><script>for (var i = 0; i &lt; 300; i++);</script></onentry><transition event="t" target="a"/></state>',
    ),
    last: 't',
  },
  {
    name: 'a document that invokes one that cannot be read, again and again',
    file: write(
      'unread',
      '<state id="a"><invoke src="missing.scxml"/><transition event="error" target="a"/></state>',
    ),
    last: 'error.communication',
  },
];

/** ms that a machine needs for a step. A machine of today needs less than one. */
const MACHINES = sampleOf([5, 50, 400], 2);
const BOUNDS = [
  ['--real-time', '500ms'],
  ['--virtual-time', '2s'],
] as const;

describe('orsay run of a document that never rests', () => {
  for (const { name, file, last } of RESTLESS) {
    for (const [mode, limit] of BOUNDS) {
      it(`ends with its last line and the reason on every machine: ${name}, ${mode}`, async () => {
        const args = [
          'run',
          file,
          mode,
          '--max-time',
          limit,
          ...(/loop/.test(name) ? ['--event', 'loop'] : []),
        ];
        for (const speed of MACHINES) {
          const { code, stdout, stderr } = await runOrsay(args, createMachine(speed));
          expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).to.deep.include({
            status: 'running',
            reason: stderr.trim().split('\n').at(-1),
          });
          expect(stderr).to.match(/^Stopped after [\d.]+m?s .*: the session did not come to rest\. /m);
          expect(/the last were (.*)\.$/m.exec(stderr)?.[1]).to.contain(last);
          expect(code).to.equal(1);
        }
      });
    }
  }

  const endless = ['run', caseFile('loop_delay1'), '--event', 'loop'];

  it('ends in virtual time when it has computed for long, and says that delays are left', async () => {
    const { code, stdout, stderr } = await runOrsay([...endless, '--virtual-time'], createMachine(20));
    expect(JSON.parse(stdout)).to.deep.include({ status: 'running', configuration: ['u'] });
    expect(stderr).to.match(
      /^Stopped after 10s of computing: delayed events are still to come, the next after 1ms\. /,
    );
    expect(code).to.equal(1);
  });

  it('ends at --max-time on every machine when its delays never end, and says so', async () => {
    for (const [mode, speeds] of [
      ['--real-time', MACHINES],
      ['--virtual-time', [1]],
    ] as const) {
      for (const speed of speeds) {
        const args = [...endless, '--max-time', '300ms', mode];
        const { code, stdout, stderr } = await runOrsay(args, createMachine(speed));
        expect(JSON.parse(stdout)).to.deep.include({ status: 'running', configuration: ['u'] });
        expect(stderr).to.match(
          /^Stopped after 300ms \(--max-time\): delayed events are still to come, the next after \d+ms\.\n$/,
        );
        expect(code).to.equal(0);
      }
    }
  });

  it('says nothing when the session rests without delays', async () => {
    for (const speed of MACHINES) {
      const args = ['run', write('rests', '<state id="a"/>')];
      const { code, stderr } = await runOrsay(args, createMachine(speed));
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    }
  });

  it('ends in the time of this machine too', async () => {
    const args = ['run', caseFile('loop_pingpong'), '--max-time', '50ms', '--event', 'loop'];
    expect((await runOrsay(args)).stderr).to.contain('the session did not come to rest');
    const { stderr } = await runOrsay([...endless, '--max-time', '50ms']);
    expect(stderr).to.contain('delayed events are still to come');
  });
});

/** `orsay … | head -1` in a shell, with the exit code of orsay. A run ends before its --max-time. */
async function firstLine(args: readonly string[], maxTime: string): Promise<OrsayRun> {
  const all = args[0] === 'run' ? [...args, '--max-time', maxTime] : args;
  const child = spawn(
    'sh',
    [
      '-c',
      '{ "$0" "$@" 2>err; echo $? >code; } | head -1',
      process.execPath,
      builtProgram('cli/main.ts'),
      ...all,
    ],
    {
      cwd: FOLDER,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let stdout = '';
  for await (const chunk of child.stdout) stdout += String(chunk);
  const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
  return { code: Number(read('code')), stdout, stderr: read('err') };
}

describe('a reader of orsay that goes away', () => {
  const noisy = write(
    'noisy',
    '<state id="a"><onentry><log expr="1"/><send event="t"/></onentry><transition event="t" target="a"/></state>',
  );
  const wrong = write('wrong', '<state id="a"><transition target="b"/></state>'.repeat(500));
  const CALLS: readonly (readonly string[])[] = [
    ['run', noisy],
    ['run', noisy, '--steps'],
    [
      'run',
      write(
        'later',
        '<state id="a"><onentry><send event="t" delay="5ms"/></onentry><transition event="t" target="a"><log expr="1"/></transition></state>',
      ),
    ],
    ['check', wrong],
    ['--help'],
  ];
  for (const args of sampleOf(CALLS, 2)) {
    it(`is no crash: ${args.join(' ').replaceAll(FOLDER, '')}`, async () => {
      const { code, stdout, stderr } = await firstLine(args, '20s');
      expect(stderr).not.to.match(/EPIPE|at .*\.[jt]s:/);
      expect(stdout.trim().split('\n')).to.have.length(1);
      expect(code).to.equal(args.includes(wrong) ? 1 : 0);
    }).timeout(30_000);
  }
});
