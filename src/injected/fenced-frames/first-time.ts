/** Whether the document hears of the name for the first time: what is asked for by it has to be done once, however often it is asked for. */
export function isFirstTime(name: string): boolean {
  self.sharedStorageLabDone ??= new Set();
  const isFirst = !self.sharedStorageLabDone.has(name);
  self.sharedStorageLabDone.add(name);
  return isFirst;
}
