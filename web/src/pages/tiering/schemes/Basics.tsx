import { Input, Segmented, Select } from 'antd'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput, Section } from '@/kit'
import type { Measure } from '../api'
import styles from './editor.module.css'
import { Field, statusOf, useFieldError } from './Field'
import type { FormScheme } from './model'
import { windowText } from './words'

type Part = Partial<FormScheme>
/** Changes the form: by new parts, or by what makes them of the form as it is. Never changes itself. */
export type Change = (part: Part | ((form: FormScheme) => Part)) => void

const windows = [30, 90, 180, 365, 730, 0]

/** Name, window and what counts as spend. */
export const Basics = memo(function Basics({
  form,
  onChange,
}: {
  form: Pick<FormScheme, 'name' | 'windowDays' | 'measure'>
  onChange: Change
}) {
  const { t } = useTranslation()
  const nameError = useFieldError('name')
  const windowError = useFieldError('window_days')
  const usual = windows.includes(form.windowDays)
  return (
    <Section title={t('tiers.editor.basics')} boxed>
      <div className={styles.basics}>
        <Field label={t('tiers.field.name')} path="name">
          <Input
            aria-label={t('tiers.field.name')}
            maxLength={60}
            value={form.name}
            status={statusOf(nameError)}
            onChange={(e) => onChange({ name: e.target.value })}
          />
        </Field>
        <Field
          label={t('tiers.field.window')}
          path="window_days"
          extra={t('tiers.field.window_extra')}
        >
          <div className={styles.inline}>
            <Select
              aria-label={t('tiers.field.window')}
              className={styles.window}
              value={usual ? form.windowDays : -1}
              options={[
                ...windows.map((days) => ({ value: days, label: windowText(t, days) })),
                { value: -1, label: t('tiers.window.own') },
              ]}
              onChange={(days: number) => onChange({ windowDays: days < 0 ? 400 : days })}
            />
            {!usual && (
              <NumberInput
                aria-label={t('tiers.window.own')}
                min={1}
                max={3660}
                precision={0}
                value={form.windowDays}
                status={statusOf(windowError)}
                suffix={t('tiers.unit.days')}
                onChange={(days) => onChange({ windowDays: days ?? 0 })}
              />
            )}
          </div>
        </Field>
        <Field
          label={t('tiers.field.measure')}
          path="measure"
          extra={t(`tiers.measure_text.${form.measure}`)}
        >
          <Segmented<Measure>
            aria-label={t('tiers.field.measure')}
            value={form.measure}
            options={[
              { value: 'net', label: t('tiers.metric.spend.net') },
              { value: 'sales', label: t('tiers.metric.spend.sales') },
            ]}
            onChange={(measure) => onChange({ measure })}
          />
        </Field>
      </div>
    </Section>
  )
})
