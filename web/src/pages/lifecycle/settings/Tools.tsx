import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ToneTag } from '@/kit'
import type { Config, Tool } from '../api'
import { newTool, put } from './draft'
import { EntryActs, List } from './List'
import styles from './settings.module.css'
import { ToolDrawer } from './ToolDrawer'

const most = 40

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
              {tool.stages.map((code) => {
                const stage = stages.find((s) => s.code === code)
                return (
                  <ToneTag key={code} tone={stage?.tone ?? 0}>
                    {stage?.name || code}
                  </ToneTag>
                )
              })}
            </span>
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
