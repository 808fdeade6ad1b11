/**
 * Monaco and the dialogs' scroll lock put style elements into the page. The policy lets those in that bear the
 * nonce of this response, so each style element made by a script of this page gets it; injected markup has none.
 */
export function setUpStyleNonce(): void {
  const nonce = document.querySelector<HTMLLinkElement>("link[rel=stylesheet][nonce]")?.nonce ?? "";
  const create = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) {
      element.nonce = nonce;
    }
    return element;
  }) as typeof document.createElement;
}
