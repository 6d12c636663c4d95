import { useQuery } from '@tanstack/react-query'
import { Form, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { NumberInput, useFormat } from '@/kit'
import { key, type Stage, type Tool } from '../api'
import { perDay } from './begun'
import styles from './settings.module.css'

export type Begun = components['schemas']['LifecycleBegunFigures']

/** What begins by itself, and who comes from which stage to which. */
export const useBegun = (may: boolean) =>
  useQuery({
    queryKey: [...key, 'begun'],
    enabled: may,
    staleTime: 60_000,
    queryFn: ({ signal }) => ok(api.GET('/lifecycle/begun', { signal })),
  })

/** Whether a tool begins by itself, for whom, and for how many a day that would be. */
export function AutoFields({
  tool,
  stages,
  may,
  onChange,
}: {
  tool: Tool
  stages: Stage[]
  may: boolean
  onChange: (part: Pick<Tool, 'auto'>) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const begun = useBegun(may)
  const { auto } = tool
  const bare = tool.stages.length === 0
  const came = begun.data && begun.data.days > 0 ? perDay(begun.data, tool) : null
  return (
    <>
      <h3 className={`${styles.title} ${styles.part}`}>{t('auto.title')}</h3>
      <div className={styles.switch}>
        <Switch
          id="tool-auto"
          checked={Boolean(auto)}
          disabled={!may || (bare && !auto)}
          onChange={(on) => onChange({ auto: on ? { from: [], most: 100 } : undefined })}
        />
        <label htmlFor="tool-auto">
          {t('auto.switch')}
          <small className="zk-muted">{t(bare ? 'auto.needs_stages' : 'auto.note')}</small>
        </label>
      </div>
      {auto && (
        <div className={styles.two}>
          <Form.Item label={t('auto.from')} htmlFor="tool-auto-from" extra={t('auto.from_note')}>
            <Select
              id="tool-auto-from"
              mode="multiple"
              placeholder={t('auto.from_any')}
              value={auto.from}
              options={stages
                .filter((s) => !tool.stages.includes(s.code))
                .map((s) => ({ value: s.code, label: s.name || s.code }))}
              onChange={(from) => onChange({ auto: { ...auto, from } })}
            />
          </Form.Item>
          <Form.Item
            label={t('auto.most')}
            htmlFor="tool-auto-most"
            extra={
              came === null
                ? t('auto.most_note')
                : `${t('auto.came', { count: f.count(came, came < 10 ? 1 : 0) })} ${t('auto.most_note')}`
            }
          >
            <NumberInput
              id="tool-auto-most"
              min={1}
              max={5000}
              precision={0}
              value={auto.most}
              onChange={(most) => onChange({ auto: { ...auto, most: most ?? 1 } })}
            />
          </Form.Item>
        </div>
      )}
    </>
  )
}
