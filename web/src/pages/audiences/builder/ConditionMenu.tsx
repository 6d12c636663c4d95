import { Drawer, Input, type InputRef, Popover } from 'antd'
import { Search, Sparkles } from 'lucide-react'
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { useIsPhone } from '@/kit'
import { useBuilder } from './context'
import styles from './menu.module.css'
import type { RuleNode } from './node'
import { type Entry, entries, found, frequentFields, snippets, themes } from './ready'

interface Props {
  /** Gives the button that opens it. */
  children: (open: () => void, isOpen: boolean) => ReactNode
  onPick: (node: RuleNode) => void
  /** Whole questions are offered, too. */
  ready?: boolean
}

interface Part {
  key: string
  label: string
  list: Entry[]
}

/** What a condition can be about: frequent ones first, searched by typing, chosen by Enter. */
export function ConditionMenu({ children, onPick, ready }: Props) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [open, setOpen] = useState(false)
  const show = () => setOpen(true)
  const body = open ? (
    <Menu
      ready={ready}
      onClose={() => setOpen(false)}
      onPick={(node) => {
        setOpen(false)
        onPick(node)
      }}
    />
  ) : null
  if (phone) {
    return (
      <>
        {children(show, open)}
        <Drawer
          open={open}
          placement="bottom"
          size="80%"
          title={t('ui_audience_builder.add.title')}
          onClose={() => setOpen(false)}
        >
          {body}
        </Drawer>
      </>
    )
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      arrow={false}
      destroyOnHidden
      content={body}
    >
      {children(show, open)}
    </Popover>
  )
}

function Menu({
  ready,
  onPick,
  onClose,
}: {
  ready?: boolean
  onPick: (node: RuleNode) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { k } = useBuilder()
  const id = useId()
  const input = useRef<InputRef>(null)
  const list = useRef<HTMLDivElement>(null)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const all = useMemo(() => entries(k, t), [k, t])
  const quick = useMemo(() => (ready ? snippets(k, t) : []), [k, t, ready])
  // i18n-keys: ui_audience_builder.theme.*
  const parts = useMemo(() => {
    const hits = found(all, text)
    const out: Part[] = []
    const put = (key: string, label: string, entries: Entry[]) =>
      entries.length > 0 && out.push({ key, label, list: entries })
    put('ready', t('ui_audience_builder.add.ready'), found(quick, text))
    if (!text.trim()) {
      const usual = frequentFields.flatMap((code) => hits.filter((e) => e.key === code))
      put(
        'frequent',
        t('ui_audience_builder.add.frequent'),
        usual.map((e) => ({ ...e, key: `frequent:${e.key}` })),
      )
    }
    for (const theme of themes) {
      put(
        theme,
        t(`ui_audience_builder.theme.${theme}`),
        hits.filter((e) => e.theme === theme),
      )
    }
    return out
  }, [all, quick, text, t])
  const flat = parts.flatMap((p) => p.list)
  const active = flat[Math.min(at, flat.length - 1)]
  const optionId = (key: string) => `${id}-${key}`
  useEffect(() => {
    input.current?.focus({ preventScroll: true })
  }, [])
  useEffect(() => {
    // Only the list scrolls: the page would jump to where the menu is before it is placed.
    const [box, chosen] = [list.current, list.current?.querySelector('[aria-selected=true]')]
    if (!box || !chosen) return
    const [outer, inner] = [box.getBoundingClientRect(), chosen.getBoundingClientRect()]
    if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top
    if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom
  })
  const keys = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      setAt((i) => Math.min(flat.length - 1, Math.max(0, Math.min(i, flat.length - 1) + step)))
    } else if (event.key === 'Enter' && active) {
      event.preventDefault()
      onPick(active.make())
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      onClose()
    }
  }
  let index = -1
  return (
    <div className={styles.menu}>
      <Input
        ref={input}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={active ? optionId(active.key) : undefined}
        aria-label={t('ui_audience_builder.add.search')}
        placeholder={t('ui_audience_builder.add.search')}
        prefix={<Search size={15} aria-hidden="true" />}
        maxLength={60}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={keys}
      />
      <div
        ref={list}
        id={`${id}-list`}
        className={styles.list}
        role="listbox"
        aria-label={t('ui_audience_builder.add.title')}
      >
        {parts.map((part) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options, not of form fields
          <div key={part.key} role="group" aria-label={part.label} className={styles.part}>
            <div className={styles.head} aria-hidden="true">
              {part.label}
            </div>
            <div className={styles.options}>
              {part.list.map((entry) => {
                index += 1
                const mine = index
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the search field
                  // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus
                  <div
                    key={entry.key}
                    id={optionId(entry.key)}
                    role="option"
                    aria-selected={active === entry}
                    className={entry.snippet ? styles.snippet : styles.option}
                    onMouseMove={() => setAt(mine)}
                    onClick={() => onPick(entry.make())}
                  >
                    {entry.snippet && <Sparkles size={14} aria-hidden="true" />}
                    {entry.label}
                  </div>
                )
              })}
            </div>
          </div>
        ))}
        {flat.length === 0 && <p className={styles.none}>{t('common.no_result')}</p>}
      </div>
    </div>
  )
}
