import { useTranslation } from 'react-i18next'
import type { FieldInfo } from '../../customers/list/api'
import { One } from '../../customers/list/ValueInput'
import { LastDays } from './LastDays'
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
  return (
    <>
      <One
        field={field}
        label={t('ui_audience_builder.shift.by')}
        value={value?.by}
        onChange={(by) => onChange({ ...value, by: by as number | undefined })}
      />
      <LastDays
        label={t('ui_audience_builder.shift.days')}
        value={value?.days}
        onChange={(days) => onChange({ ...value, days })}
      />
    </>
  )
}
