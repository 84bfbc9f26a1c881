/** Locks on resources of a data origin. https://wicg.github.io/shared-storage/#web-locks-integration */

/** https://w3c.github.io/web-locks/#resource-name */
export function isReservedLockName(name: string): boolean {
  return name[0] === '-';
}

/**
 * One lock manager stands in for the "shared storage lock managers map": an origin's locks are those whose names begin with it.
 * An origin cannot hold a newline, so no name of one origin is ever a name of another.
 */
export const lockManagerName = (dataOrigin: string, name: string): string => `${dataOrigin}\n${name}`;
