import { useState } from "react";

import { TOKEN_KINDS, type TokenKind } from "./credential";
import type { Preset } from "./presets";
import { type CredentialStore, useCredential } from "./store";

interface TokenBarProps {
  readonly store: CredentialStore;
  /** Credentials to choose from by name; none outside the demo. */
  readonly presets: readonly Preset[];
}

/** Where the user says as whom the operations run. */
export function TokenBar({ store, presets }: TokenBarProps) {
  const { kind, token } = useCredential(store);
  return (
    // No form element: nothing may be submitted, and no browser offers to save a password.
    <div className="token-bar" role="group" aria-label="GitLab credential">
      {presets.length > 0 && <PresetChoice store={store} presets={presets} />}
      <label className="field kind">
        <span>Send as</span>
        <select
          value={kind}
          onChange={(event) => store.set({ kind: event.target.value as TokenKind, token })}
        >
          {TOKEN_KINDS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <TokenField store={store} />
    </div>
  );
}

const OWN = "own";

function PresetChoice({ store, presets }: TokenBarProps) {
  const { kind, token } = useCredential(store);
  const chosen = presets.findIndex((one) => one.kind === kind && one.token === token);
  return (
    <label className="field preset">
      <span>Act as</span>
      <select
        value={chosen < 0 ? OWN : chosen}
        onChange={(event) => {
          const preset = presets[Number(event.target.value)];
          if (preset) {
            store.set({ kind: preset.kind, token: preset.token });
          }
        }}
      >
        {presets.map((one, index) => (
          <option key={one.label} value={index}>
            {one.label}
          </option>
        ))}
        {chosen < 0 && <option value={OWN}>The token typed here</option>}
      </select>
    </label>
  );
}

function TokenField({ store }: Pick<TokenBarProps, "store">) {
  const { kind, token } = useCredential(store);
  const [shown, setShown] = useState(false);
  return (
    <div className="field token">
      <label htmlFor="token">Token, kept in this tab only</label>
      <span className="token-box">
        <input
          id="token"
          type={shown ? "text" : "password"}
          value={token}
          placeholder="GitLab token"
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          title="Kept in this browser tab only; forgotten when the tab is closed."
          onChange={(event) => store.set({ kind, token: event.target.value })}
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label="Show the token"
          title={shown ? "Hide the token" : "Show the token"}
          onClick={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </button>
      </span>
    </div>
  );
}
