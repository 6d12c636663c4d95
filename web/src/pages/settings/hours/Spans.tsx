import { Button, Input } from 'antd'
import { Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { mostSpans, nextSpan, type Span, tidyTime } from './draft'
import styles from './hours.module.css'

/** From when to when a day is worked; with none it is off. */
export function Spans({
  of,
  spans,
  may,
  onChange,
}: {
  of: string
  spans: Span[]
  may: boolean
  onChange: (spans: Span[]) => void
}) {
  const { t } = useTranslation()
  const set = (at: number, part: Partial<Span>) =>
    onChange(spans.map((s, i) => (i === at ? { ...s, ...part } : s)))
  const time = (at: number, end: 'from' | 'to') => (
    <Input
      className={styles.time}
      aria-label={t(end === 'from' ? 'hours.from_of' : 'hours.to_of', { of, n: at + 1 })}
      disabled={!may}
      maxLength={5}
      value={spans[at]?.[end]}
      onChange={(event) => set(at, { [end]: event.target.value })}
      onBlur={(event) => set(at, { [end]: tidyTime(event.target.value) })}
    />
  )
  return (
    <span className={styles.spans}>
      {spans.length === 0 && <span className="zk-muted">{t('hours.off')}</span>}
      {spans.map((_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a span is its place
        <span key={at} className={styles.span}>
          {time(at, 'from')}
          <span aria-hidden="true">–</span>
          {time(at, 'to')}
          {may && (
            <Button
              type="text"
              size="small"
              icon={<X size={14} />}
              aria-label={t('hours.remove_of', { of, n: at + 1 })}
              onClick={() => onChange(spans.filter((_, i) => i !== at))}
            />
          )}
        </span>
      ))}
      {may && spans.length < mostSpans && (
        <Button
          type="text"
          size="small"
          icon={<Plus size={14} />}
          aria-label={t('hours.add_of', { of })}
          onClick={() => onChange([...spans, nextSpan(spans)])}
        >
          {t('hours.add')}
        </Button>
      )}
    </span>
  )
}
