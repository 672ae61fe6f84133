export const ide = {
  title: "Models",
};
