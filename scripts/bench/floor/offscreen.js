// Hosts the sandboxed frame, and holds what is stored in memory.
const entries = new Map();
let control;
let spare;
const ready = new Promise((resolve) => addEventListener('load', resolve)).then(() => {
  const channel = new MessageChannel();
  control = channel.port1;
  document.querySelector('iframe').contentWindow.postMessage(null, '*', [channel.port2]);
  replenish();
});
function replenish() {
  const { port1, port2 } = new MessageChannel();
  control.postMessage(null, [port2]);
  spare = port1;
}
let latest;
async function load(document, { id, text }) {
  await ready;
  const worklet = spare;
  latest = worklet;
  worklet.onmessage = ({ data }) => {
    if (data.type === 'loaded') {
      document.postMessage({ id });
      replenish();
    } else if (data.type === 'get') worklet.postMessage({ type: 'value', value: entries.get(data.key) });
    else if (data.type === 'log') document.postMessage({ log: data.value });
  };
  worklet.postMessage({ type: 'load', text });
}
chrome.runtime.onConnect.addListener((document) => document.onMessage.addListener((message) => load(document, message)));
chrome.runtime.onMessage.addListener((message) => {
  if (message.type !== 'kept') return;
  for (const request of message.requests)
    if (request.type === 'set') entries.set(request.key, request.value);
    else latest.postMessage({ type: 'run', name: request.name, data: request.data });
});
chrome.runtime.sendMessage({ type: 'hello' });
