export const TOKEN_KINDS = ["PRIVATE-TOKEN", "Bearer", "JOB-TOKEN"] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface Credential {
  readonly kind: TokenKind;
  /** Empty: requests bear no credential. */
  readonly token: string;
}

export function isTokenKind(value: unknown): value is TokenKind {
  return TOKEN_KINDS.includes(value as TokenKind);
}

/** The one header that carries the credential, or none. */
export function credentialHeaders({ kind, token }: Credential): Record<string, string> {
  if (token === "") {
    return {};
  }
  return kind === "Bearer" ? { Authorization: `Bearer ${token}` } : { [kind]: token };
}
