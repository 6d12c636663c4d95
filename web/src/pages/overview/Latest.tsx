import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Overview } from '@/api/types'
import { perm } from '@/app/permissions'
import { Can, Count, DateTime, EmptyState, Facts, Grid, Section, useMe } from '@/kit'

/** The last import and the last grading, with what came of them. */
export function Latest({ data }: { data: Overview }) {
  const me = useMe()
  const imports = me.can(perm.importView)
  if (!imports && data.totals_hidden) return null
  return (
    <Grid min={320}>
      {imports && <LastImport file={data.last_import} />}
      {!data.totals_hidden && <LastRun run={data.last_run} />}
    </Grid>
  )
}

function Nothing({
  text,
  to,
  action,
  permission,
}: {
  text: string
  to: string
  action: string
  permission: string
}) {
  return (
    <EmptyState
      compact
      icon={null}
      title={text}
      action={
        <Can permission={permission}>
          <Link to={to}>{action}</Link>
        </Can>
      }
    />
  )
}

function LastImport({ file }: { file: Overview['last_import'] }) {
  const { t } = useTranslation()
  return (
    <Section
      boxed
      title={t('overview.last_import')}
      extra={file && <Link to={`/imports/${file.id}`}>{t('common.details')}</Link>}
    >
      {file ? (
        <Facts
          items={[
            { label: t('overview.file'), value: file.file_name },
            { label: t('overview.finished'), value: <DateTime at={file.finished_at} relative /> },
            { label: t('overview.rows_read'), value: <Count value={file.rows_read} /> },
            {
              label: t('overview.rows_result'),
              value: (
                <>
                  {t('overview.accepted')} <Count value={file.accepted} /> ·{' '}
                  {t('overview.unchanged')} <Count value={file.unchanged} /> ·{' '}
                  {t('overview.rejected')} <Count value={file.rejected} />
                </>
              ),
            },
          ]}
        />
      ) : (
        <Nothing
          text={t('overview.no_import')}
          to="/imports/new"
          action={t('overview.import')}
          permission={perm.importRun}
        />
      )}
    </Section>
  )
}

function LastRun({ run }: { run: Overview['last_run'] }) {
  const { t } = useTranslation()
  return (
    <Section
      boxed
      title={t('overview.last_run')}
      extra={run && <Link to={`/tiering/runs/${run.id}`}>{t('common.details')}</Link>}
    >
      {run ? (
        <Facts
          items={[
            { label: t('overview.scheme'), value: run.scheme_name },
            { label: t('overview.finished'), value: <DateTime at={run.finished_at} relative /> },
            { label: t('overview.graded'), value: <Count value={run.customers} /> },
            {
              label: t('overview.moves'),
              value: (
                <>
                  {t('overview.moved_up')} <Count value={run.moved_up} /> ·{' '}
                  {t('overview.moved_down')} <Count value={run.moved_down} />
                </>
              ),
            },
          ]}
        />
      ) : (
        <Nothing
          text={t('overview.no_run')}
          to="/tiering/runs"
          action={t('overview.levels.run')}
          permission={perm.tierRun}
        />
      )}
    </Section>
  )
}
