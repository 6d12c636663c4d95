/** Numbers typed as boundaries: each once, rising; what is no number is dropped. */
export function readNumbers(texts: string[]): number[] {
  const out = new Set<number>()
  for (const text of texts) {
    const plain = text.normalize('NFKC').replace(/[,¥\s]/g, '')
    const n = Number(plain)
    if (plain !== '' && Number.isFinite(n)) out.add(n)
  }
  return [...out].sort((a, b) => a - b)
}
