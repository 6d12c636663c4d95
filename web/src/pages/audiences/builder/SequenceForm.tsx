import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import styles from './builder.module.css'
import { Spot, useBuilder } from './context'
import { moved, StreamSelect, Where, WindowInput } from './FactsChoice'
import { put } from './FactsForm'
import { type Facts, type Sequence, sequenceOf } from './node'

/** "先 加购，之后 7 天内 没有 下单". */
export function SequenceForm({
  value,
  onChange,
}: {
  value: Sequence
  onChange: (value: Sequence) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const part = (side: 'first' | 'then', facts: Facts) => onChange({ ...value, [side]: facts })
  const { first, then } = value
  return (
    <>
      <div className={styles.line}>
        <span className={styles.word}>{t('ui_audience_builder.sequence.first')}</span>
        <WindowInput
          at="sequence.first.window"
          value={first.window}
          onChange={(window) => {
            const { window: _, ...rest } = first
            part('first', window ? { ...rest, window } : rest)
          }}
        />
        <Spot at="sequence.first.stream" className={styles.what}>
          <StreamSelect
            label={t('ui_audience_builder.sequence.first_stream')}
            value={first.stream}
            onChange={(to) => part('first', moved(first, to, first.window))}
          />
        </Spot>
      </div>
      <Where facts={first} at="sequence.first" onChange={(w) => part('first', put(first, w))} />
      <div className={styles.line}>
        <span className={styles.word}>{t('ui_audience_builder.sequence.then')}</span>
        <Spot at="sequence.within" className={styles.hold}>
          <NumberInput
            aria-label={t('ui_audience_builder.sequence.within')}
            className={styles.days}
            min={0}
            max={k.limits.within}
            precision={0}
            suffix={t('ui_audience_builder.sequence.days')}
            value={Number.isFinite(value.within) ? value.within : null}
            onChange={(n) => onChange({ ...value, within: n ?? Number.NaN })}
          />
        </Spot>
        <Select<'with' | 'without'>
          aria-label={t('ui_audience_builder.sequence.whether')}
          popupMatchSelectWidth={false}
          value={value.without ? 'without' : 'with'}
          options={[
            { value: 'with', label: t('ui_audience_builder.sequence.with') },
            { value: 'without', label: t('ui_audience_builder.sequence.without') },
          ]}
          onChange={(how) => onChange(sequenceOf(first, then, value.within, how === 'without'))}
        />
        <Spot at="sequence.then.stream" className={styles.what}>
          <StreamSelect
            label={t('ui_audience_builder.sequence.then_stream')}
            value={then.stream}
            onChange={(to) => part('then', moved(then, to, undefined))}
          />
        </Spot>
      </div>
      <Where facts={then} at="sequence.then" onChange={(w) => part('then', put(then, w))} />
    </>
  )
}
