import { Input, Select, TreeSelect } from 'antd'
import { useTranslation } from 'react-i18next'
import { RegionInput } from '../record/inputs'
import { type FieldInfo, useDepartments } from './api'
import { StaffInput } from './StaffInput'
import { One } from './ValueInput'
import { ofStaff } from './words'

interface Props {
  field: FieldInfo
  /** In the API's form; null for an empty value. */
  value: unknown
  onChange: (value: unknown) => void
  autoFocus?: boolean
}

const inCell = ['text', 'choice', 'multi_choice', 'number', 'money', 'date']

/** Fields that can be edited where they stand in a list. */
export const simple = (f: FieldInfo) => f.editable && inCell.includes(f.type)

/** Fields that a bulk edit can set here; references to customers make no sense for many. */
export const settable = (f: FieldInfo) =>
  f.editable && f.type !== 'tags' && (f.type !== 'reference' || f.target === 'staff')

/** The input of a field's new value. */
export function SetInput({ field, value, onChange, autoFocus }: Props) {
  const { t } = useTranslation()
  const label = field.label
  const options = field.options?.filter((o) => !o.retired || o.value === value)
  if (ofStaff(field)) {
    return (
      <StaffInput
        label={label}
        value={typeof value === 'number' ? [value] : []}
        onChange={(who) => onChange(typeof who[0] === 'number' ? who[0] : null)}
      />
    )
  }
  switch (field.type) {
    case 'number':
    case 'money':
    case 'date':
      return (
        <One
          field={field}
          label={label}
          autoFocus={autoFocus}
          value={value}
          onChange={(v) => onChange(v ?? null)}
        />
      )
    case 'choice':
      return (
        <Select<string>
          aria-label={label}
          autoFocus={autoFocus}
          allowClear
          placeholder={t('ui_list.choose')}
          showSearch={{ optionFilterProp: 'label' }}
          value={typeof value === 'string' && value ? value : undefined}
          onChange={(v) => onChange(v ?? null)}
          options={options}
        />
      )
    case 'multi_choice':
      return (
        <Select<string[]>
          mode="multiple"
          aria-label={label}
          autoFocus={autoFocus}
          placeholder={t('ui_list.choose')}
          showSearch={{ optionFilterProp: 'label' }}
          value={Array.isArray(value) ? value : []}
          onChange={(v) => onChange(v.length > 0 ? v : null)}
          options={options}
        />
      )
    case 'department':
      return <Department label={label} value={value} onChange={onChange} />
    case 'region':
      return (
        <RegionInput
          value={typeof value === 'string' ? value : ''}
          onChange={(code) => onChange(code || null)}
        />
      )
    default:
      return (
        <Input
          aria-label={label}
          autoFocus={autoFocus}
          maxLength={500}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.target.value || null)}
        />
      )
  }
}

function Department({
  label,
  value,
  onChange,
}: {
  label: string
  value: unknown
  onChange: (value: unknown) => void
}) {
  const { t } = useTranslation()
  const query = useDepartments()
  return (
    <TreeSelect<number>
      aria-label={label}
      allowClear
      treeDataSimpleMode
      treeDefaultExpandAll
      showSearch={{ treeNodeFilterProp: 'title' }}
      placeholder={t('ui_list.choose')}
      notFoundContent={query.error ? t('ui_list.not_loaded') : t('common.no_result')}
      treeData={query.data?.map((d) => ({
        id: d.id,
        pId: d.parent_id ?? 0,
        value: d.id,
        title: d.name,
      }))}
      value={typeof value === 'number' ? value : undefined}
      onChange={(v) => onChange(v ?? null)}
    />
  )
}
