import dayjs from 'dayjs'
import { useSearchParams } from 'react-router'
import { RangeInput } from '@/kit'
import type { Days } from './api'

const isMonth = (text: string | null): text is string => /^\d{4}-(0[1-9]|1[0-2])$/.test(text ?? '')

/** Months that stand in the address, "cohort=2026-01..2026-12"; the last ones where none do. */
export function useMonths(name: string, open: string, back: number) {
  const [params, setParams] = useSearchParams()
  const [first = null, last = null] = (params.get(name) ?? '').split('..')
  const to = isMonth(last) ? last : open.slice(0, 7)
  const from = isMonth(first) ? first : dayjs(`${to}-01`).subtract(back, 'month').format('YYYY-MM')
  const choose = (months: Days) => {
    const next = new URLSearchParams(params)
    next.set(name, `${months.from}..${months.to}`)
    setParams(next, { replace: true, preventScrollReset: true })
  }
  return { months: from <= to ? { from, to } : { from: to, to }, choose }
}

/** Chooses months of the first order, at most `most`. */
export function MonthRange({
  label,
  open,
  months,
  most,
  onChange,
}: {
  label: string
  open: string
  months: Days
  most: number
  onChange: (months: Days) => void
}) {
  return (
    <RangeInput
      label={label}
      unit="month"
      value={months}
      max={open}
      most={most}
      onChange={onChange}
    />
  )
}
