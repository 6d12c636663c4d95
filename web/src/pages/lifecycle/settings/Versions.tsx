import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  DiffTable,
  download,
  EmptyState,
  QueryView,
  RestoreVersion,
  Section,
  useSay,
  VersionList,
} from '@/kit'
import { saveConfig, useCompare, useVersions, type Version, written } from '../api'

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
    <VersionList
      label={t('lifecycles.settings.versions')}
      shown={shown.version}
      onShow={(version) =>
        setParams({ tab: 'versions', version: String(version) }, { replace: true })
      }
      list={list.map((v) => ({
        version: v.version,
        title: t('lifecycles.version', { version: v.version }),
        at: v.created_at,
        by: [v.author, v.note].filter(Boolean).join('：'),
      }))}
    >
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
    </VersionList>
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
          <DiffTable
            label={t('lifecycles.versions.changes')}
            rows={list.map((d) => ({
              what: <code>{d.path}</code>,
              before: text(d.before),
              after: text(d.after),
            }))}
          />
        )
      }
    </QueryView>
  )
}

function Restore({ of, newest }: { of: Version; newest: Version }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <Can permission={perm.lifecycleConfig}>
      <RestoreVersion
        of={of}
        newest={newest}
        words={{
          act: t('lifecycles.versions.restore'),
          title: t('lifecycles.versions.restore_title', { version: of.version }),
          text: t('lifecycles.versions.restore_text', { version: newest.version + 1 }),
          done: t('lifecycles.versions.restored', { version: of.version }),
        }}
        put={async (from, base) => {
          const note = t('lifecycles.versions.restored', { version: from.version })
          const saved = await saveConfig(from.config, base, note)
          written(client)
          return saved.version
        }}
      />
    </Can>
  )
}
