// Names of the permissions the UI asks for; the server's route table is the
// authority, this only hides what would be refused.
export const perm = {
  customerView: 'customer.view',
  customerReveal: 'customer.reveal',
  customerExport: 'customer.export',
  importView: 'import.view',
  importRun: 'import.run',
  tierView: 'tier.view',
  tierRun: 'tier.run',
  tierScheme: 'tier.scheme',
  reportView: 'report.view',
  reportExport: 'report.export',
  staffView: 'staff.view',
  staffManage: 'staff.manage',
  departmentManage: 'department.manage',
  roleManage: 'role.manage',
  settingsView: 'settings.view',
  settingsManage: 'settings.manage',
  auditView: 'audit.view',
  jobView: 'job.view',
  systemView: 'system.view',
} as const
