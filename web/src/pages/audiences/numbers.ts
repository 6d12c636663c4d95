// Numbers that a person pastes or brings in a file: one a row, from whatever they were kept in.

/** The most bytes of a file of numbers. */
export const maxFile = 11 << 20

/**
 * Numbers of a text in their order: rows, or what commas, semicolons,
 * 、and tabs part. Spaces inside stay: "138 0013 8000" is one number. Quotes of
 * CSV and the mark of UTF-8 go.
 */
export function readNumbers(text: string): string[] {
  const out: string[] = []
  for (const part of text.replace(/^\uFEFF/, '').split(/[\r\n,，;；、\t]+/)) {
    const number = part
      .trim()
      .replace(/^["'=]+|["']+$/g, '')
      .trim()
    if (number) out.push(number)
  }
  return out
}

/** The text of a file: UTF-8, and where that does not read, GB 18030 as Excel writes it in China. */
export async function readText(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** Rows as CSV that spreadsheets open: text cells stay text, formulas do not run. */
export function toCsv(rows: string[][]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}
