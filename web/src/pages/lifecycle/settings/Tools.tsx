import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import { Can, NumberInput, useFormat } from '@/kit'
import type { Config, Tool } from '../api'
import { type Begun, useBegun } from './AutoFields'
import { newTool, put } from './draft'
import { EntryActs, List } from './List'
import { StageTag } from './StageTag'
import styles from './settings.module.css'
import { ToolDrawer } from './ToolDrawer'

const most = 40
// Working hours, where a configuration says nothing.
const usualRemind = 4

/** Tools in their order: what staff work through, with customers of which stages. */
export function Tools({
  config,
  may,
  onChange,
}: {
  config: Config
  may: boolean
  onChange: (part: Partial<Config>) => void
}) {
  const { t } = useTranslation()
  const { tools, stages } = config
  const begun = useBegun(may)
  const [editing, setEditing] = useState<{ at: number; tool: Tool } | null>(null)
  const add = () => setEditing({ at: tools.length, tool: newTool(config) })
  return (
    <List
      title={t('steps.tools')}
      note={t('steps.tools.note')}
      add={t('steps.tools.add')}
      onAdd={may ? (tools.length >= most ? 'full' : add) : null}
    >
      {tools.map((tool, at) => (
        <li key={tool.code} className={styles.move}>
          <span className={styles.what}>
            <Button type="link" className={styles.name} onClick={() => setEditing({ at, tool })}>
              {tool.name || tool.code}
            </Button>
            <span className="zk-muted">
              {t(`steps.kind.${tool.kind}`)} · {t('steps.items', { count: tool.items.length })}
            </span>
            <span className={styles.way}>
              {tool.stages.length === 0 && t('steps.all_stages')}
              {tool.stages.map((code) => (
                <StageTag key={code} stages={stages} code={code} />
              ))}
            </span>
            <AutoState tool={tool} begun={begun.data} />
          </span>
          {may && (
            <EntryActs
              list={tools}
              at={at}
              name={tool.name}
              onChange={(tools) => onChange({ tools })}
            />
          )}
        </li>
      ))}
      <li className={styles.remind}>
        <label htmlFor="remind-hours">{t('auto.remind')}</label>
        <NumberInput
          id="remind-hours"
          min={0}
          max={80}
          precision={0}
          disabled={!may}
          value={config.remind_hours ?? usualRemind}
          onChange={(n) => onChange({ remind_hours: n ?? 0 })}
        />
        <span>{t('auto.remind_unit')}</span>
        <small className="zk-muted">
          {t('auto.remind_note')}
          <Can permission={perm.settingsView}>
            {' '}
            <Link to="/settings/hours">{t('nav.settings.hours')}</Link>
          </Can>
        </small>
      </li>
      {editing && (
        <ToolDrawer
          tool={editing.tool}
          stages={stages}
          may={may}
          onClose={() => setEditing(null)}
          onDone={(tool) => {
            onChange({ tools: put(tools, editing.at, tool) })
            setEditing(null)
          }}
        />
      )}
    </List>
  )
}

/** That a tool begins by itself, and how many it came to. */
function AutoState({ tool, begun }: { tool: Tool; begun?: Begun }) {
  const { t } = useTranslation()
  const f = useFormat()
  if (!tool.auto) return null
  const n = begun?.tools.find((x) => x.tool === tool.code)
  return (
    <span className="zk-muted">
      {t('auto.on')}
      {begun &&
        ` · ${t('auto.today', { begun: f.count(n?.today ?? 0), most: f.count(tool.auto.most) })}`}
      {n &&
        n.begun > 0 &&
        ` · ${t('auto.month', { begun: f.count(n.begun), withdrawn: f.count(n.withdrawn) })}`}
      {n && n.left_out > 0 && ` · ${t('auto.left_out', { count: f.count(n.left_out) })}`}
    </span>
  )
}
