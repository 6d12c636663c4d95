// One chunk with every English text; loaded when English is shown.
const files = import.meta.glob<Record<string, string>>('../../../locales/en/*.json', {
  eager: true,
  import: 'default',
})
export default Object.assign({}, ...Object.values(files)) as Record<string, string>
