import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Download, History } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  DateTime,
  download,
  EmptyState,
  QueryView,
  Section,
  useConfirmWithUndo,
  useSay,
} from '@/kit'
import { saveConfig, useCompare, useVersions, type Version, written } from '../api'
import styles from './settings.module.css'

/** Who changed the configuration when and why, what differs, and the way back. */
export function Versions({ newest }: { newest: Version }) {
  const query = useVersions()
  return (
    <QueryView query={query} skeleton={<Bones />}>
      {(list) => <List list={list} newest={newest} />}
    </QueryView>
  )
}

function List({ list, newest }: { list: Version[]; newest: Version }) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const { fail } = useSay()
  const wanted = Number(params.get('version')) || newest.version
  const at = Math.max(
    0,
    list.findIndex((v) => v.version === wanted),
  )
  const shown = list[at]
  const before = list[at + 1]
  if (!shown) return <EmptyState title={t('lifecycles.versions.none')} />
  return (
    <div className={styles.versions}>
      <ul className={styles.list} aria-label={t('lifecycles.settings.versions')}>
        {list.map((v) => (
          <li key={v.version}>
            <button
              type="button"
              className={styles.version}
              aria-pressed={v.version === shown.version}
              onClick={() =>
                setParams({ tab: 'versions', version: String(v.version) }, { replace: true })
              }
            >
              <b>{t('lifecycles.version', { version: v.version })}</b>
              <small>
                <DateTime at={v.created_at} />
              </small>
              <small>{[v.author, v.note].filter(Boolean).join('：')}</small>
            </button>
          </li>
        ))}
      </ul>
      <Section
        boxed
        title={
          before
            ? t('lifecycles.versions.diff', { version: shown.version, before: before.version })
            : t('lifecycles.version', { version: shown.version })
        }
        extra={
          <>
            <Button
              size="small"
              icon={<Download size={14} />}
              onClick={() =>
                download(
                  '/lifecycle/config/export',
                  { version: shown.version },
                  'lifecycle.yaml',
                ).catch(fail)
              }
            >
              {t('lifecycles.settings.export')}
            </Button>
            {shown.version !== newest.version && <Restore of={shown} newest={newest} />}
          </>
        }
      >
        {before ? (
          <Differences from={before.version} to={shown.version} />
        ) : (
          <EmptyState compact icon={null} title={t('lifecycles.versions.first')} />
        )}
      </Section>
    </div>
  )
}

function Differences({ from, to }: { from: number; to: number }) {
  const { t } = useTranslation()
  const query = useCompare(from, to)
  const text = (value: unknown) =>
    value === null || value === undefined
      ? null
      : typeof value === 'object'
        ? JSON.stringify(value, null, 1)
        : String(value)
  return (
    <QueryView query={query} skeleton={<Bones rows={3} />} compact>
      {(list) =>
        list.length === 0 ? (
          <EmptyState compact icon={null} title={t('lifecycles.versions.same')} />
        ) : (
          <section
            className={styles.scroll}
            aria-label={t('lifecycles.versions.changes')}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
          >
            <table className={styles.diff}>
              <thead>
                <tr>
                  <th scope="col">{t('lifecycles.versions.what')}</th>
                  <th scope="col">{t('lifecycles.versions.before')}</th>
                  <th scope="col">{t('lifecycles.versions.after')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map((d) => (
                  <tr key={d.path}>
                    <th scope="row">
                      <code>{d.path}</code>
                    </th>
                    <td>{text(d.before) !== null && <del>{text(d.before)}</del>}</td>
                    <td>{text(d.after) !== null && <ins>{text(d.after)}</ins>}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )
      }
    </QueryView>
  )
}

/** An earlier version becomes the newest one; nothing is deleted. */
function Restore({ of, newest }: { of: Version; newest: Version }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const confirm = useConfirmWithUndo()
  const put = async (from: Version, base: number) => {
    const note = t('lifecycles.versions.restored', { version: from.version })
    const saved = await saveConfig(from.config, base, note)
    written(client)
    return saved.version
  }
  return (
    <Can permission={perm.lifecycleConfig}>
      <Button
        size="small"
        icon={<History size={14} />}
        onClick={() => {
          let made = newest.version + 1
          confirm({
            title: t('lifecycles.versions.restore_title', { version: of.version }),
            text: t('lifecycles.versions.restore_text', { version: made }),
            confirmText: t('lifecycles.versions.restore'),
            done: t('lifecycles.versions.restored', { version: of.version }),
            act: async () => {
              made = await put(of, newest.version)
            },
            undo: () => put(newest, made),
          })
        }}
      >
        {t('lifecycles.versions.restore')}
      </Button>
    </Can>
  )
}
