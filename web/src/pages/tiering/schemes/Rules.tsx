import { Button, Dropdown, Input, Select } from 'antd'
import { ArrowDown, ArrowUp, Ellipsis, GripVertical, Plus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Section, useFormat } from '@/kit'
import { tonesOf } from '../report/figures'
import type { Change } from './Basics'
import { ConditionRow } from './ConditionRow'
import { maxRules } from './check'
import styles from './editor.module.css'
import { FieldError, statusOf, useFieldError } from './Field'
import {
  copyRule,
  type FormCondition,
  type FormRule,
  type FormScheme,
  moved,
  newCondition,
  newRule,
} from './model'
import { useReorder } from './useReorder'
import { ruleSentence } from './words'

/** Threshold found by the preview, by the key of its condition; money in 分. */
export type Found = ReadonlyMap<string, number | null>

/** The rules, tried from above: the first that holds gives its level. */
export function Rules({
  form,
  found,
  onChange,
}: {
  form: FormScheme
  found: Found
  onChange: Change
}) {
  const { t } = useTranslation()
  const move = (from: number, to: number) => onChange({ rules: moved(form.rules, from, to) })
  const reorder = useReorder(move)
  const last = form.levels.at(-1)
  return (
    <Section boxed title={t('tiers.editor.rules')} note={t('tiers.editor.rules_note')}>
      <FieldError path="rules" />
      <ol className={styles.rules}>
        {form.rules.map((rule, i) => (
          <li
            key={rule.key}
            className={`${styles.rule} ${reorder.dragged === i ? styles.dragged : ''}`}
            {...reorder.row(i)}
          >
            <RuleCard
              rule={rule}
              at={i}
              form={form}
              found={found}
              handle={reorder.handle(i)}
              onChange={(next) =>
                onChange({ rules: form.rules.map((r, k) => (k === i ? next : r)) })
              }
              onMove={(to) => move(i, to)}
              onCopy={() => onChange({ rules: form.rules.toSpliced(i + 1, 0, copyRule(rule)) })}
              onRemove={() => onChange({ rules: form.rules.toSpliced(i, 1) })}
            />
          </li>
        ))}
      </ol>
      <p className={styles.otherwise}>{t('tiers.editor.otherwise', { level: last?.name ?? '' })}</p>
      <div>
        <Button
          type="dashed"
          icon={<Plus size={15} />}
          disabled={form.rules.length >= maxRules}
          onClick={() =>
            onChange({
              rules: [
                ...form.rules,
                newRule(
                  form.levels[0]?.code ?? '',
                  t('tiers.editor.new_rule', { n: form.rules.length + 1 }),
                ),
              ],
            })
          }
        >
          {t('tiers.editor.add_rule')}
        </Button>
      </div>
    </Section>
  )
}

interface CardProps {
  rule: FormRule
  at: number
  form: FormScheme
  found: Found
  handle: object
  onChange: (rule: FormRule) => void
  onMove: (to: number) => void
  onCopy: () => void
  onRemove: () => void
}

function RuleCard({ rule, at, form, found, handle, ...acts }: CardProps) {
  const { t } = useTranslation()
  const f = useFormat()
  const path = `rules[${at}]`
  const tones = tonesOf(form.levels)
  const nameError = useFieldError(`${path}.name`)
  const levelError = useFieldError(`${path}.level`)
  const { onChange } = acts
  return (
    <>
      <div className={styles.ruleHead}>
        <span className={styles.grip} {...handle} aria-hidden="true">
          <GripVertical size={16} />
        </span>
        <span className={styles.number}>{at + 1}</span>
        <Input
          className={styles.ruleName}
          aria-label={t('tiers.editor.rule_name', { n: at + 1 })}
          maxLength={60}
          value={rule.name}
          status={statusOf(nameError)}
          onChange={(e) => onChange({ ...rule, name: e.target.value })}
        />
        <span className={styles.arrow} aria-hidden="true">
          →
        </span>
        <Select
          className={styles.ruleLevel}
          aria-label={t('tiers.editor.rule_level', { n: at + 1 })}
          value={rule.level}
          status={statusOf(levelError)}
          options={form.levels.map((l) => ({ value: l.code, label: l.name }))}
          optionRender={(o) => <LevelOption tone={tones.get(String(o.value))} name={o.label} />}
          labelRender={(o) => <LevelOption tone={tones.get(String(o.value))} name={o.label} />}
          onChange={(level) => onChange({ ...rule, level })}
        />
        <span className={styles.rowActions}>
          <Button
            type="text"
            size="small"
            icon={<ArrowUp size={15} />}
            disabled={at === 0}
            aria-label={t('tiers.editor.up', { name: rule.name })}
            onClick={() => acts.onMove(at - 1)}
          />
          <Button
            type="text"
            size="small"
            icon={<ArrowDown size={15} />}
            disabled={at === form.rules.length - 1}
            aria-label={t('tiers.editor.down', { name: rule.name })}
            onClick={() => acts.onMove(at + 1)}
          />
          <Dropdown
            trigger={['click']}
            placement="bottomRight"
            menu={{
              items: [
                {
                  key: 'copy',
                  label: t('common.duplicate'),
                  disabled: form.rules.length >= maxRules,
                },
                { key: 'remove', label: t('common.delete'), danger: true },
              ],
              onClick: ({ key }) => (key === 'copy' ? acts.onCopy() : acts.onRemove()),
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
        form={form}
        found={found}
        onChange={(all) => onChange({ ...rule, all })}
      />
      {rule.any.length > 0 && (
        <Group
          title={t('tiers.editor.any')}
          items={rule.any}
          path={`${path}.any`}
          form={form}
          found={found}
          onChange={(any) => onChange({ ...rule, any })}
        />
      )}
      <FieldError path={path} />
      <div className={styles.ruleFoot}>
        <Button
          type="link"
          size="small"
          icon={<Plus size={14} />}
          onClick={() => onChange({ ...rule, all: [...rule.all, newCondition('orders')] })}
        >
          {t('tiers.editor.add_all')}
        </Button>
        <Button
          type="link"
          size="small"
          icon={<Plus size={14} />}
          onClick={() => onChange({ ...rule, any: [...rule.any, newCondition('orders')] })}
        >
          {t('tiers.editor.add_any')}
        </Button>
      </div>
      <p className={styles.said}>{ruleSentence(t, f, rule, form)}</p>
    </>
  )
}

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
  form,
  found,
  onChange,
}: {
  title: string
  items: FormCondition[]
  path: string
  form: FormScheme
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
          measure={form.measure}
          found={found.get(c.key)}
          onChange={(next) => onChange(items.map((x, k) => (k === i ? next : x)))}
          onRemove={() => onChange(items.toSpliced(i, 1))}
        />
      ))}
    </fieldset>
  )
}
