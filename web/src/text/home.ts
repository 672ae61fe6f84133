export const home = {
  welcome: (name: string) => `Welcome, ${name}`,
  intro: "Ask a topic of one of these models, or look at how a model is written.",
  loading: "Loading models",
  models: "Models",
  model: "Model",
  actions: "Actions",
  explore: "Explore",
  edit: "Open the files",
  noModels: "There is no model you may see",
  noModelsHint: "An administrator gives access to models by roles, or makes the first one with holoscope init --connect.",
};
