import { expect } from 'chai';
import { readLocalizationFile } from '../../../server/pushServices/localizationFile.ts';
import { openPushServer, type PushServer } from '../../support/pushServer.ts';

/** The file of the page. */
const FILE = `<?xml version="1.0" encoding="UTF-8" ?>
<messages>
 <message id="welcome">
   <locale language="en_US">
     <entry key="text">Welcome</entry>
   </locale>
   <locale language="de">
     <entry key="text">Willkommen</entry>
   </locale>
   <locale language="fr">
     <entry key="text">Bonjour</entry>
   </locale>
   <locale language="es">
     <entry key="text">\\u00A1Hola</entry>
    </locale>
<locale language="ja">
     <entry key="text">\\u3053\\u3093\\u306B\\u3061\\u306F</entry>
   </locale>
 </message>
  <message id="welcomeArgs">
   <locale language="en_US">
     <entry key="text">Dear customer $customer.lastname, how can you be reminded</entry>
   </locale>
   <locale language="de">
     <entry key="text">Sehr geehrter Kunde $customer.lastname, wie können Sie daran erinnert
werden</entry>
    </locale>
   <locale language="fr">
      <entry key="text">Cher client $customer.lastname, comment pouvez-vous être
rappelé</entry>
    </locale>
   <locale language="es">
     <entry key="text">$customer.lastname Estimado cliente, \\u00BFc\\u00F3mo puede ser
recordado</entry>
   </locale>
  </message>
</messages>
`;

const DOE = { id: 'welcomeArgs', customer: { firstname: 'John', lastname: 'Doe' } };

describe('chapter 12, Localization file', () => {
  let server: PushServer | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  /** The texts that devices of these languages get; '' is a subscription without a language. */
  async function textsIn(languages: readonly string[], message: unknown): Promise<readonly string[]> {
    server = await openPushServer({ localization: FILE });
    const { subscribe, publish, fcm } = server;
    for (const language of languages) {
      const reply = await subscribe({
        subscriberId: 'A1',
        notificationDetails: { type: 'fcm', deviceId: `in ${language}` },
        ...(language !== '' && { language }),
        filter: '*',
      });
      expect(reply.status, reply.text).to.equal(200);
    }
    const reply = await publish({ tag: 'a.b', mediaType: 'localizestring', message });
    expect(reply.status, reply.text).to.equal(200);
    return languages.map(
      (language) => fcm.messages.find(({ token }) => token === `in ${language}`)!.data.message,
    );
  }

  it('gives each subscription the text in its language, with the characters that \\uXXXX stands for', async () => {
    expect(await textsIn(['en_US', 'de', 'fr', 'es', 'ja'], 'welcome')).to.deep.equal([
      'Welcome',
      'Willkommen',
      'Bonjour',
      '¡Hola',
      'こんにちは',
    ]);
  });

  it('takes the same language of another country, and then the first text of the message', async () => {
    const languages = ['en', 'en_GB', 'de-AT', 'DE', 'et'];
    expect(await textsIn(languages, 'welcome')).to.deep.equal([
      'Welcome',
      'Welcome',
      'Willkommen',
      'Willkommen',
      'Welcome',
    ]);
  });

  it('replaces the arguments by the values of the event, also when that is JSON text', async () => {
    const german = 'Sehr geehrter Kunde Doe, wie können Sie daran erinnert\nwerden';
    expect(await textsIn(['de', 'es'], DOE)).to.deep.equal([
      german,
      'Doe Estimado cliente, ¿cómo puede ser\nrecordado',
    ]);
    await server!.close();
    expect(await textsIn(['de'], JSON.stringify(DOE))).to.deep.equal([german]);
  });

  it('treats the message as a normal one for a subscription without a language', async () => {
    expect(await textsIn(['', 'fr'], 'welcome')).to.deep.equal(['welcome', 'Bonjour']);
  });

  it('shows the text on Apple devices', async () => {
    server = await openPushServer({ localization: FILE });
    const { subscribe, publish, apns } = server;
    const notificationDetails = { type: 'ios', deviceId: 'ipad' };
    await subscribe({ subscriberId: 'A1', notificationDetails, language: 'de', filter: '*' });
    await publish({ tag: 'a.b', mediaType: 'localizestring', message: 'welcome' });
    expect(apns.notifications[0]?.payload).to.deep.equal({
      aps: { alert: { title: '', body: 'Willkommen' } },
      message: 'Willkommen',
    });
  });

  it('refuses an event whose message or argument the file does not have', async () => {
    server = await openPushServer({ localization: FILE });
    const refusal = async (message: unknown): Promise<unknown> => {
      const reply = await server!.publish({ tag: 'a.b', mediaType: 'localizestring', message });
      return [reply.status, (reply.json as { readonly message: string }).message];
    };
    expect(await refusal('wellcome')).to.deep.equal([
      400,
      "Expected the id of a message of the localization file (welcome, welcomeArgs), got 'wellcome'. Did you mean 'welcome'?",
    ]);
    expect(await refusal({ id: 'welcomeArgs', customer: { firstname: 'John' } })).to.deep.equal([
      400,
      `Expected a value for '$customer.lastname' of the message 'welcomeArgs', got {"id":"welcomeArgs","customer":{"firstname":"John"}}.`,
    ]);
    expect(await refusal({ name: 'welcome' })).to.deep.equal([
      400,
      `Expected a message of mediaType localizestring to be an id, or an object with 'id', got {"name":"welcome"}.`,
    ]);
  });

  for (const [source, message] of [
    ['<messages><message></message></messages>', 'line 1: expected a message with an id'],
    ['<messages>\n<message id="a"/></messages>', "line 2: expected a text in the message 'a'"],
    ['<messages>\n<note/></messages>', 'line 2: expected messages/message/locale/entry, got messages/note'],
    [
      '<messages><message id="a"><locale language="Deutsch!"/></message></messages>',
      "line 1: expected a language such as 'de' or 'en_US', got 'Deutsch!'",
    ],
    ['<!DOCTYPE x [<!ENTITY a "b">]><messages/>', 'line 1: expected no document type'],
    ['<messages>', 'line 1: unclosed tag: messages'],
  ] as const) {
    it(`names the fault of a file: ${message}`, () => {
      expect(() => readLocalizationFile(source)).to.throw(message);
    });
  }
});
