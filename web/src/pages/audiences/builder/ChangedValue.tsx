import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '@/kit'
import type { FieldInfo } from '../../customers/list/api'
import { useBuilder } from './context'
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
  const { k } = useBuilder()
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
      <NumberInput
        aria-label={t('ui_audience_builder.window.days')}
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
// i18n-keys: ui_audience_builder.changed.*
