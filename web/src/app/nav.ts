import {
  Layers,
  LayoutDashboard,
  type LucideIcon,
  Settings,
  Target,
  UsersRound,
} from 'lucide-react'
import { perm } from './permissions'

export interface NavItem {
  path: string
  /** Catalogue key. */
  label: string
  /** Permissions of which one is enough; none = everybody. */
  permission?: string[]
  /** One that is needed beside: the page tells of customers. */
  beside?: string
  /** Pages that belong to it although their addresses lie elsewhere. */
  also?: string[]
  /** Catalogue key with further words that ⌘K finds it by (pinyin, English, synonyms). */
  words?: string
}

export interface NavEntry extends NavItem {
  icon: LucideIcon
  /** Pages of the entry; the entry itself leads to the first one allowed. */
  children?: NavItem[]
  /** Stands in the phone's bottom bar. */
  phone?: boolean
}

/**
 * The navigation, by the user's work. An entry is shown when its page exists
 * in this build and the person may see it.
 */
export const nav: NavEntry[] = [
  {
    path: '/',
    label: 'nav.overview',
    icon: LayoutDashboard,
    phone: true,
    words: 'nav.words.overview',
  },
  {
    path: '/customers',
    label: 'nav.customers',
    icon: UsersRound,
    phone: true,
    children: [
      {
        path: '/customers',
        label: 'nav.customers.list',
        permission: [perm.customerView],
        words: 'nav.words.customers',
      },
      {
        path: '/steps',
        label: 'nav.customers.steps',
        permission: [perm.lifecycleView],
        words: 'nav.words.steps',
      },
      {
        path: '/pool',
        label: 'nav.customers.pool',
        permission: [perm.customerPool],
        words: 'nav.words.pool',
      },
      {
        path: '/imports',
        label: 'nav.customers.imports',
        permission: [perm.importView],
        words: 'nav.words.imports',
      },
      {
        path: '/duplicates',
        label: 'nav.customers.duplicates',
        permission: [perm.customerMerge],
        words: 'nav.words.duplicates',
      },
      {
        path: '/quality',
        label: 'nav.customers.quality',
        permission: [perm.qualityView],
        words: 'nav.words.quality',
      },
    ],
  },
  {
    path: '/audiences',
    label: 'nav.audiences',
    icon: Target,
    phone: true,
    permission: [perm.audienceView],
    words: 'nav.words.audiences',
  },
  {
    path: '/tiering',
    label: 'nav.tiering',
    icon: Layers,
    phone: true,
    children: [
      {
        path: '/tiering/report',
        label: 'nav.tiering.report',
        permission: [perm.reportView],
        words: 'nav.words.report',
      },
      {
        path: '/tiering/schemes',
        label: 'nav.tiering.schemes',
        permission: [perm.tierView],
        words: 'nav.words.schemes',
        also: ['/tiering/dimensions', '/tiering/assessments'],
      },
      {
        path: '/tiering/runs',
        label: 'nav.tiering.runs',
        permission: [perm.tierView],
        words: 'nav.words.runs',
      },
      {
        path: '/tiering/reviews',
        label: 'nav.tiering.reviews',
        permission: [perm.tierView],
        words: 'nav.words.reviews',
      },
      {
        path: '/tiering/appeals',
        label: 'nav.tiering.appeals',
        permission: [perm.tierView],
        beside: perm.customerView,
        words: 'nav.words.appeals',
      },
      {
        path: '/tiering/models',
        label: 'nav.tiering.models',
        permission: [perm.tierView],
        words: 'nav.words.models',
      },
      {
        path: '/lifecycle',
        label: 'nav.tiering.lifecycle',
        permission: [perm.lifecycleView],
        words: 'nav.words.lifecycle',
      },
    ],
  },
  {
    path: '/settings',
    label: 'nav.settings',
    icon: Settings,
    children: [
      {
        path: '/settings/staff',
        label: 'nav.settings.staff',
        permission: [perm.staffView],
        words: 'nav.words.staff',
      },
      {
        path: '/settings/departments',
        label: 'nav.settings.departments',
        permission: [perm.staffView],
        words: 'nav.words.departments',
      },
      {
        path: '/settings/roles',
        label: 'nav.settings.roles',
        permission: [perm.staffView],
        words: 'nav.words.roles',
      },
      {
        path: '/settings/fields',
        label: 'nav.settings.fields',
        permission: [perm.fieldManage],
        words: 'nav.words.fields',
      },
      {
        path: '/settings/tags',
        label: 'nav.settings.tags',
        permission: [perm.tagManage],
        words: 'nav.words.tags',
      },
      {
        path: '/settings/hours',
        label: 'nav.settings.hours',
        permission: [perm.settingsView],
        words: 'nav.words.hours',
      },
      {
        path: '/settings/audit',
        label: 'nav.settings.audit',
        permission: [perm.auditView],
        words: 'nav.words.audit',
      },
      {
        path: '/settings/jobs',
        label: 'nav.settings.jobs',
        // Everybody may look at their own jobs; an entry is for those who start or mind some.
        permission: [perm.jobView, perm.importRun, perm.tierRun],
        words: 'nav.words.jobs',
      },
      {
        path: '/settings/system',
        label: 'nav.settings.system',
        permission: [perm.systemView],
        words: 'nav.words.system',
      },
    ],
  },
]

/** The entries a person sees: pages that exist and are allowed; parents without a page go. */
export function visibleNav(
  entries: NavEntry[],
  exists: (path: string) => boolean,
  can: (permission: string) => boolean,
): NavEntry[] {
  const allowed = (item: NavItem) =>
    (!item.permission || item.permission.some(can)) && (!item.beside || can(item.beside))
  const out: NavEntry[] = []
  for (const entry of entries) {
    if (!entry.children) {
      if (exists(entry.path) && allowed(entry)) out.push(entry)
      continue
    }
    const children = entry.children.filter((c) => exists(c.path) && allowed(c))
    const first = children[0]
    if (first) out.push({ ...entry, path: first.path, children })
  }
  return out
}

/** Whether a page stands under an address: the same path or one below it. */
export function isUnder(pathname: string, path: string): boolean {
  return path === '/' ? pathname === '/' : pathname === path || pathname.startsWith(`${path}/`)
}

/** Whether a page belongs to a nav item. */
export const belongs = (pathname: string, { path, also = [] }: NavItem): boolean =>
  [path, ...also].some((place) => isUnder(pathname, place))

/** Whether a page belongs to an entry or one of its children. */
export const isActive = (pathname: string, entry: NavEntry) =>
  entry.children ? entry.children.some((c) => belongs(pathname, c)) : belongs(pathname, entry)
