export const frame = {
  title: "Settings",
  navigation: "Settings",
  headings: { access: "Access", organization: "Organization", operation: "Operation" },
  onlyAdministrators: "Settings are for administrators",
  onlyAdministratorsHint: "Ask an administrator of your organization to change something here. Your own password, tokens and sessions are on your profile page.",
  toProfile: "Go to my profile",
  noPage: "There is no such page of the settings",
  noPageHint: "Choose one from the list.",
};
