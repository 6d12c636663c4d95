import { Alert, Button, Drawer, Segmented, Select, Switch } from 'antd'
import { FolderPlus, Plus, SlidersHorizontal, Trash2 } from 'lucide-react'
import { Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '@/api/errors'
import { errorText, late, Typed, useIsPhone, useTyped } from '@/kit'
import { AdvancedRow } from './AdvancedRow'
import { type FieldInfo, queryCustomers } from './api'
import { ConditionLine } from './ConditionLine'
import styles from './list.module.css'
import { sentence } from './sentence'
import {
  type Advanced,
  type Condition,
  complete,
  condition,
  conditions,
  depthOf,
  type FilterNode,
  fromNode,
  type Group,
  group,
  type Item,
  isAdvanced,
  isGroup,
  leaves,
  locate,
  maxConditions,
  maxDepth,
  replaced,
  toNode,
} from './tree'
import { ValueInput } from './ValueInput'
import { changedOp, isShiftOp, opKey, useByCode, useNames, useWords } from './words'

const AdvancedDrawer = late(() => import('./AdvancedDrawer'), { over: true })

interface Props {
  fields: FieldInfo[]
  filter: FilterNode | null
  onClose: () => void
  onApply: (filter: FilterNode | null) => void
}

/** Builds a nested filter; what is wrong stands at its row before anything is applied. */
export function FilterDrawer({ fields, filter, onClose, onApply }: Props) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [root, setRoot] = useState<Group>(() => {
    const tree = fromNode(filter)
    return tree.items.length > 0 ? tree : group('all', [condition()])
  })
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const typed = useTyped()
  const [faults, setFaults] = useState<Map<number, string>>(new Map())
  const [failure, setFailure] = useState<ApiError | null>(null)
  const byCode = useByCode(fields)
  const names = useNames(root, byCode)
  const words = useWords(root, byCode)
  const count = leaves(root).length
  // An advanced condition being made or changed, and the group it belongs to.
  const [building, setBuilding] = useState<{ into: number; item?: Advanced } | null>(null)

  const change = (id: number, to: (item: Item) => Item | null) => {
    setRoot((before) => replaced(before, id, to))
    setFaults((before) => {
      if (!before.has(id)) return before
      const next = new Map(before)
      next.delete(id)
      return next
    })
  }
  // Empty rows that nobody filled in are no filter.
  const cleaned = (g: Group): Group => ({
    ...g,
    items: g.items
      .map((i) => (isGroup(i) ? cleaned(i) : i))
      .filter((i) => (isGroup(i) ? i.items.length > 0 : isAdvanced(i) || i.field !== '')),
  })
  const apply = async () => {
    const tree = cleaned(root)
    setTried(true)
    setFailure(null)
    if (!typed.readable()) return
    if (conditions(tree).some((c) => !complete(c))) return
    const node = toNode(tree)
    if (!node) return onApply(null)
    setBusy(true)
    try {
      // The server reads it once before the list is left.
      await queryCustomers({ limit: 1, filter: node }, new AbortController().signal)
      onApply(node)
    } catch (thrown) {
      const error = asApiError(thrown)
      const at = new Map<number, string>()
      for (const fault of error.fields) {
        if (fault.path.replace(/^body\./, '').startsWith('filter'))
          at.set(locate(tree, fault.path).id, fault.message)
      }
      setRoot(tree.items.length > 0 ? tree : root)
      setFaults(at)
      if (at.size === 0) setFailure(error)
    } finally {
      setBusy(false)
    }
  }
  const said = sentence(cleaned(root), words)
  return (
    <Drawer
      open
      onClose={onClose}
      title={t('ui_list.filter.title')}
      size={phone ? '100%' : 760}
      footer={
        <div className={styles.foot}>
          <Button onClick={() => setRoot(group('all', [condition()]))}>
            {t('common.clear_all')}
          </Button>
          <span className={styles.push} />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={apply}>
            {t('ui_list.filter.apply')}
          </Button>
        </div>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the inputs inside */}
      <div
        className={styles.builder}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) apply()
        }}
      >
        {failure && (
          <Alert
            type="error"
            showIcon
            role="alert"
            title={errorText(failure, t).title}
            description={errorText(failure, t).text}
          />
        )}
        {faults.has(root.id) && (
          <Alert type="error" showIcon role="alert" title={faults.get(root.id)} />
        )}
        <p className={styles.said} aria-live="polite">
          {said || t('ui_list.filter.nothing')}
        </p>
        <Typed fields={typed}>
          <GroupEditor
            top
            item={root}
            room={maxDepth - depthOf(root)}
            level={1}
            full={count >= maxConditions}
            fields={fields}
            byCode={byCode}
            staff={names.staff}
            faults={faults}
            tried={tried}
            change={change}
            said={words.advanced}
            build={(into, item) => setBuilding({ into, item })}
          />
        </Typed>
      </div>
      {building && (
        <Suspense fallback={null}>
          <AdvancedDrawer
            node={building.item?.node ?? null}
            onClose={() => setBuilding(null)}
            onApply={(made) => {
              setBuilding(null)
              if (building.item) change(building.item.id, () => made)
              else {
                // The row that nobody filled in yet makes room for it.
                change(building.into, (g) => ({
                  ...(g as Group),
                  items: [
                    ...(g as Group).items.filter((i) => isGroup(i) || isAdvanced(i) || i.field),
                    made,
                  ],
                }))
              }
            }}
          />
        </Suspense>
      )}
    </Drawer>
  )
}

interface EditorProps {
  fields: FieldInfo[]
  byCode: Map<string, FieldInfo>
  staff: Map<number, string>
  faults: Map<number, string>
  tried: boolean
  full: boolean
  room: number
  change: (id: number, to: (item: Item) => Item | null) => void
  /** An advanced condition in words. */
  said: (node: FilterNode) => string
  /** Opens the builder for a new condition of a group, or for one that is there. */
  build: (into: number, item?: Advanced) => void
}

