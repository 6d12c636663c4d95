// How dates and numbers are read that people type or paste.

/** Full-width digits and signs as the plain ones; spaces around it gone. */
const plain = (text: string) => text.normalize('NFKC').trim()

/**
 * A day as YYYY-MM-DD: "2026-1-5", "2026/01/05", "2026.1.5", "20260105",
 * "2026年1月5日". Undefined for what is no day; an empty text is none either.
 */
export function readDay(text: string): string | undefined {
  const bare = plain(text).replace(/\s+/g, '')
  const parts =
    /^(\d{4})([-–/.])(\d{1,2})\2(\d{1,2})$/.exec(bare)?.toSpliced(2, 1) ??
    /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$/.exec(bare) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(bare)
  if (!parts) return undefined
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number]
  const at = new Date(Date.UTC(year, month - 1, day))
  if (year < 1000 || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day) return undefined
  return at.toISOString().slice(0, 10)
}

/** The first day of a month, or of the month of a day: "2026-1", "2026/01", "202601", "2026年1月". */
export function readMonth(text: string): string | undefined {
  const bare = plain(text).replace(/\s+/g, '')
  const parts = /^(\d{4})[-–/.](\d{1,2})$/.exec(bare) ??
    /^(\d{4})年(\d{1,2})月?$/.exec(bare) ??
    /^(\d{4})(\d{2})$/.exec(bare) ?? [readDay(bare)]
  const day = parts.length === 3 ? readDay(`${parts[1]}-${parts[2]}-1`) : parts[0]
  return day && `${day.slice(0, 7)}-01`
}

const before = /^(人民币|RMB|CNY|¥)/i
const behind = /(元整|元|圆|块|RMB|CNY|¥)$/i
const tens: Record<string, number> = { 万: 4, 亿: 8 }

/**
 * A number in plain digits, "-1234.5": thousands may be grouped, an amount may
 * carry ¥ or 元, 万 and 亿 count, and so may the unit that the field shows.
 * "" for an empty text, undefined for what is no number.
 */
export function readNumber(text: string, unit = ''): string | undefined {
  let bare = plain(text).replaceAll('。', '.').replaceAll('−', '-').replace(/\s+/g, '')
  if (bare === '') return ''
  const shown = plain(unit).replace(/\s+/g, '')
  if (shown && bare.toLowerCase().endsWith(shown.toLowerCase())) {
    bare = bare.slice(0, -shown.length)
  }
  bare = bare.replace(behind, '')
  const sign = /^[+-]/.exec(bare)?.[0] ?? ''
  bare = bare.slice(sign.length).replace(before, '')
  // "¥-5" as well as "-¥5".
  const inner = sign ? '' : (/^[+-]/.exec(bare)?.[0] ?? '')
  bare = bare.slice(inner.length)
  const shift = tens[bare.at(-1) ?? ''] ?? 0
  if (shift) bare = bare.slice(0, -1)
  const found = /^(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(bare)
  if (!found || !(found[1] || found[2])) return undefined
  const fraction = (found[2] ?? '').padEnd(shift, '0')
  const whole = (found[1] ?? '').replaceAll(',', '') + fraction.slice(0, shift)
  const rest = fraction.slice(shift).replace(/0+$/, '')
  const digits = `${whole.replace(/^0+(?=\d)/, '') || '0'}${rest && `.${rest}`}`
  return (sign || inner) === '-' && /[1-9]/.test(digits) ? `-${digits}` : digits
}
