import type { ChatRecord } from '../../strategies/chat/index.ts';
import { PartyType } from '../../strategies/chat/party.ts';
import type { InteractionId } from '../../strategies/ids/index.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

export const NTF = '/genesys/2/chat-ntf';
const BOUNDARY = 'a-boundary';

/** A part of a multipart body. With a name it is a file. */
export interface Part {
  readonly field: string;
  readonly filename?: string;
  readonly type?: string;
  readonly content: string | Buffer;
}

export interface FileChatServer extends TestServer {
  /** Opens a chat of Chat V2. */
  openChat(nickname?: string): Promise<ChatRecord>;
  agentJoins(chatId: InteractionId, nickname?: string): Promise<void>;
  multipart(
    url: string,
    parts: readonly Part[],
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestReply>;
  /** Uploads over chat-ntf, the operation first. */
  upload(secureKey: string, filename: string, content: string | Buffer): Promise<TestReply>;
}

/** A whole server with chats of Chat V2, and requests with files. */
export function createFileChatServer(options: Parameters<typeof createTestServer>[0] = {}): FileChatServer {
  const server = createTestServer(options);
  const { orsay, send } = server;
  const multipart: FileChatServer['multipart'] = (url, parts, headers = {}) =>
    send('POST', url, {
      body: multipartBody(parts),
      headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    });
  return {
    ...server,
    openChat: (nickname = 'JohnS') =>
      orsay.chats.open({
        chatService: 'customer-support',
        nickname,
        subject: '',
        userData: {},
        queue: 'Chat_In',
        clientTimeoutMs: 0,
      }),
    agentJoins: (chatId, nickname = 'a1001') =>
      orsay.durable.commit(orsay.notices.agentJoinedBatch(chatId, { nickname, type: PartyType.AGENT })),
    multipart,
    upload: (secureKey, filename, content) =>
      multipart(NTF, [
        { field: 'operation', content: 'fileUpload' },
        { field: 'secureKey', content: secureKey },
        { field: 'file', filename, type: 'application/octet-stream', content },
      ]),
  };
}

export function multipartBody(parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap(({ field, filename, type, content }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${field}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
