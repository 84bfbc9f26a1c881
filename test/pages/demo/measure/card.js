// The third party's frame. It writes all it likes and can read nothing back: reading is the worklet's.

const query = new URLSearchParams(location.search);
const site = query.get('site') || 'nowhere';
const group = Math.floor(Math.random() * 1000);

/** Fills one row in: what was written, and the value in its line of code. */
function show(row, value, literal) {
  const strong = document.querySelector(`[data-write=${row}] strong`);
  strong.textContent = value;
  document.querySelector(`[data-write=${row}] var`).textContent = literal;
}

show('group', group, group);
show('first', site, `'${site}'`);
show('note', query.has('writable') ? query.get('note') : 'nothing: the browser did not ask', query.get('header') || 'none');

const problems = [];

/** Runs one row's write and marks the row with how it went; one that fails does not keep the others from being shown. */
async function write(row, action) {
  const item = document.querySelector(`[data-write=${row}]`);
  try {
    await action();
    item.dataset.state = 'written';
  } catch (error) {
    item.dataset.state = 'failed';
    problems.push(error);
  }
}

async function visit() {
  if (!window.sharedStorage) throw new Error('This browser has no window.sharedStorage: is the extension loaded?');
  await write('note', () => {
    if (!query.has('writable')) throw new Error('The request for the note carried no Sec-Shared-Storage-Writable header.');
  });
  await write('group', () => sharedStorage.set('group', group, { ignoreIfPresent: true }));
  await write('count', () => sharedStorage.append('count', '1'));
  await sharedStorage.worklet.addModule('worklet.js');
  await write('first', () => sharedStorage.run('write', { data: { site }, keepAlive: true }));
  await write('report', () => sharedStorage.run('measure', { data: { site }, keepAlive: true }));
  if (problems.length > 0) throw problems[0];
}

function settle(state, text) {
  document.body.dataset.state = state;
  document.getElementById('status').textContent = text;
}

function fail(error) {
  console.error('Yardstick:', error);
  settle('failed', String(error));
}

document.getElementById('again').addEventListener('click', () => sharedStorage.run('read', { keepAlive: true }).catch(fail));

// The publisher cannot look inside to see how tall the card is.
new ResizeObserver(() => parent.postMessage({ height: document.documentElement.offsetHeight }, '*')).observe(document.documentElement);

visit().then(() => {
  document.getElementById('again').disabled = false;
  settle('done', 'Written. This frame cannot read any of it; its worklet just did, and told the console.');
}, fail);
