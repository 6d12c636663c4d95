import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { NumberInput, Section } from '@/kit'
import type { Horizon } from '../api'
import type { Change } from './Basics'
import styles from './editor.module.css'
import { Field, statusOf, useFieldError } from './Field'

const usual: Horizon = { months: 12, discount: 0.1 }

/** How far ahead the figures of models look, and what later money is worth. */
export function ModelsHorizon({
  horizon,
  onChange,
}: {
  horizon: Horizon | null
  onChange: Change
}) {
  const { t } = useTranslation()
  const h = horizon ?? usual
  const put = (part: Partial<Horizon>) => onChange({ horizon: { ...h, ...part } })
  const months = useFieldError('horizon.months')
  const discount = useFieldError('horizon.discount')
  return (
    <Section
      title={t('models.horizon')}
      note={
        <>
          {t('models.horizon_note')} <Link to="/tiering/models">{t('nav.tiering.models')}</Link>
        </>
      }
      boxed
    >
      <div className={styles.basics}>
        <Field label={t('models.months')} path="horizon.months" extra={t('models.months_extra')}>
          <NumberInput
            aria-label={t('models.months')}
            min={1}
            max={120}
            precision={0}
            value={h.months}
            status={statusOf(months)}
            suffix={t('tiers.unit.months')}
            onChange={(n) => put({ months: n ?? 12 })}
          />
        </Field>
        <Field
          label={t('models.discount')}
          path="horizon.discount"
          extra={t('models.discount_extra')}
        >
          <NumberInput
            aria-label={t('models.discount')}
            min={0}
            max={100}
            precision={1}
            value={Number((h.discount * 100).toPrecision(6))}
            status={statusOf(discount)}
            suffix="%"
            onChange={(n) => put({ discount: (n ?? 0) / 100 })}
          />
        </Field>
      </div>
    </Section>
  )
}
