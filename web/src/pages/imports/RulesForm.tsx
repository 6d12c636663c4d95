import { Button, Input, Segmented, Select } from 'antd'
import { ChevronRight } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useIsPhone } from '@/kit'
import type { Preview, Rules } from './api'
import styles from './check.module.css'
import shared from './imports.module.css'
import { type Columns, columnOf, textsOf } from './mapping'
import {
  answer,
  changed,
  events,
  type Rule,
  rulesOf,
  statuses,
  withAnswer,
  withText,
} from './rules'

interface Props {
  preview: Preview
  columns: Columns
  rules: Rules
  onChange: (rules: Rules) => void
}

/** Warnings that a rule answers. */
const answered = ['import.warn.unknown_status', 'import.warn.date_order_unclear']

/** Whether a rule matters for the columns: those of tags only where there are tags. */
const asked = (columns: Columns, rules: Rules) => (rule: Rule) => {
  if (rule.name === 'new_tags') return Boolean(columnOf(columns, 'tags'))
  if (rule.name === 'tag_group') {
    return Boolean(columnOf(columns, 'tags')) && rules.new_tags === 'create'
  }
  return true
}

/** Rules of the source, each with what it does; folded away while all are as usual. */
export function RulesForm(props: Props) {
  const { preview, columns, rules } = props
  const { t } = useTranslation()
  const id = useId()
  const unusual = changed(preview.kind, rules)
  const [open, setOpen] = useState(
    unusual > 0 ||
      preview.warnings.some((w) => answered.includes(w)) ||
      Boolean(columnOf(columns, 'tags')),
  )
  return (
    <section className={styles.rules}>
      <button
        type="button"
        className={styles.rulesHead}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <ChevronRight size={16} aria-hidden="true" className={open ? styles.turned : undefined} />
        <h2>{t('imports.rules')}</h2>
        <span className="zk-muted">
          {unusual > 0 ? t('imports.rules.changed', { count: unusual }) : t('imports.rules.usual')}
        </span>
      </button>
      {open && (
        <div id={id} className={styles.rulesBody}>
          <Texts {...props} />
          {rulesOf(preview.kind)
            .filter(asked(columns, rules))
            .map((rule) => (
              <RuleLine key={rule.name} {...props} rule={rule} />
            ))}
        </div>
      )}
    </section>
  )
}

// i18n-keys: import.rule.*, imports.rule.*, order.status.*, order.behaviour.*
function RuleLine({ rule, rules, onChange }: Props & { rule: Rule }) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const value = answer(rules, rule)
  // Longer answers do not fit side by side on a phone.
  const yesNo = rule.choices.includes('yes')
  const set = (next: string) => onChange(withAnswer(rules, rule, next))
  const label = (choice: string) => {
    if (choice === '') return t('imports.rule.none')
    if (choice === 'yes' || choice === 'no') return t(`import.rule.${choice}`)
    if (rule.name === 'default_status') return t(`order.status.${choice}`)
    if (rule.name === 'default_event') return t(`order.behaviour.${choice}`)
    return t(`import.rule.${rule.name}.${choice}`)
  }
  const name = t(`import.rule.${rule.name}`)
  const options = rule.choices.map((choice) => ({ value: choice, label: label(choice) }))
  return (
    <div className={styles.rule}>
      <div>
        <div>
          {name}
          {value !== rule.default && (
            <span className={styles.ruleMark}>{t('imports.rule.set')}</span>
          )}
        </div>
        <div className={shared.hint}>{t(`imports.rule.${rule.name}`)}</div>
      </div>
      {rule.choices.length === 0 ? (
        <Input
          className={styles.ruleField}
          aria-label={name}
          maxLength={rule.name === 'tag_group' ? 40 : 20}
          value={rules[rule.name] ?? ''}
          placeholder={rule.default}
          onChange={(event) => set(event.target.value.trim())}
        />
      ) : rule.choices.length <= 3 && (!phone || yesNo) ? (
        <Segmented aria-label={name} value={value} options={options} onChange={set} />
      ) : (
        <Select
          className={styles.ruleField}
          aria-label={name}
          value={value}
          options={options}
          onChange={set}
        />
      )}
    </div>
  )
}

/** Texts of the status or event column and what they mean, as seen in the preview or added. */
function Texts({ preview, columns, rules, onChange }: Props) {
  const { t } = useTranslation()
  const [added, setAdded] = useState('')
  if (preview.kind === 'customers') return null
  const map = preview.kind === 'orders' ? 'status' : 'event'
  const column = columnOf(columns, map === 'status' ? 'status' : 'event.kind')
  if (!column) return null
  const known = rules[map] ?? {}
  const texts = [...new Set([...textsOf(preview, column), ...Object.keys(known)])]
  const codes: readonly string[] = map === 'status' ? statuses : events
  const word = (code: string) =>
    map === 'status' ? t(`order.status.${code}`) : t(`order.behaviour.${code}`)
  const put = (text: string, code: string) => onChange(withText(rules, map, text, code))
  const add = () => {
    const text = added.trim()
    if (text) put(text, codes[0] ?? '')
    setAdded('')
  }
  return (
    <div className={styles.texts}>
      <div>
        <div>{t(`import.rule.${map}`)}</div>
        <div className={shared.hint}>{t(`imports.rule.${map}`, { column })}</div>
      </div>
      <ul>
        {texts.map((text) => (
          <li key={text}>
            <span className="zk-break">{text}</span>
            <Select
              className={styles.ruleField}
              aria-label={text}
              value={known[text] ?? ''}
              options={[
                { value: '', label: t('imports.rule.automatic') },
                ...codes.map((value) => ({ value, label: word(value) })),
              ]}
              onChange={(code) => put(text, code)}
            />
          </li>
        ))}
        <li>
          <Input
            aria-label={t('imports.rule.add_text')}
            placeholder={t('imports.rule.add_text')}
            maxLength={60}
            value={added}
            onChange={(event) => setAdded(event.target.value)}
            onPressEnter={add}
          />
          <Button disabled={!added.trim()} onClick={add}>
            {t('common.add')}
          </Button>
        </li>
      </ul>
    </div>
  )
}
