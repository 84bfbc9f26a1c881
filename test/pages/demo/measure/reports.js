// The measurement company's own page: it shows what its server received, and cannot read the store either.

/** What the worklet contributes for each visitor (worklet.js), and to which bucket. */
const VALUE = 128;
const MEASURES = [
  { bucket: '1', name: 'Reach on either site', first: true },
  { bucket: '2', name: '… on The Daily Signal' },
  { bucket: '3', name: '… on Salt & Thyme' },
  { bucket: '4', name: 'Saw 3 pages or more', first: true },
  { bucket: '5', name: 'Aged 18–34', first: true },
  { bucket: '6', name: 'Aged 35–54' },
  { bucket: '7', name: 'Aged 55+' },
  { bucket: '8', name: 'Saw the advert three times', first: true },
];

/** How often the server is asked, in milliseconds. */
const PERIOD = 1000;

/** The sums of the buckets. Each report once: that of debug mode is a duplicate. */
function summarize(reports) {
  const sums = new Map();
  for (const { kind, contributions } of reports)
    if (kind === 'live') for (const { bucket, value } of contributions) sums.set(bucket, (sums.get(bucket) ?? 0) + value);
  return sums;
}

function showSummary(sums) {
  const largest = Math.max(VALUE, ...sums.values());
  const rows = MEASURES.flatMap(({ bucket, name, first = false }) => {
    const sum = sums.get(bucket) ?? 0;
    const [label, row, bar, number] = ['dt', 'dd', 'i', 'b'].map((tag) => document.createElement(tag));
    label.textContent = name;
    label.classList.toggle('first', first);
    label.title = `bucket ${bucket}`;
    row.dataset.bucket = bucket;
    bar.style.setProperty('--share', sum / largest);
    number.textContent = sum / VALUE;
    row.append(bar, number);
    return [label, row];
  });
  document.getElementById('summary').replaceChildren(...rows);
}

function showLast(reports) {
  const last = reports.findLast(({ kind }) => kind === 'live');
  const raw = last ? JSON.stringify(last.body, null, 2) : '';
  const named = ({ bucket, value }) => `${MEASURES.find((one) => one.bucket === bucket)?.name ?? bucket} (bucket ${bucket}): ${value}`;
  document.getElementById('received').textContent = last
    ? `No. ${reports.filter(({ kind }) => kind === 'live').length}, in debug mode, says: ${last.contributions.map(named).join(', ')}.`
    : 'None yet: visit a publisher.';
  const pre = document.getElementById('raw');
  // A person may be reading it, or selecting text.
  if (pre.textContent !== raw) pre.textContent = raw;
}

async function refresh(method = 'GET') {
  const reports = await (await fetch('/reports.json', { method })).json();
  showSummary(summarize(reports));
  showLast(reports);
}

const fail = (error) => console.error('Reports:', error);

for (const button of document.querySelectorAll('[data-age]'))
  button.addEventListener('click', () => {
    const { age } = button.dataset;
    const say = (text) => {
      document.getElementById('demographics').textContent = text;
    };
    sharedStorage
      .set('age', age)
      .then(() => say(`Stored: ${age}. The next visit to a publisher reports it, though no publisher ever knows it.`), say);
  });

document.getElementById('forget').addEventListener('click', () => refresh('DELETE').catch(fail));
refresh().catch(fail);
setInterval(() => {
  if (!document.hidden) refresh().catch(fail);
}, PERIOD);
