import { Button, Dropdown, type MenuProps } from 'antd'
import {
  ArrowDown,
  ArrowUp,
  ChevronDown,
  Copy,
  FolderInput,
  MoreHorizontal,
  Trash2,
} from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip } from '@/kit'
import styles from './builder.module.css'
import { ConditionMenu } from './ConditionMenu'
import type { Known } from './catalogue'
import { HereProvider, useBuilder, useFreshFocus } from './context'
import { dropProps } from './drag'
import { FactsForm } from './FactsForm'
import { FieldForm } from './FieldForm'
import { copies, fits } from './limits'
import {
  type Body,
  type Condition,
  complete,
  condition,
  copied,
  group,
  isGroup,
  itemAt,
  reversed,
} from './model'
import type { RuleNode } from './node'
import { RelativeForm } from './RelativeForm'
import { SampleForm } from './SampleForm'
import { SequenceForm } from './SequenceForm'

/** The name of a condition: its field, or what it is about. */
export function nameOf(c: Condition, k: Known, t: (key: string) => string): string {
  const { facts, sequence, relative, sample } = c.meta ?? {}
  if (facts) return k.stream.get(facts.stream)?.label ?? facts.stream
  if (sequence) return t('ui_audience_builder.sequence')
  if (relative) return t('ui_audience_builder.theme.compare')
  if (sample) return t('ui_audience_builder.theme.sample')
  return k.field.get(c.field)?.label ?? c.field
}

/** One condition: what it is about, how it compares, and what can be done with it. */
export function ConditionRow({ item, path }: { item: Condition; path: readonly number[] }) {
  const { t } = useTranslation()
  const builder = useBuilder()
  const { k, faults, tried, root, limits, change } = builder
  const faultId = useId()
  const ref = useFreshFocus<HTMLDivElement>(item.id)
  const name = nameOf(item, k, t)
  const meta = item.meta ?? {}
  const field = k.field.get(item.field)
  const form = meta.facts ?? meta.sequence ?? meta.relative ?? meta.sample
  const said = faults.get(item.id) ?? []
  const lost = !form && !field
  const missing = tried && !lost && !complete(item)
  const swapped = said.length === 0 && reversed(item.operator, item.value)
  const put = (part: { operator?: string; value?: unknown; meta?: Body }) =>
    change(item.id, (c) => ({ ...(c as Condition), ...part }))
  const become = (node: RuleNode) => {
    change(item.id, (c) => ({ ...condition(node), id: c.id }))
    builder.setFresh(item.id)
  }
  const drag = dropProps(builder, path)
  return (
    <HereProvider value={{ id: item.id, name }}>
      {/* biome-ignore lint/a11y/useSemanticElements: a row of inputs that belong together */}
      <div
        ref={ref}
        role="group"
        aria-label={name}
        aria-describedby={said.length > 0 || missing || lost || swapped ? faultId : undefined}
        data-condition={item.id}
        {...drag}
        className={`${styles.row} ${drag.className}`}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
          event.preventDefault()
          event.stopPropagation()
          move(builder, path, event.key === 'ArrowUp' ? 'up' : 'down', item.id)
        }}
      >
        <Grip />
        <div className={form ? styles.tall : styles.flat}>
          {!form && (
            <ConditionMenu onPick={become}>
              {(open, isOpen) => (
                <Button
                  className={styles.name}
                  aria-haspopup="dialog"
                  aria-expanded={isOpen}
                  aria-label={t('ui_audience_builder.change', { name })}
                  onClick={open}
                >
                  <span className={styles.nameText}>{name}</span>
                  <ChevronDown size={14} aria-hidden="true" />
                </Button>
              )}
            </ConditionMenu>
          )}
          {meta.facts ? (
            <FactsForm
              value={{ facts: meta.facts, op: item.operator, value: item.value }}
              onChange={(v) => put({ operator: v.op, value: v.value, meta: { facts: v.facts } })}
            />
          ) : meta.sequence ? (
            <SequenceForm
              value={meta.sequence}
              onChange={(sequence) => put({ meta: { sequence } })}
            />
          ) : meta.relative ? (
            <RelativeForm
              value={{ relative: meta.relative, op: item.operator, value: item.value }}
              except={builder.audience}
              onChange={(v) =>
                put({ operator: v.op, value: v.value, meta: { relative: v.relative } })
              }
            />
          ) : meta.sample ? (
            <SampleForm value={meta.sample} onChange={(sample) => put({ meta: { sample } })} />
          ) : field ? (
            <FieldForm
              field={field}
              value={{ op: item.operator, value: item.value, at: meta.at }}
              except={builder.audience}
              onChange={(v) =>
                put({
                  operator: v.op,
                  value: v.value,
                  meta: v.at === undefined ? {} : { at: v.at },
                })
              }
            />
          ) : null}
        </div>
        <RowActions
          name={name}
          path={path}
          id={item.id}
          mayCopy={copies(root, item, limits)}
          mayWrap={fits(root, path.slice(0, -1), 2, limits)}
          onCopy={() => {
            const copy = copied(item)
            insert(builder, path, copy)
          }}
          onWrap={() => change(item.id, (c) => group(wrapJoin(builder, path), [c]))}
        />
        {(said.length > 0 || missing || lost || swapped) && (
          <div id={faultId} className={styles.faults} role="alert">
            {lost && <p className={styles.fault}>{t('ui_list.filter.unknown', { field: name })}</p>}
            {said.map((f) => (
              <p
                key={`${f.rest} ${f.message}`}
                className={f.warning ? styles.warning : styles.fault}
              >
                {f.message}
              </p>
            ))}
            {swapped && <p className={styles.warning}>{t('ui_audience_builder.reversed')}</p>}
            {missing && said.length === 0 && (
              <p className={styles.fault}>{t('ui_list.filter.missing')}</p>
            )}
          </div>
        )}
      </div>
    </HereProvider>
  )
}

