// All that the page does is to append; what comes of it is the worklet's, and nobody tells the page.

const KEY = 'adverts';

const say = (text) => {
  document.getElementById('status').textContent = text;
};

const fail = (error) => {
  console.error('Counter:', error);
  say(String(error));
};

let shown = 0;

async function register() {
  if (!window.sharedStorage) throw new Error('This browser has no window.sharedStorage: is the extension loaded?');
  if (!sharedStorage.addEventListener)
    throw new Error('The setting possibilities.eventHandlers is off: switch it on, and load this page again.');
  await sharedStorage.worklet.addModule('counter-worklet.js');
  await sharedStorage.addEventListener('key', 'report at three', { key: KEY, actions: ['append'] });
}

document.getElementById('show').addEventListener('click', () => {
  sharedStorage
    .append(KEY, '1')
    .then(() => say(`This page has shown it ${++shown} times. What the others have done, it does not know.`), fail);
});

document.getElementById('forget').addEventListener('click', () => {
  sharedStorage.delete(KEY).then(() => say('Forgotten. The next advert is the first one again.'), fail);
});

register().then(() => {
  for (const button of document.querySelectorAll('button')) button.disabled = false;
  say('Registered. Show the advert three times, here or in two tabs.');
}, fail);
