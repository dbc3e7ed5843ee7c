import { expect } from 'chai';
import type { ChildProcess } from '../../../../engine/host/children/childProcess.ts';
import { startChild } from '../../../../engine/host/children/startChild.ts';

/** The command of a child that runs the code. In the code, `socket` is the child's end of the connection. */
function program(code: string): readonly string[] {
  const opening = "const socket = new (require('node:net').Socket)({ fd: 3 });";
  return [process.execPath, '-e', `${opening} ${code}`];
}

/** More bytes than one read returns, and more than the system accepts in one write. */
const LONG = Buffer.from(Array.from({ length: 150_000 }, (_, index) => `${index},`).join(''));

describe('A child process', () => {
  const pids = new Set<number>();
  let heard: Buffer;
  let child: ChildProcess;

  /** The way the child ended. `listen` gets everything that it has sent so far. */
  function run(command: readonly string[], listen: () => void = () => {}): Promise<string> {
    heard = Buffer.alloc(0);
    return new Promise((resolve) => {
      child = startChild(command, pids, {
        onBytes(bytes) {
          heard = Buffer.concat([heard, bytes]);
          listen();
        },
        onExit: resolve,
      });
    });
  }

  afterEach(() => {
    expect([...pids]).to.deep.equal([]);
  });

  it('receives bytes and sends bytes', async () => {
    const ended = run(program("socket.write('?'); socket.pipe(socket);"), () => {
      if (heard.length === 1) {
        expect(pids.size).to.equal(1);
        expect(child.usage()!.rssBytes).to.be.greaterThan(1_000_000);
        for (let at = 0; at < LONG.length; at += 100_000) child.send(LONG.subarray(at, at + 100_000));
      } else if (heard.length === LONG.length + 1) child.kill();
    });
    expect(await ended).to.equal('SIGKILL');
    expect(heard.subarray(1).equals(LONG)).to.equal(true);
    expect(child.usage()).to.equal(undefined);
  });

  it('is read to its last byte before its end is reported, with its output on stderr', async () => {
    const code = `socket.write(Buffer.alloc(500_000, 'x'), () => null.more);`;
    expect(await run(program(code))).to.match(/^exit code 1, TypeError: .* 'more'/);
    expect(heard.length).to.equal(500_000);
  });

  it('is ended when it closes its connection', async () => {
    expect(await run(program('socket.destroy(); setInterval(() => {}, 1_000);'))).to.equal('SIGKILL');
  });

  it('can be killed before it runs, and reports a program that does not exist', async () => {
    const ended = run(program("socket.write('never');"));
    child.kill();
    expect(await ended).to.equal('SIGKILL');
    expect(await run(['/nothing/here'])).to.match(/ENOENT/);
    expect(await run([process.execPath, 'x'.repeat(4_000_000)])).to.match(/E2BIG/);
    expect(heard.length).to.equal(0);
  });
});