type Shared = ReturnType<typeof useBuilder>

const wrapJoin = (b: Shared, path: readonly number[]) => {
  const parent = itemAt(b.root, path.slice(0, -1))
  return parent && isGroup(parent) && parent.combinator === 'or' ? 'all' : 'any'
}

/** Puts an item behind the one at a path. */
export function insert(
  b: Shared,
  path: readonly number[],
  item: Condition | ReturnType<typeof group>,
) {
  const parent = itemAt(b.root, path.slice(0, -1))
  if (!parent) return
  const at = (path.at(-1) ?? 0) + 1
  b.change(parent.id, (g) => (isGroup(g) ? { ...g, rules: g.rules.toSpliced(at, 0, item) } : g))
  b.setFresh(item.id)
}

/** One place up or down, into and out of groups; the focus stays with what is moved. */
export function move(b: Shared, path: readonly number[], to: 'up' | 'down', id: string) {
  b.actions.moveRule([...path], to)
  requestAnimationFrame(() => {
    const row = document.querySelector(`[data-condition="${id}"]`)
    if (row?.contains(document.activeElement)) return
    row?.querySelector<HTMLElement>('[data-acts]')?.focus()
  })
}

/** What can be done with a condition or a group. */
export function RowActions({
  name,
  path,
  id,
  mayCopy,
  mayWrap,
  onCopy,
  onWrap,
}: {
  name: string
  path: readonly number[]
  id: string
  mayCopy: boolean
  mayWrap?: boolean
  onCopy: () => void
  onWrap?: () => void
}) {
  const { t } = useTranslation()
  const builder = useBuilder()
  const first = path.every((n) => n === 0)
  const items: MenuProps['items'] = [
    {
      key: 'up',
      icon: <ArrowUp size={15} />,
      label: t('ui_audience_builder.up'),
      disabled: first,
      onClick: () => move(builder, path, 'up', id),
    },
    {
      key: 'down',
      icon: <ArrowDown size={15} />,
      label: t('ui_audience_builder.down'),
      onClick: () => move(builder, path, 'down', id),
    },
    {
      key: 'copy',
      icon: <Copy size={15} />,
      label: t('common.copy'),
      disabled: !mayCopy,
      onClick: onCopy,
    },
  ]
  if (onWrap) {
    items.push({
      key: 'wrap',
      icon: <FolderInput size={15} />,
      label: t('ui_audience_builder.wrap'),
      disabled: !mayWrap,
      onClick: onWrap,
    })
  }
  return (
    <span className={styles.acts}>
      <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
        <Button
          type="text"
          size="small"
          data-acts
          icon={<MoreHorizontal size={16} />}
          aria-label={t('ui_audience_builder.acts', { name })}
        />
      </Dropdown>
      <Button
        type="text"
        size="small"
        icon={<Trash2 size={15} />}
        aria-label={t('ui_audience_builder.remove', { name })}
        onClick={() => builder.change(id, () => null)}
      />
    </span>
  )
}
