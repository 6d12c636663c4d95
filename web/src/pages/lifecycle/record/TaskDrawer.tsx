import { useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { DateTime, DetailDrawer, useMe, useSay } from '@/kit'
import {
  closeTask,
  fillItem,
  type Owed,
  type Task,
  type TaskItem,
  type Tool,
  written,
} from '../api'
import { DueBy } from '../steps/DueBy'
import styles from './record.module.css'
import { Outcome } from './Tasks'

type Item = Tool['items'][number]
type Filled = Pick<TaskItem, 'measure' | 'result' | 'note'>
type Closing = 'done' | 'won' | 'lost' | 'open'

/** Works through the steps, causes or questions of a tool; every answer is saved at once. */
export function TaskDrawer({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const may = me.can(perm.lifecycleEdit)
  const closed = task.outcome !== 'open'
  const act = async (what: () => Promise<unknown>, text?: string) => {
    setBusy(true)
    try {
      await what()
      written(client)
      if (text) done(text)
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const endings: Closing[] = closed
    ? ['open']
    : task.tool.kind === 'diagnosis'
      ? ['won', 'lost']
      : ['done']
  return (
    <DetailDrawer
      open
      title={task.tool.name}
      extra={<Outcome task={task} />}
      onClose={onClose}
      footer={
        may && (
          <div className={styles.endings}>
            {endings.map((outcome) => (
              <Button
                key={outcome}
                type={outcome === 'done' || outcome === 'won' ? 'primary' : 'default'}
                disabled={busy}
                onClick={() => act(() => closeTask(task, outcome), t('lifecycles.task.noted'))}
              >
                {t(`lifecycles.close.${outcome}`)}
              </Button>
            ))}
          </div>
        )
      }
    >
      {task.owed.some((o) => !o.item) && <DueBy owed={task.owed.find((o) => !o.item)} />}
      {task.auto && (
        <p className="zk-muted">
          {t(task.outcome === 'withdrawn' ? 'auto.withdrawn' : 'auto.began')}
        </p>
      )}
      {task.tool.about && <p className="zk-muted">{task.tool.about}</p>}
      <ol className={styles.items}>
        {task.tool.items.map((item) => (
          <ItemForm
            key={item.code}
            tool={task.tool}
            item={item}
            filled={task.items.find((x) => x.item === item.code)}
            owed={task.owed.find((o) => o.item === item.code)}
            disabled={!may || closed || busy}
            onFill={(body) => act(() => fillItem(task, item.code, body))}
          />
        ))}
      </ol>
    </DetailDrawer>
  )
}

// i18n-keys: lifecycles.result.*, lifecycles.close.*
function ItemForm({
  tool,
  item,
  filled,
  owed,
  disabled,
  onFill,
}: {
  tool: Tool
  item: Item
  filled?: TaskItem
  owed?: Owed
  disabled: boolean
  onFill: (body: Filled) => void
}) {
  const { t } = useTranslation()
  const now: Filled = {
    measure: filled?.measure ?? '',
    result: filled?.result ?? '',
    note: filled?.note ?? '',
  }
  const fill = (change: Partial<Filled>) => onFill({ ...now, ...change })
  const found = now.result !== ''
  const free = tool.kind === 'survey' && item.choices.length === 0
  return (
    <li>
      {tool.kind === 'survey' ? (
        <fieldset disabled={disabled}>
          <legend>{item.text}</legend>
          {!free && (
            <Radio.Group
              className={styles.radios}
              disabled={disabled}
              value={now.result}
              onChange={(event) => fill({ result: event.target.value })}
              options={item.choices.map((c) => ({ value: c.code, label: c.text }))}
            />
          )}
        </fieldset>
      ) : (
        <Checkbox
          checked={found}
          disabled={disabled}
          onChange={(event) =>
            fill(
              event.target.checked
                ? { result: tool.kind === 'diagnosis' ? 'open' : 'done' }
                : { result: '', measure: '' },
            )
          }
        >
          {item.text}
        </Checkbox>
      )}
      <DueBy owed={owed} />
      {tool.kind === 'diagnosis' && found && (
        <div className={styles.measure}>
          <Select
            aria-label={t('lifecycles.task.measure')}
            placeholder={t('lifecycles.task.measure')}
            disabled={disabled}
            value={now.measure || undefined}
            onChange={(measure) => fill({ measure })}
            options={tool.measures.map((m) => ({ value: m.code, label: m.text }))}
          />
          <Select
            aria-label={t('lifecycles.task.result')}
            disabled={disabled}
            value={now.result}
            onChange={(result) => fill({ result })}
            options={['open', 'worked', 'failed'].map((r) => ({
              value: r,
              label: t(`lifecycles.result.${r}`),
              // What worked or failed is a measure.
              disabled: r !== 'open' && !now.measure,
            }))}
          />
        </div>
      )}
      {(found || free) && (
        <Note
          key={now.note}
          label={t(free ? 'lifecycles.task.answer' : 'lifecycles.task.note')}
          of={item.text}
          value={now.note}
          disabled={disabled}
          onSave={(note) => fill(free ? { note, result: note ? 'text' : '' } : { note })}
        />
      )}
      {filled && found && (
        <small className="zk-muted">
          {filled.changed_by} · <DateTime at={filled.changed_at} />
        </small>
      )}
    </li>
  )
}

/** A text that is saved when it is left. */
function Note({
  label,
  of,
  value,
  disabled,
  onSave,
}: {
  label: string
  of: string
  value: string
  disabled: boolean
  onSave: (text: string) => void
}) {
  const [text, setText] = useState(value)
  return (
    <Input.TextArea
      aria-label={`${label}：${of}`}
      placeholder={label}
      rows={2}
      maxLength={2000}
      disabled={disabled}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => text.trim() !== value && onSave(text.trim())}
    />
  )
}
