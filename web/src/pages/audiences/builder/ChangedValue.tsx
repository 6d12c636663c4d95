import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { FieldInfo } from '../../customers/list/api'
import { LastDays } from './LastDays'
import type { Changed } from './model'

/** From which level or stage to which, any where none is chosen, within how many days. */
export function ChangedValue({
  field,
  value,
  onChange,
}: {
  field: FieldInfo
  value: Changed | undefined
  onChange: (value: Partial<Changed>) => void
}) {
  const { t } = useTranslation()
  const codes = (end: 'from' | 'to') => (
    <Select<string[]>
      mode="multiple"
      aria-label={t(`ui_list.${end}`, { field: field.label })}
      placeholder={t(`ui_audience_builder.changed.${end}`)}
      showSearch={{ optionFilterProp: 'label' }}
      value={value?.[end] ?? []}
      options={field.options}
      onChange={(list) => onChange({ ...value, [end]: list.length > 0 ? list : undefined })}
    />
  )
  return (
    <>
      {codes('from')}
      {codes('to')}
      <LastDays
        label={t('ui_audience_builder.window.days')}
        value={value?.days}
        onChange={(days) => onChange({ ...value, days })}
      />
    </>
  )
}
// i18n-keys: ui_audience_builder.changed.*
