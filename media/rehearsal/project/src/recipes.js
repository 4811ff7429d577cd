// The recipes. A step that waits for the dough carries `rises`, because a cold kitchen makes it slower.

export const recipes = {
  country: [
    { what: "mix flour, water and starter", minutes: 20 },
    { what: "let the dough rise", minutes: 360, rises: true },
    { what: "shape the loaf", minutes: 15 },
    { what: "let the loaf rise", minutes: 120, rises: true },
    { what: "bake", minutes: 50 },
    { what: "let it cool", minutes: 35 },
  ],
  rye: [
    { what: "mix rye, water and starter", minutes: 15 },
    { what: "let the sour stand", minutes: 720, rises: true },
    { what: "mix the dough", minutes: 20 },
    { what: "let the loaf rise", minutes: 90, rises: true },
    { what: "bake", minutes: 70 },
    { what: "let it cool", minutes: 105 },
  ],
  flatbread: [
    { what: "knead", minutes: 10 },
    { what: "let the dough rest", minutes: 50, rises: true },
    { what: "fry", minutes: 15 },
  ],
};
