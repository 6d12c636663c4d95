// The policy lets only style elements with the page's nonce in. Libraries
// that make one at run time (scrollbar measuring, icons) do not know it, so
// every style element gets it at birth.

/** The nonce of this page; undefined where the server wrote none (vite dev). */
export function readNonce(doc: Document = document): string | undefined {
  const value = doc.querySelector('meta[name="csp-nonce"]')?.getAttribute('content')
  return value && !value.startsWith('__') ? value : undefined
}

export const nonce = readNonce()

export function nonceStyles(value: string | undefined, doc: Document = document): void {
  if (!value) return
  const create = doc.createElement.bind(doc)
  doc.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options)
    if (name.toLowerCase() === 'style') element.nonce = value
    return element
  }) as Document['createElement']
}
