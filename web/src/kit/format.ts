import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCompany } from './session'

dayjs.extend(utc)
dayjs.extend(timezone)

/** An instant: unix milliseconds, or ISO text. */
export type Instant = number | string

export interface Format {
  /** 123456 → "1,234.56" with the currency sign: "¥1,234.56". Input in 分. */
  money: (fen: number) => string
  /** Short where space is short: "¥123.5万", "¥1.2亿"; English "¥1.24M". Input in 分. */
  moneyShort: (fen: number) => string
  /** 12345 → "12,345". */
  count: (n: number, digits?: number) => string
  /** 12345 → "1.2万"; English "12.3K". Below 10,000 exact. */
  countShort: (n: number) => string
  /** 0.1234 → "12.3%"; a few of many are "< 0.1%", and almost all "> 99.9%". */
  percent: (share: number, digits?: number) => string
  /** "2026-09-25 14:05" in company time. */
  dateTime: (at: Instant) => string
  /** "2026-09-25" in company time; a plain "YYYY-MM-DD" stays as it is. */
  date: (at: Instant) => string
  /** "3 分钟前"; only beside an exact time. */
  relative: (at: Instant, now?: number) => string
  /** "1 小时 5 分"; input in milliseconds. */
  duration: (ms: number) => string
  /** Time a machine took: "12", "< 1"; the unit stands in the text. */
  ms: (ms: number) => string
  /** "3.2 MB". */
  bytes: (n: number) => string
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

const signs: Record<string, string> = { CNY: '¥', USD: 'US$', EUR: '€', GBP: '£', HKD: 'HK$' }

/** Formatters for a language, a time zone and a currency. Pure; tested. */
export function makeFormat(lang: string, timeZone: string, currency: string): Format {
  const zh = lang.startsWith('zh')
  const sign = signs[currency] ?? `${currency} `
  const fixed = new Intl.NumberFormat(lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 })
  const ago = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const digitsOf = (max: number) => new Intl.NumberFormat(lang, { maximumFractionDigits: max })

  const short = (n: number): string => {
    const size = Math.abs(n)
    const steps: [number, string][] = zh
      ? [
          [1e8, '亿'],
          [1e4, '万'],
        ]
      : [
          [1e9, 'B'],
          [1e6, 'M'],
          [1e3, 'K'],
        ]
    for (const [step, name] of steps) {
      if (size >= step && (zh || size >= 1e4)) {
        const scaled = n / step
        return digitsOf(Math.abs(scaled) < 100 ? 2 : 1).format(scaled) + name
      }
    }
    return whole.format(n)
  }
  const signed = (n: number, text: string) => (n < 0 ? `-${sign}${text}` : `${sign}${text}`)
  const at = (instant: Instant) => dayjs(instant).tz(timeZone)

  return {
    money: (fen) => signed(fen, fixed.format(Math.abs(fen) / 100)),
    moneyShort: (fen) => signed(fen, short(Math.abs(fen) / 100)),
    count: (n, digits = 0) => (digits ? digitsOf(digits).format(n) : whole.format(n)),
    countShort: (n) => (Math.abs(n) < 1e4 ? whole.format(n) : short(n)),
    percent: (share, digits = 1) => {
      const text = (n: number) =>
        `${new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n)}%`
      const step = 10 ** -digits
      if (share > 0 && share * 100 < step / 2) return `< ${text(step)}`
      if (share < 1 && share * 100 >= 100 - step / 2) return `> ${text(100 - step)}`
      return text(share * 100)
    },
    dateTime: (instant) => at(instant).format('YYYY-MM-DD HH:mm'),
    date: (instant) =>
      typeof instant === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(instant)
        ? instant
        : at(instant).format('YYYY-MM-DD'),
    relative: (instant, now = Date.now()) => {
      const delta = dayjs(instant).valueOf() - now
      for (const [unit, ms] of units) {
        if (Math.abs(delta) >= ms) return ago.format(Math.trunc(delta / ms), unit)
      }
      return ago.format(0, 'second')
    },
    duration: (ms) => {
      const s = Math.max(0, Math.round(ms / 1000))
      const [h, m, sec] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60]
      if (h > 0) return zh ? `${h} 小时 ${m} 分` : `${h} h ${m} min`
      if (m > 0) return zh ? `${m} 分 ${sec} 秒` : `${m} min ${sec} s`
      return zh ? `${sec} 秒` : `${sec} s`
    },
    ms: (ms) => (ms < 1 ? '< 1' : whole.format(ms)),
    bytes: (n) => {
      const names = ['B', 'KB', 'MB', 'GB', 'TB']
      let [value, i] = [n, 0]
      while (value >= 1024 && i < names.length - 1) {
        value /= 1024
        i++
      }
      return `${digitsOf(i === 0 ? 0 : 1).format(value)} ${names[i]}`
    },
  }
}

/** The formatters for the reader's language and the company's zone and currency. */
export function useFormat(): Format {
  const { i18n } = useTranslation()
  const { time_zone, currency } = useCompany()
  return useMemo(
    () => makeFormat(i18n.language || 'zh-CN', time_zone, currency),
    [i18n.language, time_zone, currency],
  )
}
