// Counts its runs in the worklet's own memory, and logs the count with a stored value: a worklet that ended forgets.
let runs = 0;
class Count {
  async run() {
    console.log('runs:', ++runs, await sharedStorage.get('k'));
  }
}
register('count', Count);
