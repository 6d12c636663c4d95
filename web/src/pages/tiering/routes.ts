import { perm } from '@/app/permissions'
import type { PageRoute } from '@/app/routes'

export const routes: PageRoute[] = [
  {
    path: '/tiering/report',
    permission: perm.reportView,
    page: () => import('./report/ReportPage'),
  },
  { path: '/tiering/runs', permission: perm.tierView, page: () => import('./runs/RunsPage') },
  {
    path: '/tiering/runs/compare',
    permission: perm.tierView,
    page: () => import('./runs/ComparePage'),
  },
  { path: '/tiering/runs/:id', permission: perm.tierView, page: () => import('./runs/RunPage') },
  {
    path: '/tiering/runs/:id/customers',
    permission: perm.tierView,
    page: () => import('./runs/RunCustomersPage'),
  },
  {
    path: '/tiering/reviews',
    permission: perm.tierView,
    page: () => import('./reviews/ReviewsPage'),
  },
  {
    path: '/tiering/reviews/:id',
    permission: perm.tierView,
    page: () => import('./reviews/ReviewPage'),
  },
  {
    path: '/tiering/appeals',
    permission: perm.tierView,
    beside: perm.customerView,
    page: () => import('./appeals/AppealsPage'),
  },
  {
    path: '/tiering/assessments',
    permission: perm.tierView,
    page: () => import('./assessments/AssessmentsPage'),
  },
  {
    path: '/tiering/assessments/:id',
    permission: perm.tierView,
    page: () => import('./assessments/AssessmentPage'),
  },
  {
    path: '/tiering/models',
    permission: perm.tierView,
    page: () => import('./models/ModelsPage'),
  },
  {
    path: '/tiering/dimensions',
    permission: perm.tierView,
    page: () => import('./dimensions/DimensionsPage'),
  },
  {
    path: '/tiering/schemes',
    permission: perm.tierView,
    page: () => import('./schemes/SchemesPage'),
  },
  {
    path: '/tiering/schemes/:code',
    permission: perm.tierView,
    page: () => import('./schemes/SchemePage'),
  },
  {
    path: '/tiering/schemes/:code/versions',
    permission: perm.tierView,
    page: () => import('./schemes/VersionsPage'),
  },
]
