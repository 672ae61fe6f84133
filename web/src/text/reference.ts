export const reference = {
  title: "API reference",
};
