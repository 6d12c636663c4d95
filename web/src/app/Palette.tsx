import { useQuery } from '@tanstack/react-query'
import { Modal } from 'antd'
import { ArrowRight, CornerDownLeft, Search, UserRound, Zap } from 'lucide-react'
import { useDeferredValue, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import { useSay } from '@/kit/confirm'
import { useMe, useSignOut } from '@/kit/session'
import { errorText } from '@/kit/states'
import type { NavEntry } from './nav'
import { type Command, rank } from './palette'
import styles from './palette.module.css'
import { perm } from './permissions'
import { setPrefs } from './prefs'
import { pageExists, prefetch } from './routes'
import { chooseLanguage } from './TopBar'

type Runnable = Command & { run: () => void; path?: string }

const icons = { page: ArrowRight, action: Zap, customer: UserRound }

// i18n-keys: ui.action.*, ui.palette.*
/** Where a hit leads: the customer, or the list of those who have the tag. */
const hitPath = (hit: { kind: string; id: number }) =>
  hit.kind === 'tag'
    ? `/customers?f=${encodeURIComponent(JSON.stringify({ all: [{ field: 'tags', op: 'any', value: [hit.id] }] }))}`
    : `/customers/${hit.id}`

/** ⌘K: find a customer, jump to a page, do something. */
export default function Palette({
  entries,
  onClose,
}: {
  entries: NavEntry[]
  onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const signOut = useSignOut()
  const { fail } = useSay()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const q = useDebounced(text.trim(), 150)
  const deferred = useDeferredValue(text)

  const search = useQuery({
    queryKey: ['search', q],
    enabled: q.length > 0 && me.can(perm.customerView),
    queryFn: ({ signal }) => ok(api.GET('/search', { params: { query: { q } }, signal })),
    placeholderData: (before) => before,
    staleTime: 10_000,
    gcTime: 30_000,
  })

  const fixed = useMemo<Runnable[]>(() => {
    const go = (path: string) => () => navigate(path)
    const pages = entries.flatMap((entry) =>
      (entry.children ?? [entry]).map<Runnable>((item) => ({
        key: `page:${item.path}`,
        group: 'page',
        title: t(item.label),
        subtitle: entry.children ? t(entry.label) : undefined,
        words: item.words && t(item.words),
        path: item.path,
        run: go(item.path),
      })),
    )
    pages.push({
      key: 'page:/me',
      group: 'page',
      title: t('ui.person.me'),
      words: t('nav.words.me'),
      path: '/me',
      run: go('/me'),
    })
    const action = (key: string, run: () => void): Runnable => ({
      key: `action:${key}`,
      group: 'action',
      title: t(`ui.action.${key}`),
      words: t(`ui.action.${key}.words`),
      run,
    })
    const actions = [
      action('theme_light', () => setPrefs({ theme: 'light' })),
      action('theme_dark', () => setPrefs({ theme: 'dark' })),
      action('language', () => chooseLanguage(i18n.language === 'en' ? 'zh-CN' : 'en')),
      action('sign_out', () => signOut().catch(fail)),
    ]
    if (pageExists('/imports/new') && me.can(perm.importRun)) {
      actions.unshift(action('import', go('/imports/new')))
    }
    return [...pages, ...actions]
  }, [entries, t, i18n.language, navigate, signOut, fail, me])

  const hits: Runnable[] =
    q && search.data
      ? search.data.items.map((hit) => ({
          key: `${hit.kind}:${hit.id}`,
          group: 'customer',
          title: hit.title,
          subtitle: hit.kind === 'tag' ? t('ui.search.tag') : hit.subtitle,
          path: hitPath(hit),
          run: () => navigate(hitPath(hit)),
        }))
      : []
  const commands = [...hits, ...rank(deferred, fixed)]
  const current = Math.min(at, commands.length - 1)

  const run = (command: Runnable | undefined) => {
    if (!command) return
    onClose()
    command.run()
  }
  const move = (to: number) => {
    const next = (to + commands.length) % Math.max(commands.length, 1)
    setAt(next)
    list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView({ block: 'nearest' })
  }

  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      width={600}
      className={styles.palette}
      title={<span className="zk-sr">{t('ui.search')}</span>}
      styles={{ container: { padding: 0, overflow: 'hidden' }, header: { margin: 0, padding: 0 } }}
    >
      <div className={styles.field}>
        <Search size={18} aria-hidden="true" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to type
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
          aria-autocomplete="list"
          aria-label={t('ui.palette.placeholder')}
          placeholder={t('ui.palette.placeholder')}
          maxLength={100}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            setAt(0)
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return // Enter ends an input method's word
            if (event.key === 'ArrowDown') move(current + 1)
            else if (event.key === 'ArrowUp') move(current - 1)
            else if (event.key === 'Enter') run(commands[current])
            else return
            event.preventDefault()
          }}
        />
      </div>
      <div
        ref={list}
        id={`${id}-list`}
        role="listbox"
        aria-label={t('ui.search')}
        className={styles.list}
      >
        {commands.map((command, i) => {
          const Icon = icons[command.group]
          const head = commands[i - 1]?.group !== command.group
          return (
            <div key={command.key} role="presentation">
              {head && (
                <div className={styles.group} role="presentation">
                  {t(`ui.palette.${command.group}`)}
                </div>
              )}
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys */}
              <div
                id={`${id}-${i}`}
                data-at={i}
                role="option"
                tabIndex={-1}
                aria-selected={i === current}
                className={styles.option}
                onMouseMove={() => {
                  if (at !== i) setAt(i)
                  if (command.path) prefetch(command.path)
                }}
                onClick={() => run(command)}
              >
                <Icon size={16} aria-hidden="true" />
                <span className={styles.title}>{command.title}</span>
                {command.subtitle && <span className={styles.subtitle}>{command.subtitle}</span>}
                {i === current && <CornerDownLeft size={14} aria-hidden="true" />}
              </div>
            </div>
          )
        })}
      </div>
      {search.error && (
        <div className={styles.none} role="alert">
          {errorText(search.error, t).title}
        </div>
      )}
      {commands.length === 0 && !search.isFetching && !search.error && (
        <div className={styles.none}>{t('ui.palette.nothing', { query: text })}</div>
      )}
    </Modal>
  )
}

function useDebounced(value: string, ms: number): string {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return late
}
