import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { ClipboardCheck, ListChecks, MessageCircleQuestion } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { perm } from '@/app/permissions'
import { StatusTag, useMe, useSay } from '@/kit'
import { key, type OfCustomer, openTask, type Task, useTasks } from '../api'
import { DueBy } from '../steps/DueBy'
import styles from './record.module.css'
import { TaskDrawer } from './TaskDrawer'

const icons = { steps: ListChecks, diagnosis: ClipboardCheck, survey: MessageCircleQuestion }

/** Tools of the stage, and the tasks that were begun with them. */
export function Tasks({ id, tools }: { id: number; tools: OfCustomer['tools'] }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { fail } = useSay()
  const query = useTasks(id, true)
  // A list of steps leads to the task.
  const [params] = useSearchParams()
  const [shown, setShown] = useState<number | null>(Number(params.get('task')) || null)
  const tasks = query.data ?? []
  const open = tasks.find((task) => task.id === shown)
  const begun = new Set(tasks.filter((x) => x.outcome === 'open').map((x) => x.tool.code))
  const begin = async (code: string) => {
    try {
      const task = await openTask(id, code)
      await client.invalidateQueries({ queryKey: [...key, 'customer', id, 'tasks'] })
      setShown(task.id)
    } catch (error) {
      fail(error)
    }
  }
  const offered = me.can(perm.lifecycleEdit) ? tools.filter((x) => !begun.has(x.code)) : []
  if (tasks.length === 0 && offered.length === 0) return null
  return (
    <div className={styles.tasks}>
      {tasks.map((task) => (
        <div key={task.id}>
          <Button block className={styles.task} onClick={() => setShown(task.id)}>
            <span>{task.tool.name}</span>
            <Outcome task={task} />
          </Button>
          <DueBy owed={task.owed[0]} named />
        </div>
      ))}
      {offered.map((tool) => {
        const Icon = icons[tool.kind]
        return (
          <Button
            key={tool.code}
            block
            type="dashed"
            icon={<Icon size={15} />}
            onClick={() => begin(tool.code)}
          >
            {t('lifecycles.task.begin', { name: tool.name })}
          </Button>
        )
      })}
      {open && <TaskDrawer task={open} onClose={() => setShown(null)} />}
    </div>
  )
}

// i18n-keys: lifecycles.outcome.*
export function Outcome({ task }: { task: Task }) {
  const { t } = useTranslation()
  if (task.outcome === 'open') {
    return (
      <StatusTag kind="neutral">
        {t('lifecycles.task.done', { done: task.done, all: task.tool.items.length })}
      </StatusTag>
    )
  }
  if (task.outcome === 'withdrawn') {
    return <StatusTag kind="neutral">{t('lifecycles.outcome.withdrawn')}</StatusTag>
  }
  return (
    <StatusTag kind={task.outcome === 'lost' ? 'danger' : 'success'}>
      {t(`lifecycles.outcome.${task.outcome}`)}
    </StatusTag>
  )
}
