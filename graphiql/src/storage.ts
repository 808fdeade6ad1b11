import type { Storage as GraphiQLStorage } from "@graphiql/toolkit";

/**
 * What GraphiQL remembers over reloads (tabs, history, theme, sizes), in localStorage under a prefix of its own.
 * Demo and real GitLab may be served from one origin, one after the other; their tabs stay apart.
 */
export function prefixedStorage(prefix: string): GraphiQLStorage {
  const keys = () => Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => localStorage.getItem(prefix + key),
    setItem: (key, value) => localStorage.setItem(prefix + key, value),
    removeItem: (key) => localStorage.removeItem(prefix + key),
    clear: () => keys().forEach((key) => localStorage.removeItem(key)),
    get length() {
      return keys().length;
    },
  };
}
