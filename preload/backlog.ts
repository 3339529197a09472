/** Notices that come before anybody listens are kept and told to the first listener. */

export interface Backlog<T> {
  tell(value: T): void;
  listen(listener: (value: T) => void): void;
}

/** Keeps up to `kept` values, the newest ones, until there is a listener. */
export function backlog<T>(kept: number): Backlog<T> {
  const listeners: ((value: T) => void)[] = [];
  let waiting: T[] = [];
  return {
    tell(value) {
      if (listeners.length === 0) waiting = [...waiting, value].slice(-kept);
      for (const listener of listeners) listener(value);
    },
    listen(listener) {
      listeners.push(listener);
      const missed = waiting;
      waiting = [];
      for (const value of missed) listener(value);
    },
  };
}
