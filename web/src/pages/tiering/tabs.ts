import { perm } from '@/app/permissions'
import type { PageTab } from '@/kit'

/** The pages of grading as tabs, where the navigation does not show them (phone). */
export function tieringTabs(
  t: (key: string) => string,
  can: (permission: string) => boolean,
): PageTab[] {
  return [
    { key: 'report', label: t('nav.tiering.report'), to: '/tiering/report', need: perm.reportView },
    {
      key: 'schemes',
      label: t('nav.tiering.schemes'),
      to: '/tiering/schemes',
      need: perm.tierView,
    },
    { key: 'runs', label: t('nav.tiering.runs'), to: '/tiering/runs', need: perm.tierView },
    {
      key: 'reviews',
      label: t('nav.tiering.reviews'),
      to: '/tiering/reviews',
      need: perm.tierView,
    },
    {
      key: 'appeals',
      label: t('nav.tiering.appeals'),
      to: '/tiering/appeals',
      need: perm.tierView,
    },
    { key: 'models', label: t('nav.tiering.models'), to: '/tiering/models', need: perm.tierView },
  ]
    .filter((x) => can(x.need))
    .map(({ key, label, to }) => ({ key, label, to }))
}
