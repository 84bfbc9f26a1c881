/** What is still in use of what was once added: nothing is kept alive by being in there. */
export class WeakList<T extends object> {
  readonly #refs = new Set<WeakRef<T>>();

  add(value: T): void {
    this.#refs.add(new WeakRef(value));
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const ref of this.#refs) {
      const value = ref.deref();
      if (value) yield value;
      else this.#refs.delete(ref);
    }
  }
}
