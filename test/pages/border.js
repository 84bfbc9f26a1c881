// Sends what is bound to an agent cluster, and notes in `got` what arrives. `#start` commands come by message.

const make = {
  plain: () => ({ plain: [1, 'two'] }),
  module: () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
  memory: () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }),
  buffer: () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer,
};
const got = [];
const ports = [];

function describe(value) {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function listen(port, name) {
  port.onmessage = ({ data }) => got.push(`${name}: ${data.kind} ${describe(data.value)}`);
  port.onmessageerror = () => got.push(`${name}: messageerror`);
  ports.push(port);
}

function send(target, kinds) {
  for (const kind of kinds) {
    try {
      if (target instanceof MessagePort) target.postMessage({ kind, value: make[kind]() });
      else target.postMessage({ kind, value: make[kind]() }, '*');
    } catch ({ name }) {
      got.push(`thrown: ${kind} ${name}`);
    }
  }
}

self.onmessage = ({ data, source, ports: [port] }) => {
  if (port) listen(port, 'received port');
  else if (data.offer) {
    const channel = new MessageChannel();
    listen(channel.port1, 'offered port');
    source.postMessage('a port', '*', [channel.port2]);
  } else if (data.send) {
    send(source, data.send);
    for (const one of ports) send(one, data.send);
    source.postMessage('sent', '*');
  } else if (data !== 'sent') got.push(`window: ${data.kind} ${describe(data.value)}`);
};
self.onmessageerror = ({ data, origin }) => got.push(`window: messageerror ${data} from ${new URL(origin).hostname}`);

/** Everything from here to a document and back, by window and by port; resolves to what arrived here. */
globalThis.exchange = async (url, how, kinds) => {
  let target;
  if (how === 'frame') {
    const frame = document.createElement('iframe');
    frame.allow = 'cross-origin-isolated';
    frame.src = url;
    await new Promise((resolve) => {
      frame.onload = resolve;
      document.body.append(frame);
    });
    target = frame.contentWindow;
  } else {
    target = open(url);
    // A popup's load event cannot be heard from another origin: it answers as soon as it can.
    const answered = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
    const timer = setInterval(() => target.postMessage({ send: [] }, '*'), 20);
    await answered;
    clearInterval(timer);
  }
  const channel = new MessageChannel();
  listen(channel.port1, 'local port');
  target.postMessage('a port', '*', [channel.port2]);
  send(target, kinds);
  send(channel.port1, kinds);
  const done = new Promise((resolve) => {
    addEventListener('message', function heard({ data }) {
      if (data !== 'sent') return;
      removeEventListener('message', heard);
      resolve();
    });
  });
  target.postMessage({ send: kinds }, '*');
  await done;
  return got;
};
