// A customer: asks for a delayed chat, waits until an agent is near, and chats. It polls; an app would listen
// on CometD. node callbackClient.mjs [server]
import { setTimeout as wait } from 'node:timers/promises';

const [server = 'http://127.0.0.1:8080'] = process.argv.slice(2);
const POLL_MS = 200;

async function post(path, fields = {}) {
  const response = await fetch(`${server}/genesys/1/service/${path}`, {
    method: 'POST',
    headers: { gms_user: 'jbond' },
    body: new URLSearchParams(fields),
  });
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

// 1. Create the callback. The server keeps it, also when it is restarted.
const { _id: id } = await post('callback/chat-delay', {
  _customer_number: '4082652649',
  usr_reason: 'billing question',
});
console.log(`Created the callback ${id}.`);

// 2. Wait until an agent is near.
let place = await post(`${id}/check-queue-position`);
while (!place._agent_ready_threshold_passed) {
  console.log(`Position ${place._position} of ${place._total_waiting}.`);
  await wait(POLL_MS);
  place = await post(`${id}/check-queue-position`);
}
console.log('An agent is near.');

// 3. Say "I am ready", and open the chat.
await post(`${id}/connect`);
let chat = await post(`${id}/ixn/chat`, { firstName: 'James', subject: 'billing' });

// 4. Say something; print what the agent says until they have answered it.
const question = 'My invoice is wrong.';
let answered = false;
let message = {};
while (!answered) {
  chat = await post(`${id}/ixn/chat/refresh`, { transcriptPosition: chat.transcriptPosition, ...message });
  message = {};
  for (const [kind, nickname, text, , party] of chat.transcriptToShow ?? []) {
    if (kind !== 'Message.Text' || party !== 'AGENT') continue;
    console.log(`${nickname}: ${text}`);
    if (text.includes(question)) answered = true;
    else message = { message: question };
  }
  await wait(POLL_MS);
}

// 5. Leave. The session of the callback ends, and reports why.
await post(`${id}/ixn/chat/disconnect`);
console.log('Left the chat.');
