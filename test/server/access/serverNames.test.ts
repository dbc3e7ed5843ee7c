import { expect } from 'chai';
import { ServerNames } from '../../../server/access/serverNames.ts';

describe('the names of a server', () => {
  it('include the IPv4 addresses of its listeners in every form of IPv6', () => {
    const names = new ServerNames({ baseUrl: () => undefined, hosts: [], planned: ['10.0.0.2'] });
    names.addListener({ address: '10.0.0.2', port: 8080, isSecure: false }, '10.0.0.2');
    for (const host of ['10.0.0.2', '[::ffff:10.0.0.2]', '[::FFFF:0a00:0002]', '[0:0:0:0:0:ffff:a00:2]']) {
      expect(names.pathOf(new URL(`http://${host}:8080/a`)), host).to.equal('/a');
    }
    for (const host of ['10.0.0.3', '[::ffff:10.0.0.3]', '[::a00:2]', '[64:ff9b::a00:2]']) {
      expect(names.pathOf(new URL(`http://${host}:8080/a`)), host).to.equal(undefined);
    }
    expect(names.isOwnSocket('::ffff:10.0.0.2', 8080)).to.equal(true);
  });

  it('include their form with a dot at the end', () => {
    const baseUrl = (): string => 'https://orsay.example.com';
    const names = new ServerNames({ baseUrl, hosts: [], planned: ['127.0.0.1'] });
    names.addListener({ address: '127.0.0.1', port: 8080, isSecure: false }, '127.0.0.1');
    for (const url of [
      'https://orsay.example.com./a',
      'https://ORSAY.example.com.:443/',
      'http://localhost.:8080/',
    ]) {
      expect(names.pathOf(new URL(url)), url).to.equal(new URL(url).pathname);
    }
    expect(names.pathOf(new URL('https://orsay.example.com.org./'))).to.equal(undefined);
  });

  it('leave out the path of a URL of the server, which a gateway takes away', () => {
    const baseUrl = (): string => 'https://example.com/orsay';
    const names = new ServerNames({ baseUrl, hosts: [], planned: ['127.0.0.1'] });
    names.addFormer('https://former.example.com/a');
    names.addFormer('https://former.example.com/a/b/');
    for (const [url, path] of [
      ['https://example.com/orsay/genesys/1', '/genesys/1'],
      ['https://example.com/orsay/', '/'],
      ['https://example.com/orsay', undefined],
      ['https://example.com/orsay2/genesys/1', undefined],
      ['https://example.com/orsay/../genesys/1', undefined],
      ['https://former.example.com/a/b/genesys', '/genesys'],
      ['https://former.example.com/a/genesys', '/genesys'],
      ['https://former.example.com/genesys', undefined],
    ] as const) {
      expect(names.pathOf(new URL(url)), url).to.equal(path);
    }
  });
});
