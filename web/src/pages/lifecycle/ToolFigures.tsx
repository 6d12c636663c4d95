import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { Bone, Count, Percent, QueryView, Section, SimpleTable, useFormat } from '@/kit'
import { key, type Tool, useConfig } from './api'
import { wonShare } from './figures'

/** Diagnoses of customers who may be lost: causes and what was done, beside who was won back. */
export function ToolFigures() {
  const tools = useConfig().data?.config.tools ?? []
  return tools
    .filter((tool) => tool.kind === 'diagnosis')
    .map((tool) => <Diagnosis key={tool.code} tool={tool} />)
}

function Diagnosis({ tool }: { tool: Tool }) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useQuery({
    queryKey: [...key, 'tool', tool.code],
    queryFn: ({ signal }) =>
      ok(
        api.GET('/lifecycle/tools/{code}/figures', {
          params: { path: { code: tool.code } },
          signal,
        }),
      ),
  })
  const data = query.data
  return (
    <Section
      title={t('lifecycles.causes', { name: tool.name })}
      note={
        data &&
        t('lifecycles.causes.note', {
          open: f.count(data.open),
          won: f.count(data.won),
          lost: f.count(data.lost),
        })
      }
    >
      <QueryView query={query} compact skeleton={<Bone width="100%" height={160} />}>
        {({ items }) => (
          <SimpleTable
            label={t('lifecycles.causes', { name: tool.name })}
            compact
            rows={[...items].sort((a, b) => b.tasks - a.tasks)}
            rowKey={(x) => x.item}
            columns={[
              { key: 'cause', title: t('lifecycles.causes.cause'), render: (x) => x.text },
              {
                key: 'tasks',
                title: t('lifecycles.customers'),
                align: 'right',
                width: 96,
                render: (x) => <Count value={x.tasks} />,
              },
              {
                key: 'won',
                title: t('lifecycles.outcome.won'),
                align: 'right',
                width: 96,
                render: (x) => <Count value={x.won} />,
              },
              {
                key: 'lost',
                title: t('lifecycles.outcome.lost'),
                align: 'right',
                width: 96,
                render: (x) => <Count value={x.lost} />,
              },
              {
                key: 'share',
                title: t('lifecycles.causes.share'),
                align: 'right',
                width: 110,
                render: (x) => <Percent share={wonShare(x)} />,
              },
              {
                key: 'measures',
                title: t('lifecycles.causes.measures'),
                render: (x) =>
                  x.measures
                    .map((m) =>
                      t('lifecycles.causes.measure', {
                        name: m.text,
                        tasks: f.count(m.tasks),
                        worked: f.count(m.worked),
                      }),
                    )
                    .join(t('lifecycles.causes.join')) || <span className="zk-muted">–</span>,
              },
            ]}
          />
        )}
      </QueryView>
    </Section>
  )
}
