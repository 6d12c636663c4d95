import { Button } from 'antd'
import { Dices } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import styles from './builder.module.css'
import { Spot } from './context'
import type { Sample } from './node'

/** A seed that nobody typed. */
export const newSeed = () => Math.random().toString(36).slice(2, 8)

/** "随机 5 %"; another draw gives other customers. */
export function SampleForm({
  value,
  onChange,
}: {
  value: Sample
  onChange: (value: Sample) => void
}) {
  const { t } = useTranslation()
  return (
    <div className={styles.line}>
      <span className={styles.word}>{t('ui_audience_builder.sample')}</span>
      <Spot at="sample.percent" className={styles.amount}>
        <NumberInput
          aria-label={t('ui_audience_builder.sample.percent')}
          min={0.01}
          max={100}
          suffix={t('ui_audience_builder.percent')}
          value={value.percent || null}
          onChange={(n) => onChange({ ...value, percent: Number((n ?? 0).toFixed(2)) })}
        />
      </Spot>
      <Spot at="sample.seed" className={styles.hold}>
        <Button
          type="text"
          icon={<Dices size={15} />}
          onClick={() => onChange({ ...value, seed: newSeed() })}
        >
          {t('ui_audience_builder.sample.again')}
        </Button>
      </Spot>
      <span className={styles.hint}>{t('ui_audience_builder.sample.note')}</span>
    </div>
  )
}
