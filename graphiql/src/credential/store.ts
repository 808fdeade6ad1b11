import { useSyncExternalStore } from "react";

import { type Credential, isTokenKind } from "./credential";

const KEY = "jobs-gateway:credential";

/** The credential of this tab. It is written to sessionStorage alone: it survives a reload and ends with the tab. */
export class CredentialStore {
  #current: Credential;
  readonly #listeners = new Set<() => void>();

  constructor(initial: Credential) {
    this.#current = restored() ?? initial;
  }

  readonly get = (): Credential => this.#current;

  readonly set = (credential: Credential): void => {
    this.#current = { ...credential, token: credential.token.trim() };
    sessionStorage.setItem(KEY, JSON.stringify(this.#current));
    this.#listeners.forEach((listener) => listener());
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

function restored(): Credential | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isTokenKind(stored?.kind) && typeof stored.token === "string"
      ? { kind: stored.kind, token: stored.token }
      : null;
  } catch {
    return null;
  }
}

export function useCredential(store: CredentialStore): Credential {
  return useSyncExternalStore(store.subscribe, store.get);
}
