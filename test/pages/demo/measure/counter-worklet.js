// Runs when somebody has appended to the key, wherever that was. It is told which key it was, and reads the value itself.

const THREE = 3;
const BUCKET = 8n;

/** As all others on the page of reports (worklet.js). */
const VALUE = 128;

class ReportAtThree {
  async run({ key, action }) {
    const { length } = (await sharedStorage.get(key)) ?? '';
    console.log(`${action} of ${key}: ${length} seen`);
    if (length !== THREE) return;
    privateAggregation.enableDebugMode({ debugKey: 777n });
    privateAggregation.contributeToHistogram({ bucket: BUCKET, value: VALUE });
    console.log('reported: three adverts seen');
  }
}

register('report at three', ReportAtThree);
