import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import { useBuilder } from './context'

/** Within how many days something happened. */
export function LastDays({
  label,
  value,
  onChange,
}: {
  label: string
  value: number | undefined
  onChange: (days: number | undefined) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  return (
    <NumberInput
      aria-label={label}
      min={1}
      max={k.limits.within}
      precision={0}
      prefix={t('ui_audience_builder.window.last')}
      suffix={t('ui_list.days_unit')}
      value={value ?? null}
      onChange={(days) => onChange(days ?? undefined)}
    />
  )
}
