// The other end: says what arrived, and relaxes itself to the site when it is asked to.

const show = (text) => {
  document.getElementById('last').textContent = text;
};
document.getElementById('host').textContent = location.hostname;
document.getElementById('keyed').textContent = `originAgentCluster is ${originAgentCluster}.`;

/** Uses what arrived, so that "it works" is more than a word. */
async function use(kind, value) {
  if (kind === 'module') return `add(2, 3) = ${(await WebAssembly.instantiate(value)).exports.add(2, 3)}`;
  const buffer = kind === 'memory' ? value.buffer : value;
  return `the other side's 42 reads ${new Uint8Array(buffer)[0]} here`;
}

const answer = {
  hello: () => ({ originAgentCluster, crossOriginIsolated }),
  send: async ({ kind, value }) => ({ arrived: await use(kind, value) }),
  domain: ({ site }) => {
    document.domain = site;
    return { domain: document.domain };
  },
};

addEventListener('message', async ({ data, source, origin }) => {
  if (!Object.hasOwn(answer, data.ask)) return;
  const reply = await answer[data.ask](data);
  show(data.ask === 'send' ? `A ${data.kind} arrived: ${reply.arrived}.` : `Asked: ${data.ask}.`);
  source.postMessage({ reply }, origin);
});

addEventListener('messageerror', ({ source, origin }) => {
  show('A messageerror: something came that may not leave its origin.');
  source?.postMessage({ reply: { error: 'messageerror' } }, origin);
});
