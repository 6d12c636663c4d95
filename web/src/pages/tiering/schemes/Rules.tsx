import { Button, Dropdown, Input, Select } from 'antd'
import { Ellipsis, Plus } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { Grip, MoveButtons, moved, Section, useFormat, useReorder } from '@/kit'
import type { Measure } from '../api'
import { tonesOf } from '../report/figures'
import type { Change } from './Basics'
import { ConditionRow } from './ConditionRow'
import { maxRules } from './check'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import { useFigures } from './figures'
import {
  copyRule,
  type FormCondition,
  type FormRule,
  type FormScheme,
  newCondition,
  newKey,
  newRule,
} from './model'
import { AddPeople } from './PeopleRow'
import { ruleSentence } from './words'

/** Threshold found by the preview, by the key of its condition; money in 分. */
export type Found = ReadonlyMap<string, number | null>

type Context = Pick<FormScheme, 'levels' | 'measure'>

interface Props extends Context {
  rules: FormRule[]
  found: Found
  onChange: Change
}

/** The rules, tried from above: the first that holds gives its level. */
export const Rules = memo(function Rules({ rules, levels, measure, found, onChange }: Props) {
  const { t } = useTranslation()
  const reorder = useReorder((from, to) =>
    onChange((form) => ({ rules: moved(form.rules, from, to) })),
  )
  const last = levels.at(-1)
  const add = () => {
    const name = t('tiers.editor.new_rule', { n: rules.length + 1 })
    onChange((form) => ({ rules: [...form.rules, newRule(form.levels[0]?.code ?? '', name)] }))
  }
  return (
    <Section boxed title={t('tiers.editor.rules')} note={t('tiers.editor.rules_note')}>
      <FieldError path="rules" />
      <ol className={styles.rules}>
        {rules.map((rule, i) => (
          <li
            key={rule.key}
            className={`${styles.rule} ${reorder.dragged === i ? styles.dragged : ''}`}
            {...reorder.row(i)}
          >
            <RuleCard
              rule={rule}
              at={i}
              count={rules.length}
              levels={levels}
              measure={measure}
              found={found}
              onChange={onChange}
            />
          </li>
        ))}
      </ol>
      <p className={styles.otherwise}>{t('tiers.editor.otherwise', { level: last?.name ?? '' })}</p>
      <div>
        <Button
          type="dashed"
          icon={<Plus size={15} />}
          disabled={rules.length >= maxRules}
          onClick={add}
        >
          {t('tiers.editor.add_rule')}
        </Button>
      </div>
    </Section>
  )
})

interface CardProps extends Context {
  rule: FormRule
  at: number
  count: number
  found: Found
  onChange: Change
}

// Remembered, because a page of rules has dozens of selects and typing in one must stay quick.
const RuleCard = memo(function RuleCard({
  rule,
  at,
  count,
  levels,
  measure,
  found,
  onChange,
}: CardProps) {
  const { t } = useFigures()
  const f = useFormat()
  const path = `rules[${at}]`
  const tones = tonesOf(levels)
  const nameError = useFieldError(`${path}.name`)
  const levelError = useFieldError(`${path}.level`)
  const put = (part: Partial<FormRule>) =>
    onChange((form) => ({
      rules: form.rules.map((r) => (r.key === rule.key ? { ...r, ...part } : r)),
    }))
  const move = (to: number) => onChange((form) => ({ rules: moved(form.rules, at, to) }))
  const copy = () =>
    onChange((form) => ({ rules: form.rules.toSpliced(at + 1, 0, copyRule(rule)) }))
  const remove = () => onChange((form) => ({ rules: form.rules.toSpliced(at, 1) }))
  return (
    <>
      <div className={styles.ruleHead}>
        <Grip />
        <span className={styles.number}>{at + 1}</span>
        <Input
          className={styles.ruleName}
          aria-label={t('tiers.editor.rule_name', { n: at + 1 })}
          maxLength={60}
          value={rule.name}
          status={statusOf(nameError)}
          onChange={(e) => put({ name: e.target.value })}
        />
        <span className={styles.arrow} aria-hidden="true">
          →
        </span>
        <Select
          className={styles.ruleLevel}
          aria-label={t('tiers.editor.rule_level', { n: at + 1 })}
          value={rule.level}
          status={statusOf(levelError)}
          options={levels.map((l) => ({ value: l.code, label: l.name }))}
          optionRender={(o) => <LevelOption tone={tones.get(String(o.value))} name={o.label} />}
          labelRender={(o) => <LevelOption tone={tones.get(String(o.value))} name={o.label} />}
          onChange={(level) => put({ level })}
        />
        <span className={styles.rowActions}>
          <MoveButtons name={rule.name} at={at} count={count} onMove={move} />
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            menu={{
              items: [
                { key: 'copy', label: t('common.duplicate'), disabled: count >= maxRules },
                { key: 'remove', label: t('common.delete'), danger: true },
              ],
              onClick: ({ key }) => (key === 'copy' ? copy() : remove()),
            }}
          >
            <Button
              type="text"
              size="small"
              icon={<Ellipsis size={16} />}
              aria-label={t('tiers.editor.rule_more', { name: rule.name })}
            />
          </Dropdown>
        </span>
      </div>
      <FieldError path={`${path}.name`} />
      <FieldError path={`${path}.level`} />
      <Group
        title={t('tiers.editor.all')}
        items={rule.all}
        path={`${path}.all`}
        measure={measure}
        found={found}
        onChange={(all) => put({ all })}
      />
      <Group
        title={t('tiers.editor.any')}
        items={rule.any}
        path={`${path}.any`}
        measure={measure}
        found={found}
        onChange={(any) => put({ any })}
      />
      <FieldError path={path} />
      <div className={styles.ruleFoot}>
        <Button
          type="link"
          size="small"
          icon={<Plus size={14} />}
          onClick={() => put({ all: [...rule.all, newCondition('orders')] })}
        >
          {t('tiers.editor.add_all')}
        </Button>
        <Button
          type="link"
          size="small"
          icon={<Plus size={14} />}
          onClick={() => put({ any: [...rule.any, newCondition('orders')] })}
        >
          {t('tiers.editor.add_any')}
        </Button>
        <AddPeople onAdd={(c) => put({ all: [...rule.all, { key: newKey(), on: true, ...c }] })} />
      </div>
      <p className={styles.said}>{ruleSentence(t, f, rule, { levels, measure })}</p>
    </>
  )
})

function LevelOption({ tone, name }: { tone?: number; name: React.ReactNode }) {
  return (
    <span className={styles.levelOption}>
      <span
        className={styles.dot}
        style={{ background: `var(--zk-tone-${tone ?? 0})` }}
        aria-hidden="true"
      />
      {name}
    </span>
  )
}

function Group({
  title,
  items,
  path,
  measure,
  found,
  onChange,
}: {
  title: string
  items: FormCondition[]
  path: string
  measure: Measure
  found: Found
  onChange: (items: FormCondition[]) => void
}) {
  if (items.length === 0) return null
  return (
    <fieldset className={styles.conditions}>
      <legend>{title}</legend>
      {items.map((c, i) => (
        <ConditionRow
          key={c.key}
          condition={c}
          path={`${path}[${i}]`}
          measure={measure}
          found={found.get(c.key)}
          onChange={(next) => onChange(items.map((x, k) => (k === i ? next : x)))}
          onRemove={() => onChange(items.toSpliced(i, 1))}
        />
      ))}
    </fieldset>
  )
}
