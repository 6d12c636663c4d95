import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import {
  Can,
  DiffTable,
  EmptyState,
  QueryView,
  RestoreVersion,
  Section,
  useFormat,
  VersionList,
} from '@/kit'
import type { SchemeView } from '../api'
import { Author } from '../runs/RunStatus'
import { differences } from './diff'
import { useFigures } from './figures'
import { SchemeFrame } from './SchemeFrame'

/** Who changed the scheme when, and what. */
export default function VersionsPage() {
  return <SchemeFrame tab="versions">{(view) => <Versions newest={view} />}</SchemeFrame>
}

function Versions({ newest }: { newest: SchemeView }) {
  const { code } = newest.scheme
  const query = useQuery({
    queryKey: ['tiering', 'versions', code, newest.version],
    queryFn: async ({ signal }) =>
      (
        await ok(
          api.GET('/tiering/schemes/{code}/versions', { params: { path: { code } }, signal }),
        )
      ).items,
  })
  return <QueryView query={query}>{(list) => <List list={list} newest={newest} />}</QueryView>
}

function List({ list, newest }: { list: SchemeView[]; newest: SchemeView }) {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const wanted = Number(params.get('version')) || newest.version
  const at = Math.max(
    0,
    list.findIndex((v) => v.version === wanted),
  )
  const shown = list[at]
  const before = list[at + 1]
  return (
    <VersionList
      label={t('tiers.scheme.versions')}
      shown={shown?.version}
      onShow={(version) => setParams({ version: String(version) }, { replace: true })}
      list={list.map((v) => ({
        version: v.version,
        title: `${t('tiers.version', { version: v.version })}${
          v.version === newest.version ? ` · ${t('tiers.versions.newest')}` : ''
        }`,
        at: v.created_at,
        by: <Author of={v} />,
      }))}
    >
      {shown && (
        <Section
          boxed
          title={
            before
              ? t('tiers.versions.diff', { version: shown.version, before: before.version })
              : t('tiers.version', { version: shown.version })
          }
          extra={
            shown.version !== newest.version && (
              <Restore
                view={shown}
                newest={newest}
                onDone={() => setParams({}, { replace: true })}
              />
            )
          }
        >
          {before ? (
            <Differences older={before} newer={shown} />
          ) : (
            <EmptyState compact icon={null} title={t('tiers.versions.first')} />
          )}
        </Section>
      )}
    </VersionList>
  )
}

function Differences({ older, newer }: { older: SchemeView; newer: SchemeView }) {
  const { t } = useFigures()
  const f = useFormat()
  const list = differences(t, f, older, newer)
  if (list.length === 0) return <EmptyState compact icon={null} title={t('tiers.versions.same')} />
  return (
    <DiffTable
      label={t('tiers.versions.changes')}
      rows={list.map(({ label, before, after }) => ({ what: label, before, after }))}
    />
  )
}

function Restore({
  view,
  newest,
  onDone,
}: {
  view: SchemeView
  newest: SchemeView
  onDone: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return (
    <Can permission={perm.tierScheme}>
      <RestoreVersion
        of={view}
        newest={newest}
        words={{
          act: t('tiers.versions.restore'),
          title: t('tiers.versions.restore_title', { version: view.version }),
          text: t('tiers.versions.restore_text', { version: newest.version + 1 }),
          done: t('tiers.versions.restored', { version: view.version }),
        }}
        put={async (from, base) => {
          const saved = await ok(
            api.PUT('/tiering/schemes/{code}', {
              params: { path: { code: from.scheme.code } },
              body: { scheme: from.scheme, base_version: base },
            }),
          )
          await client.invalidateQueries({ queryKey: ['tiering'] })
          return saved.version
        }}
        onDone={onDone}
      />
    </Can>
  )
}
