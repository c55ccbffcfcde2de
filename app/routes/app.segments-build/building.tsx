import { createContext, useContext } from "react";
import type { Figures } from "#app/segments/figures.ts";
import type { Draft, Path } from "#app/segments/draft.ts";

/** A problem or a warning, where in the tree it belongs. `field` is the field of the condition there; empty for the node itself. */
export type Placed = { path: number[]; field: string; message: string };

/** What the shop calls things: its segments by key, and the products and collections that were chosen. */
export type ShopNames = { segments: Record<string, string>; products: Record<string, string>; collections: Record<string, string> };

/** Something to choose, by its name. */
export type ShopChoice = { value: string; label: string };

/** What the shop has to choose from: the first of each kind, and whether that is all of it. `listed`: whether its collections are known yet. */
export type ShopChoices = Record<"product" | "collection" | "vendor", { first: ShopChoice[]; all: boolean }> & { listed: boolean };

/** Shopify's own number, out of how its windows and addresses write it. */
export const numberOf = (gid: string): string => gid.split("/").at(-1) ?? gid;

/** How the parts of the tree are called in the page: a node, its menu, what adds to a group, and what takes back. Who works without a mouse is led there after what she did. */
export const idOf = {
  node: (path: Path) => `node-${path.join("-")}`,
  actions: (path: Path) => `actions-${path.join("-")}`,
  add: (path: Path) => `add-${path.join("-")}`,
  undo: "undo",
  redo: "redo",
};

/** `next`: where she is led to, the first of these that is there. `field`: what was typed into; all that is typed there in one go is undone in one. */
export type Changing = { next?: string[]; field?: string };

export type Building = {
  /** Puts another tree in the place of the one that is shown. */
  change: (how: (before: Draft) => Draft, changing?: Changing) => void;
  problems: Placed[];
  warnings: Placed[];
  names: ShopNames;
  choices: ShopChoices;
  /** Remembers what a picker called the things that were picked. */
  learn: (kind: "products" | "collections", names: Record<string, string>) => void;
  country: string;
  /** How what is expected lies among the shop's customers, of what the rule asks. */
  figures: Figures;
};

const Context = createContext<Building | null>(null);
export const BuildingProvider = Context.Provider;

/** What every part of the builder shares. */
export function useBuilding(): Building {
  const building = useContext(Context);
  if (building === null) throw new Error("A part of the builder stands outside of it.");
  return building;
}

const same = (a: Path, b: Path) => a.length === b.length && a.every((step, index) => step === b[index]);

/** What is said about a node itself, in order. */
export function saidAt(all: Placed[], path: Path, fields: readonly string[] = []): string[] {
  return all.filter((one) => same(one.path, path) && !fields.some((field) => isWithin(one.field, field))).map((one) => one.message);
}

const isWithin = (field: string, of: string) => field === of || field.startsWith(`${of}.`);

/** The first problem of a field. */
export function problemOf(all: Placed[], path: Path, field: string): string | undefined {
  return all.find((one) => same(one.path, path) && isWithin(one.field, field))?.message;
}
