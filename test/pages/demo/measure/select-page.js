// Each decision is shown twice: in an iframe, and in a fenced frame. The saved query makes both frames show the same.

const decisions = {
  experiment: ['blue.html', 'orange.html'],
  frequency: ['house.html', 'campaign.html'],
  customer: ['join.html', 'welcome.html'],
};

function figure(decision, caption, element) {
  const figure = document.createElement('figure');
  const label = document.createElement('figcaption');
  label.textContent = caption;
  element.title = `${decision}: ${caption}`;
  figure.append(label, element);
  document.querySelector(`[data-decision=${decision}] .frames`).append(figure);
}

async function decide(decision, files) {
  const urls = files.map((file) => ({ url: new URL(file, adverts).href }));
  const select = (resolveToConfig) => sharedStorage.selectURL(decision, urls, { keepAlive: true, savedQuery: decision, resolveToConfig });
  const iframe = document.createElement('iframe');
  iframe.src = await select(false);
  figure(decision, '<iframe src="urn:uuid:…">', iframe);
  const fencedFrame = document.createElement('fencedframe');
  fencedFrame.config = await select(true);
  figure(decision, '<fencedframe>.config = …', fencedFrame);
}

async function selectAll() {
  if (!window.sharedStorage) throw new Error('This browser has no window.sharedStorage: is the extension loaded?');
  await sharedStorage.worklet.addModule('select-worklet.js');
  for (const [decision, files] of Object.entries(decisions)) await decide(decision, files);
}

const say = (text) => {
  document.getElementById('status').textContent = text;
};

document.getElementById('join').addEventListener('click', () => {
  sharedStorage.set('customer', 'yes').then(() => say('Saved. Reload the page to be welcomed.'), say);
});

selectAll().then(
  () => say('Selected. Ask this page which: it does not know.'),
  (error) => {
    console.error('selectURL:', error);
    say(String(error));
  },
);
