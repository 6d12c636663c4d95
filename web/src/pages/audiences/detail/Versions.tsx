import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import {
  Bone,
  Bones,
  DateTime,
  ErrorState,
  Section,
  StatusTag,
  useConfirmWithUndo,
  useMe,
} from '@/kit'
import {
  type FullAudience,
  key,
  listVersions,
  oneKey,
  restoreVersion,
  useVersion,
  type Version,
  written,
} from '../api'
import styles from './detail.module.css'

/** What it was before: who changed what and why, in sentences, and the way back. */
export default function Versions({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery({
    queryKey: [...key, 'versions', audience.id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => listVersions(audience.id, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const rows = query.data?.pages.flatMap((page) => page.items)
  return (
    <Section title={t('audiences.tab.versions')} note={t('audiences.versions.note')}>
      {query.error && !rows ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : !rows ? (
        <Bones rows={4} />
      ) : (
        <>
          <ol className={styles.versions}>
            {rows.map((version, i) => (
              <Row key={version.version} audience={audience} version={version} open={i === 0} />
            ))}
          </ol>
          {query.hasNextPage && (
            <Button loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              {t('audiences.more')}
            </Button>
          )}
        </>
      )}
    </Section>
  )
}

function Row({
  audience,
  version,
  open: first,
}: {
  audience: FullAudience
  version: Version
  open: boolean
}) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const ask = useConfirmWithUndo()
  const [open, setOpen] = useState(first)
  const back = async (to: number) => {
    // The version stands on what is there now, which the undo has changed.
    const now = client.getQueryData<FullAudience>(oneKey(audience.id)) ?? audience
    const saved = await restoreVersion(audience.id, now.version, to)
    client.setQueryData(oneKey(audience.id), saved)
    written(client)
  }
  const restore = () =>
    ask({
      title: t('audiences.versions.restore_title', { n: version.version }),
      text: t('audiences.versions.restore_text'),
      confirmText: t('audiences.versions.restore'),
      act: () => back(version.version),
      done: t('audiences.versions.restored', { n: version.version }),
      undo: () => back(audience.version),
    })
  return (
    <li>
      <div className={styles.versionHead}>
        <button
          type="button"
          className={styles.versionTitle}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {t('audiences.version_n', { n: version.version })}
        </button>
        {version.current && <StatusTag kind="success">{t('audiences.versions.current')}</StatusTag>}
        <span>{version.author.name || t('audiences.program')}</span>
        <span className="zk-muted">
          <DateTime at={version.created_at} />
        </span>
        <span className={styles.push} />
        {!version.current && audience.archived_at === null && me.can(perm.audienceEdit) && (
          <Button size="small" onClick={restore}>
            {t('audiences.versions.restore')}
          </Button>
        )}
      </div>
      {version.note && <p className={styles.versionNote}>{version.note}</p>}
      {open && <Details id={audience.id} version={version.version} />}
    </li>
  )
}

// i18n-keys: audiences.difference.*
function Details({ id, version }: { id: number; version: number }) {
  const { t } = useTranslation()
  const query = useVersion(id, version)
  const data = query.data
  if (query.error && !data) {
    return <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
  }
  if (!data) return <Bone width="70%" />
  const lines = [
    ...(data.name_before !== null
      ? [{ kind: 'name', before: data.name_before, after: data.name }]
      : []),
    ...(data.description_before !== null
      ? [{ kind: 'description', before: data.description_before, after: data.description }]
      : []),
    ...data.differences,
  ]
  return (
    <div className={styles.versionBody}>
      {data.sentence && <p className={styles.quote}>{data.sentence}</p>}
      {lines.length > 0 && (
        <ul className={styles.differences}>
          {lines.map((line) => (
            <li key={`${line.kind} ${line.before} ${line.after}`}>
              <span className={styles.differenceKind}>
                {t(`audiences.difference.${line.kind}`)}
              </span>
              <span>
                {line.before && <del>{line.before}</del>}
                {line.before && line.after && ' → '}
                {line.after && <ins>{line.after}</ins>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
