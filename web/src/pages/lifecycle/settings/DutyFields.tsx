import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { NumberInput } from '@/kit'
import { key, type Tool } from '../api'
import styles from './settings.module.css'

export type Duty = Pick<Tool, 'owner' | 'who' | 'who_id' | 'due_days' | 'due_hours'>

const persons = ['owner', 'adviser', 'opener'] as const

// i18n-keys: steps.who.*
/** Who does something, how documents call them, and until when. */
export function DutyFields({
  of,
  duty,
  rest,
  onChange,
}: {
  of: string
  duty: Duty
  /** Who does it where nobody is chosen. */
  rest: string
  onChange: (duty: Duty) => void
}) {
  const { t } = useTranslation()
  const holders = useQuery({
    queryKey: [...key, 'duty-holders'],
    staleTime: 60_000,
    queryFn: async ({ signal }) =>
      (await ok(api.GET('/lifecycle/duty-holders', { signal }))).items ?? [],
  })
  const offices = (who: 'department' | 'role') => ({
    label: t(`steps.who.${who}`),
    options: (holders.data ?? [])
      .filter((x) => x.who === who)
      .map((x) => ({ value: `${who} ${x.id}`, label: x.name })),
  })
  const byHour = Boolean(duty.due_hours)
  return (
    <span className={styles.duty}>
      <Select
        aria-label={t('steps.who_of', { name: of })}
        placeholder={rest}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={duty.who ? (duty.who_id ? `${duty.who} ${duty.who_id}` : duty.who) : undefined}
        options={[
          ...persons.map((who) => ({ value: who as string, label: t(`steps.who.${who}`) })),
          offices('department'),
          offices('role'),
        ]}
        onChange={(value?: string) => {
          const [who = '', id] = (value ?? '').split(' ')
          onChange({ who: who as Duty['who'], who_id: Number(id) || 0 })
        }}
      />
      <NumberInput
        aria-label={t('steps.due_of', { name: of })}
        placeholder={t('steps.due')}
        min={0}
        max={byHour ? 720 : 3650}
        precision={0}
        value={duty.due_hours || duty.due_days || null}
        onChange={(n) =>
          onChange(byHour ? { due_hours: n ?? 0, due_days: 0 } : { due_days: n ?? 0, due_hours: 0 })
        }
      />
      <Select
        aria-label={t('steps.unit_of', { name: of })}
        disabled={!(duty.due_days || duty.due_hours)}
        value={byHour ? 'hours' : 'days'}
        options={[
          { value: 'days', label: t('steps.unit.days') },
          { value: 'hours', label: t('steps.unit.hours') },
        ]}
        onChange={(unit) => {
          const n = duty.due_hours || duty.due_days || 0
          onChange(
            unit === 'hours'
              ? { due_hours: Math.min(n, 720), due_days: 0 }
              : { due_days: n, due_hours: 0 },
          )
        }}
      />
      <Input
        aria-label={t('steps.called_of', { name: of })}
        placeholder={t('steps.called')}
        maxLength={100}
        value={duty.owner}
        onChange={(event) => onChange({ owner: event.target.value })}
      />
    </span>
  )
}
