import { Button, Form, Input, Select } from 'antd'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Stage, Tool } from '../api'
import { AutoFields } from './AutoFields'
import { type Duty, DutyFields } from './DutyFields'
import { freeCode, put } from './draft'
import { EntryActs } from './List'
import styles from './settings.module.css'
import { TakeDrawer } from './TakeDrawer'

type Item = Tool['items'][number]
type Choice = Tool['measures'][number]

// i18n-keys: steps.kind.* steps.item.* steps.add.*
const kinds = ['steps', 'diagnosis', 'survey'] as const
const most = 60

/** Edits a tool: its steps, causes or questions, who does them and until when. */
export function ToolDrawer({
  tool,
  stages,
  may,
  onDone,
  onClose,
}: {
  tool: Tool
  stages: Stage[]
  may: boolean
  onDone: (tool: Tool) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(tool)
  const [tried, setTried] = useState(false)
  const set = (part: Partial<Tool>) => setDraft((before) => ({ ...before, ...part }))
  const items = (items: Item[]) => set({ items })
  const measures = draft.kind === 'diagnosis'
  const texts = [...draft.items, ...(measures ? draft.measures : [])]
  const whole =
    draft.name.trim() !== '' &&
    draft.items.length > 0 &&
    (!measures || draft.measures.length > 0) &&
    [...texts, ...draft.items.flatMap((x) => x.choices)].every((x) => x.text.trim() !== '')
  // Who begins a tool that begins by itself?
  const orphaned = Boolean(draft.auto) && [draft, ...draft.items].some((x) => x.who === 'opener')
  const take = () => {
    setTried(true)
    if (whole && !orphaned) onDone({ ...draft, name: draft.name.trim() })
  }
  return (
    <TakeDrawer title={t('steps.tool')} may={may} onTake={take} onClose={onClose}>
      <Form layout="vertical" component="div" disabled={!may}>
        {tried && !whole && (
          <p className={styles.fault} role="alert">
            {t(measures ? 'steps.missing_diagnosis' : 'steps.missing')}
          </p>
        )}
        {tried && orphaned && (
          <p className={styles.fault} role="alert">
            {t('errors.lifecycle.auto_opener')}
          </p>
        )}
        <div className={styles.two}>
          <Form.Item label={t('common.name')} htmlFor="tool-name" required>
            <Input
              id="tool-name"
              maxLength={100}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
            />
          </Form.Item>
          <Form.Item label={t('steps.kind')} htmlFor="tool-kind">
            <Select
              id="tool-kind"
              value={draft.kind}
              options={kinds.map((kind) => ({ value: kind, label: t(`steps.kind.${kind}`) }))}
              onChange={(kind) => set({ kind })}
            />
          </Form.Item>
        </div>
        <Form.Item label={t('steps.about')} htmlFor="tool-about">
          <Input.TextArea
            id="tool-about"
            rows={2}
            maxLength={1000}
            value={draft.about}
            onChange={(event) => set({ about: event.target.value })}
          />
        </Form.Item>
        <Form.Item label={t('steps.stages')} htmlFor="tool-stages">
          <Select
            id="tool-stages"
            mode="multiple"
            placeholder={t('steps.all_stages')}
            value={draft.stages}
            options={stages.map((s) => ({ value: s.code, label: s.name || s.code }))}
            onChange={(stages) => set({ stages })}
          />
        </Form.Item>
        <h3 className={`${styles.title} ${styles.part}`}>
          {t(draft.kind === 'steps' ? 'steps.duty_default' : 'steps.duty')}
        </h3>
        <DutyFields
          of={draft.name}
          duty={draft}
          rest={t('steps.who_rest', { who: t('steps.who.owner') })}
          onChange={set}
        />
        <AutoFields tool={draft} stages={stages} may={may} onChange={set} />
        <h3 className={`${styles.title} ${styles.part}`}>{t(`steps.item.${draft.kind}`)}</h3>
        <ol className={styles.list}>
          {draft.items.map((item, at) => (
            <ItemFields
              key={item.code}
              kind={draft.kind}
              item={item}
              at={at}
              items={draft.items}
              onItems={items}
            />
          ))}
        </ol>
        <Button
          type="dashed"
          icon={<Plus size={14} />}
          disabled={draft.items.length >= most}
          onClick={() =>
            items([
              ...draft.items,
              { code: freeCode('item', draft.items), text: '', field: '', choices: [] },
            ])
          }
        >
          {t(`steps.add.${draft.kind}`)}
        </Button>
        {measures && (
          <>
            <h3 className={`${styles.title} ${styles.part}`}>{t('steps.measures')}</h3>
            <Choices
              of={draft.name}
              prefix="measure"
              list={draft.measures}
              add={t('steps.add.measure')}
              onChange={(measures) => set({ measures })}
            />
          </>
        )}
      </Form>
    </TakeDrawer>
  )
}

function ItemFields({
  kind,
  item,
  at,
  items,
  onItems,
}: {
  kind: Tool['kind']
  item: Item
  at: number
  items: Item[]
  onItems: (items: Item[]) => void
}) {
  const { t } = useTranslation()
  const set = (part: Partial<Item> | Duty) => onItems(put(items, at, { ...item, ...part }))
  const name = item.text || String(at + 1)
  return (
    <li className={styles.item}>
      <span className={styles.line}>
        <span className="zk-muted zk-num">{at + 1}</span>
        <Input
          aria-label={t('steps.item_n', { n: at + 1 })}
          maxLength={1000}
          value={item.text}
          onChange={(event) => set({ text: event.target.value })}
        />
        <EntryActs list={items} at={at} name={name} onChange={onItems} />
      </span>
      {kind === 'steps' && (
        <DutyFields of={name} duty={item} rest={t('steps.who_as_tool')} onChange={set} />
      )}
      {kind === 'survey' && (
        <>
          <Input
            aria-label={t('steps.field_of', { name })}
            placeholder={t('steps.field')}
            maxLength={70}
            value={item.field}
            onChange={(event) => set({ field: event.target.value.trim() })}
          />
          <Choices
            of={name}
            prefix="answer"
            tags
            list={item.choices}
            add={t('steps.add.answer')}
            onChange={(choices) => set({ choices })}
          />
        </>
      )}
    </li>
  )
}

/** Answers of a question with their tags, or measures. */
function Choices({
  of,
  prefix,
  tags,
  list,
  add,
  onChange,
}: {
  of: string
  prefix: string
  tags?: boolean
  list: Choice[]
  add: string
  onChange: (list: Choice[]) => void
}) {
  const { t } = useTranslation()
  const set = (at: number, part: Partial<Choice>) => {
    const choice = list[at]
    if (choice) onChange(put(list, at, { ...choice, ...part }))
  }
  return (
    <div className={styles.list}>
      {list.map((choice, at) => (
        <span key={choice.code} className={styles.line}>
          <Input
            aria-label={t('steps.choice_n', { name: of, n: at + 1 })}
            maxLength={1000}
            value={choice.text}
            onChange={(event) => set(at, { text: event.target.value })}
          />
          {tags && (
            <Input
              aria-label={t('steps.tag_of', { name: choice.text })}
              placeholder={t('steps.tag')}
              maxLength={100}
              value={choice.tag}
              onChange={(event) => set(at, { tag: event.target.value })}
            />
          )}
          <EntryActs list={list} at={at} name={choice.text} onChange={onChange} />
        </span>
      ))}
      <Button
        type="dashed"
        size="small"
        icon={<Plus size={14} />}
        disabled={list.length >= most}
        onClick={() => onChange([...list, { code: freeCode(prefix, list), text: '', tag: '' }])}
      >
        {add}
      </Button>
    </div>
  )
}