function GroupEditor({
  item,
  top,
  level,
  ...rest
}: EditorProps & { item: Group; top?: boolean; level: number }) {
  const { t } = useTranslation()
  const { change, full } = rest
  const here = level + (item.not ? 1 : 0)
  const add = (more: Item) =>
    change(item.id, (g) => ({ ...(g as Group), items: [...(g as Group).items, more] }))
  return (
    <fieldset
      className={top ? styles.groupTop : styles.group}
      aria-label={t('ui_list.filter.group')}
    >
      <div className={styles.groupHead}>
        <Segmented<Group['join']>
          size="small"
          aria-label={t('ui_list.filter.join')}
          value={item.join}
          onChange={(join) => change(item.id, (g) => ({ ...(g as Group), join }))}
          options={[
            { value: 'all', label: t('ui_list.filter.all') },
            { value: 'any', label: t('ui_list.filter.any') },
          ]}
        />
        <span className={styles.negate}>
          <Switch
            size="small"
            checked={item.not}
            aria-label={t('ui_list.filter.not')}
            disabled={!item.not && here + depthOf(item) > maxDepth}
            onChange={(not) => change(item.id, (g) => ({ ...(g as Group), not }))}
          />
          {t('ui_list.filter.not')}
        </span>
        <span className={styles.push} />
        {!top && (
          <Button
            type="text"
            size="small"
            icon={<Trash2 size={15} />}
            aria-label={t('ui_list.filter.remove_group')}
            onClick={() => change(item.id, () => null)}
          />
        )}
      </div>
      {!top && rest.faults.has(item.id) && (
        <div className={styles.fault} role="alert">
          {rest.faults.get(item.id)}
        </div>
      )}
      {item.items.map((child) =>
        isGroup(child) ? (
          <GroupEditor key={child.id} {...rest} item={child} level={here + 1} />
        ) : isAdvanced(child) ? (
          <AdvancedRow key={child.id} {...rest} item={child} into={item.id} />
        ) : (
          <Row key={child.id} {...rest} item={child} />
        ),
      )}
      <div className={styles.adds}>
        <Button
          size="small"
          icon={<Plus size={14} />}
          disabled={full}
          onClick={() => add(condition())}
        >
          {t('ui_list.filter.add')}
        </Button>
        <Button
          size="small"
          type="text"
          icon={<FolderPlus size={14} />}
          disabled={full || here + 2 > maxDepth}
          onClick={() => add(group(item.join === 'all' ? 'any' : 'all', [condition()]))}
        >
          {t('ui_list.filter.add_group')}
        </Button>
        <Button
          size="small"
          type="text"
          icon={<SlidersHorizontal size={14} />}
          disabled={full}
          onClick={() => rest.build(item.id)}
        >
          {t('audiences.filter.add')}
        </Button>
        {full && (
          <span className="zk-muted">{t('ui_list.filter.full', { max: maxConditions })}</span>
        )}
      </div>
    </fieldset>
  )
}

function Row({
  item,
  fields,
  byCode,
  staff,
  faults,
  tried,
  change,
}: EditorProps & { item: Condition }) {
  const { t } = useTranslation()
  // i18n-keys: ui_list.group.*
  const options = useMemo(
    () =>
      fields
        .filter((f) => f.operators.length > 0)
        .map((f) => ({ value: f.code, label: f.label, note: t(`ui_list.group.${f.group}`) })),
    [fields, t],
  )
  const field = byCode.get(item.field)
  const set = (part: Partial<Condition>) =>
    change(item.id, (c) => ({ ...(c as Condition), ...part }))
  const unknown = item.field !== '' && !field
  const fault =
    faults.get(item.id) ??
    (unknown
      ? t('ui_list.filter.unknown', { field: item.field })
      : tried && item.field !== '' && !complete(item)
        ? t('ui_list.filter.missing')
        : '')
  return (
    <ConditionLine
      className={styles.parts}
      fault={fault}
      onRemove={() => change(item.id, () => null)}
    >
      <Select<string>
        aria-label={t('ui_list.filter.field')}
        placeholder={t('ui_list.filter.field')}
        value={item.field || undefined}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={260}
        options={options}
        optionRender={(o) => (
          <span className={styles.offer}>
            {o.label}
            <small className="zk-muted">{o.data.note}</small>
          </span>
        )}
        onChange={(code) => {
          const next = byCode.get(code)
          set({ field: code, op: next?.operators[0] ?? '', value: undefined })
        }}
      />
      {field && (
        <Select<string>
          aria-label={t('ui_list.filter.op')}
          value={item.op || undefined}
          popupMatchSelectWidth={false}
          options={field.operators
            .filter((op) => op !== changedOp && !isShiftOp(op))
            .map((op) => ({ value: op, label: t(opKey(op, field.type)) }))}
          onChange={(op) => set({ op, value: sameShape(item.op, op) ? item.value : undefined })}
        />
      )}
      <div className={styles.value}>
        {field && (
          <ValueInput
            field={field}
            op={item.op}
            value={item.value}
            staff={staff}
            onChange={(value) => set({ value })}
          />
        )}
      </div>
    </ConditionLine>
  )
}

const shapes: string[][] = [
  ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'contains', 'begins'],
  ['in', 'not_in', 'any', 'all', 'none', 'within', 'not_within'],
  ['last_days', 'before_days', 'next_days'],
]

/** Whether two operators take the same kind of value. */
function sameShape(a: string, b: string): boolean {
  return a === b || shapes.some((ops) => ops.includes(a) && ops.includes(b))
}
