/** Clones of platform objects that carry the state of an interface of ours: the browser makes them of the interface that it knows. */

import { type Callable, nativeFunction } from './native-function';
import { apply, hasInstanceSymbol, nativeHasInstance, reflectGet } from './primordials';

/** What `stateOf()` is asked about becomes an instance, where it is a clone of one. */
interface Recognizing {
  stateOf(instance: unknown): unknown;
}

/** `instanceof` makes instances of clones: what an interface object's proxy does with `get`. */
export function recognizeClones(ofInterface: Recognizing): NonNullable<ProxyHandler<Callable>['get']> {
  return (target, key, receiver) => {
    const value = reflectGet(target, key, receiver);
    if (key !== hasInstanceSymbol || value !== nativeHasInstance) return value;
    return nativeFunction('[Symbol.hasInstance]', 1, (self, args) => {
      ofInterface.stateOf(args[0]);
      return apply(nativeHasInstance as Callable, self, args);
    });
  };
}
