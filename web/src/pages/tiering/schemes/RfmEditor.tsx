import { Radio, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { NumberInput, Section, useFormat } from '@/kit'
import type { Split } from '../api'
import type { Change } from './Basics'
import styles from './editor.module.css'
import { Field, statusOf, useFieldError } from './Field'
import type { FormScheme } from './model'
import { readNumbers } from './numbers'

const axes = ['recency', 'frequency', 'monetary'] as const

// i18n-keys: tiers.axis.*, tiers.unit.*
/** The classes of recency, frequency and monetary, and what splits the eight groups. */
export function RfmEditor({ form, onChange }: { form: FormScheme; onChange: Change }) {
  const { t } = useTranslation()
  const binsError = useFieldError('rfm.bins')
  return (
    <Section boxed title={t('tiers.editor.rfm')} note={t('tiers.editor.rfm_note')}>
      <Field label={t('tiers.editor.split')} path="rfm.split">
        <Radio.Group
          className={styles.radios}
          value={form.split}
          onChange={(e) => onChange({ split: e.target.value as Split })}
          options={[
            { value: 'score', label: t('tiers.split.score') },
            { value: 'value', label: t('tiers.split.value') },
          ]}
        />
      </Field>
      <Field label={t('tiers.editor.bins')} path="rfm.bins" extra={t('tiers.editor.bins_extra')}>
        <NumberInput
          className={styles.weight}
          aria-label={t('tiers.editor.bins')}
          min={2}
          max={10}
          precision={0}
          value={form.bins}
          status={statusOf(binsError)}
          suffix={t('tiers.unit.classes')}
          onChange={(bins) => onChange({ bins: bins ?? 0 })}
        />
      </Field>
      <div className={styles.axes}>
        {axes.map((axis) => (
          <Axis
            key={axis}
            axis={axis}
            bins={form.bins}
            cuts={form[axis]}
            onChange={(cuts) => onChange({ [axis]: cuts })}
          />
        ))}
      </div>
    </Section>
  )
}

function Axis({
  axis,
  bins,
  cuts,
  onChange,
}: {
  axis: (typeof axes)[number]
  bins: number
  cuts: number[]
  onChange: (cuts: number[]) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const path = `rfm.${axis}`
  const error = useFieldError(path)
  const unit = t(`tiers.unit.${{ recency: 'days', frequency: 'orders', monetary: 'yuan' }[axis]}`)
  return (
    <Field
      label={t(`tiers.axis.${axis}`)}
      path={path}
      extra={
        cuts.length > 0
          ? t('tiers.editor.fixed_classes', {
              classes: cuts.length + 1,
              cuts: cuts.map((c) => f.count(c, 2)).join(' / '),
              unit,
            })
          : t('tiers.editor.equal_classes', { classes: bins })
      }
    >
      <Select
        mode="tags"
        aria-label={t('tiers.editor.boundaries_of', { axis: t(`tiers.axis.${axis}`) })}
        placeholder={t('tiers.editor.boundaries_hint')}
        open={false}
        suffixIcon={null}
        status={statusOf(error)}
        value={cuts.map(String)}
        tokenSeparators={[',', '，', ' ', '/', '、', ';']}
        onChange={(texts: string[]) => onChange(readNumbers(texts))}
      />
    </Field>
  )
}
