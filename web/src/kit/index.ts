// The component kit. Pages import from '@/kit' and nothing deeper.
export { useActorName } from './actor'
export { Chart, type ChartColors, type ChartHit, type ChartProps } from './chart/Chart'
export { tooltipElement } from './chart/tooltip'
export { type ConfirmOptions, useConfirmWithUndo, useSay } from './confirm'
export {
  DocumentContents,
  type DocumentSection,
  DocumentSections,
} from './document/DocumentView'
export { Beside, SaveBar } from './Editor'
export { FileButton } from './FileButton'
export {
  DetailDrawer,
  FormDrawer,
  type FormDrawerProps,
  FormError,
  showFieldErrors,
} from './FormDrawer'
export { default as figure } from './figure.module.css'
export { type Format, type Instant, makeFormat, useFormat } from './format'
export { JobBar, JobProgress, JobStateTag, useJobName } from './jobs/JobProgress'
export { isOver, useJob, useRunningJobs } from './jobs/store'
export { LinkButton } from './LinkButton'
export { type Late, late } from './late'
export { useLeaving } from './leaving'
export { useIsPhone } from './media'
export { Grip, MoveButtons } from './order/controls'
export { moved } from './order/moved'
export { useReorder, useSavedOrder } from './order/useReorder'
export {
  Facts,
  Grid,
  Page,
  PageHeader,
  type PageHeaderProps,
  type PageTab,
  Section,
} from './PageHeader'
export { SearchField } from './SearchField'
export { Secret } from './Secret'
export { Change, type Comparison, StatCard, type StatCardProps } from './StatCard'
export { Can, type Me, useCompany, useMe } from './session'
export {
  Bone,
  Bones,
  EmptyState,
  ErrorState,
  errorRef,
  errorText,
  FirstUse,
  joined,
  NoPermission,
  NotFound,
  QueryView,
} from './states'
export { DataTable } from './table/DataTable'
export { download, ExportButton } from './table/Export'
export { SortedBy } from './table/SortedBy'
export { splitRange, yuanToFen } from './table/state'
export { SimpleTable } from './table/TableView'
export type {
  Column,
  DataTableProps,
  FilterDef,
  Option,
  RowKey,
  Selection,
  View,
} from './table/types'
export { LevelTag, levelTone, type StatusKind, StatusTag, ToneTag } from './tags'
export { Count, DateTime, Day, dash, Money, Percent, Relative } from './text'
export { DateInput, type DateInputProps } from './typed/DateInput'
export { NumberInput } from './typed/NumberInput'
export { RangeInput } from './typed/RangeInput'
export { readDay, readNumber } from './typed/read'
export { Typed, useTyped, useUnread } from './typed/scope'
export { type Difference, DiffTable, RestoreVersion, VersionList } from './versions'
