import { Button, Checkbox, Dropdown, Input, Popover, Radio } from 'antd'
import { ListFilter, X } from 'lucide-react'
import { type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { late } from '../late'
import { Bone } from '../states'
import { Typed, useTyped } from '../typed/scope'
import styles from './filters.module.css'
import { joinRange, splitRange } from './state'
import type { FilterDef } from './types'

const DatesEditor = late(() => import('./DatesEditor'))
const RangeEditor = late(() => import('./RangeEditor'))

interface Props {
  defs: FilterDef[]
  values: Record<string, string>
  onChange: (values: Record<string, string>) => void
}

/** The filters that are set, as chips, and a button for more. */
export function Filters({ defs, values, onChange }: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState<string | null>(null)
  if (defs.length === 0) return null
  const shown = defs.filter((d) => values[d.key] || open === d.key)
  const rest = defs.filter((d) => !shown.includes(d))
  const set = (key: string, value: string) => onChange({ ...values, [key]: value })

  return (
    <>
      {shown.map((def) => {
        const value = values[def.key] ?? ''
        return (
          <Popover
            key={def.key}
            trigger="click"
            placement="bottomLeft"
            arrow={false}
            open={open === def.key}
            onOpenChange={(next) => setOpen(next ? def.key : null)}
            destroyOnHidden
            content={
              <Editor
                def={def}
                value={value}
                onApply={(text, close) => {
                  set(def.key, text)
                  if (close) setOpen(null)
                }}
              />
            }
          >
            <span className={styles.chip}>
              <button type="button" aria-haspopup="dialog" aria-expanded={open === def.key}>
                <span className={styles.chipText}>
                  <span className="zk-muted">{def.label}</span>
                  {value && <> {describeFilter(def, value)}</>}
                </span>
              </button>
              <button
                type="button"
                className={styles.chipClose}
                aria-label={t('ui.table.remove_filter', { label: def.label })}
                onClick={(event) => {
                  event.stopPropagation()
                  setOpen(null)
                  set(def.key, '')
                }}
              >
                <X size={14} aria-hidden="true" />
              </button>
            </span>
          </Popover>
        )
      })}
      {rest.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: rest.map((d) => ({ key: d.key, label: d.label })),
            // The chip must be there before its popover can open at it.
            onClick: ({ key }) => setTimeout(() => setOpen(key), 0),
          }}
        >
          <Button icon={<ListFilter size={15} />}>{t('common.filter')}</Button>
        </Dropdown>
      )}
    </>
  )
}

/** A filter's value in words: "高价值, 中价值", "2026-01-01 – 2026-03-31", "≥ 100". */
export function describeFilter(def: FilterDef, value: string): string {
  if (def.type === 'select') {
    // Labels of trees are indented in the list of options.
    const label = (v: string) => def.options.find((o) => o.value === v)?.label.trim() ?? v
    const labels = value.split(',').map(label)
    return labels.join(', ')
  }
  if (def.type === 'text') return value
  const [from, to] = splitRange(value)
  const suffix = def.type === 'range' ? (def.suffix ?? '') : ''
  if (from && to) return from === to ? `${from}${suffix}` : `${from} – ${to}${suffix}`
  return from ? `≥ ${from}${suffix}` : `≤ ${to}${suffix}`
}

interface EditorProps {
  def: FilterDef
  value: string
  onApply: (text: string, close: boolean) => void
}

function Editor({ def, value, onApply }: EditorProps): ReactNode {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(value)
  const typed = useTyped()
  const apply = () => typed.readable() && onApply(draft, true)
  const done = (
    <div className={styles.editorEnd}>
      <Button size="small" type="text" onClick={() => onApply('', true)}>
        {t('common.clear')}
      </Button>
      <Button size="small" type="primary" onClick={apply}>
        {t('ui.apply')}
      </Button>
    </div>
  )
  if (def.type === 'select') {
    const chosen = value ? value.split(',') : []
    if (!def.multiple) {
      return (
        <Radio.Group
          className={styles.editor}
          aria-label={def.label}
          value={value}
          onChange={(event) => onApply(String(event.target.value), true)}
        >
          <div className={styles.editorList}>
            {def.options.map((o) => (
              <Radio key={o.value} value={o.value}>
                {o.label}
              </Radio>
            ))}
          </div>
        </Radio.Group>
      )
    }
    return (
      <fieldset className={styles.editor} aria-label={def.label}>
        <div className={styles.editorList}>
          {def.options.map((o) => (
            <Checkbox
              key={o.value}
              checked={chosen.includes(o.value)}
              onChange={(event) => {
                const next = event.target.checked
                  ? [...chosen, o.value]
                  : chosen.filter((v) => v !== o.value)
                onApply(next.join(','), false)
              }}
            >
              {o.label}
            </Checkbox>
          ))}
        </div>
      </fieldset>
    )
  }
  if (def.type === 'text') {
    return (
      <div className={styles.editor}>
        <Input
          autoFocus
          aria-label={def.label}
          placeholder={def.placeholder}
          maxLength={200}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onPressEnter={() => onApply(draft.trim(), true)}
        />
        {done}
      </div>
    )
  }
  const [from, to] = splitRange(draft)
  if (def.type === 'dates') {
    return (
      <div className={styles.editor}>
        <Suspense fallback={<Bone width="100%" height={36} />}>
          <Typed fields={typed}>
            <DatesEditor
              from={from}
              to={to}
              label={def.label}
              onChange={(a, b) => setDraft(joinRange(a, b))}
              onPick={(a, b) => onApply(joinRange(a, b), true)}
            />
          </Typed>
        </Suspense>
        {done}
      </div>
    )
  }
  return (
    <div className={styles.editor}>
      <Suspense fallback={<Bone width="100%" height={36} />}>
        <Typed fields={typed}>
          <RangeEditor
            def={def}
            from={from}
            to={to}
            onChange={(a, b) => setDraft(joinRange(a, b))}
            onEnter={apply}
          />
        </Typed>
      </Suspense>
      {done}
    </div>
  )
}
