import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { type Instant, useFormat } from './format'

/** What stands where a value is missing. Never 0, never "null". */
export const dash = '–'

type Maybe<T> = T | null | undefined

/** An amount given in 分. `short` shows 万/亿 with the exact amount on hover. */
export function Money({ fen, short }: { fen: Maybe<number>; short?: boolean }) {
  const f = useFormat()
  if (fen === null || fen === undefined) return <span className="zk-muted">{dash}</span>
  if (!short) return <span className="zk-num">{f.money(fen)}</span>
  return (
    <Tooltip title={f.money(fen)}>
      <span className="zk-num">{f.moneyShort(fen)}</span>
    </Tooltip>
  )
}

/** A whole number with thousands separators. `short` as in Money. */
export function Count({
  value,
  short,
  digits,
}: {
  value: Maybe<number>
  short?: boolean
  digits?: number
}) {
  const f = useFormat()
  if (value === null || value === undefined) return <span className="zk-muted">{dash}</span>
  if (!short || Math.abs(value) < 1e4)
    return <span className="zk-num">{f.count(value, digits)}</span>
  return (
    <Tooltip title={f.count(value, digits)}>
      <span className="zk-num">{f.countShort(value)}</span>
    </Tooltip>
  )
}

/** A share between 0 and 1 as a percentage. */
export function Percent({ share, digits }: { share: Maybe<number>; digits?: number }) {
  const f = useFormat()
  if (share === null || share === undefined) return <span className="zk-muted">{dash}</span>
  return <span className="zk-num">{f.percent(share, digits)}</span>
}

/** An instant in company time; `relative` adds "3 分钟前" behind it. */
export function DateTime({
  at,
  relative,
  empty = dash,
}: {
  at: Maybe<Instant>
  relative?: boolean
  empty?: ReactNode
}) {
  const f = useFormat()
  if (!at) return <span className="zk-muted">{empty}</span>
  return (
    <span>
      <time className="zk-num" dateTime={new Date(at).toISOString()}>
        {f.dateTime(at)}
      </time>
      {relative && (
        <>
          {'\u2002'}
          <span className="zk-muted zk-num">{f.relative(at)}</span>
        </>
      )}
    </span>
  )
}

/** A day: "YYYY-MM-DD" text as it is, or the company's day of an instant. */
export function Day({ at, empty = dash }: { at: Maybe<Instant>; empty?: ReactNode }) {
  const f = useFormat()
  if (!at) return <span className="zk-muted">{empty}</span>
  return <span className="zk-num">{f.date(at)}</span>
}

/** A relative time with the exact one on hover and for screen readers. */
export function Relative({ at, empty = dash }: { at: Maybe<Instant>; empty?: ReactNode }) {
  const f = useFormat()
  if (!at) return <span className="zk-muted">{empty}</span>
  return (
    <Tooltip title={f.dateTime(at)}>
      <time className="zk-num" dateTime={new Date(at).toISOString()}>
        {f.relative(at)}
      </time>
    </Tooltip>
  )
}
