// An agent of the group Billing: accepts every chat and answers every message. Stops at Ctrl-C.
// node agent.mjs [server] [agent id]
const [server = 'http://127.0.0.1:8080', agentId = 'KSippola'] = process.argv.slice(2);

async function call(method, path, body = {}) {
  const response = await fetch(`${server}/agent/1/${path}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}

async function react(event) {
  const path = `interactions/${event.interactionId}`;
  if (event.type === 'offered') {
    await call('POST', `${path}/accept`);
    await call('POST', `${path}/message`, { text: 'Hello, how can I help?' });
  } else if (event.type === 'message' && event.party.type === 'CLIENT') {
    console.log(`Customer: ${event.text}`);
    await call('POST', `${path}/message`, { text: `You said: ${event.text}` });
  } else if (event.type === 'ended') {
    console.log('The chat has ended.');
  }
}

await call('PUT', `agents/${agentId}`, { state: 'ready', groups: ['Billing'], media: ['chat'] });
const events = await fetch(`${server}/agent/1/agents/${agentId}/events`);
console.log(`${agentId} is ready.`);

// Server-sent events: frames that end with an empty line; `data:` holds the event as JSON.
let text = '';
for await (const chunk of events.body.pipeThrough(new TextDecoderStream())) {
  const frames = (text + chunk).split('\n\n');
  text = frames.pop();
  for (const frame of frames) {
    const data = /^data: ?(.*)$/m.exec(frame)?.[1];
    if (data !== undefined) await react(JSON.parse(data));
  }
}
