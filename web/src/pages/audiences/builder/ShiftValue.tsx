import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import type { FieldInfo } from '../../customers/list/api'
import { One } from '../../customers/list/ValueInput'
import { useBuilder } from './context'
import type { Shift } from './model'

/** By how much a number fell or rose, in the field's unit, against how many days ago. */
export function ShiftValue({
  field,
  value,
  onChange,
}: {
  field: FieldInfo
  value: Partial<Shift> | undefined
  onChange: (value: Partial<Shift>) => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  return (
    <>
      <One
        field={field}
        label={t('ui_audience_builder.shift.by')}
        value={value?.by}
        onChange={(by) => onChange({ ...value, by: by as number | undefined })}
      />
      <NumberInput
        aria-label={t('ui_audience_builder.shift.days')}
        min={1}
        max={k.limits.within}
        precision={0}
        prefix={t('ui_audience_builder.window.last')}
        suffix={t('ui_list.days_unit')}
        value={value?.days ?? null}
        onChange={(days) => onChange({ ...value, days: days ?? undefined })}
      />
    </>
  )
}
