import { describe, expect, it } from "vitest";
import { CATALOG, doc, step } from "../testing";
import { parentRefusal, refusal } from "./rules";

const drawn = doc(
  [step("start", "start"), step("a"), step("b"), step("r", "route"), step("box", "lanes"), step("in1", "write", { parent: "box" }), step("in2", "write", { parent: "box" })],
  "start > a > b > r.yes > box",
);
const why = (source: string, target: string, source_handle = "out") => refusal(drawn, CATALOG, { source, source_handle, target });

describe("a connection", () => {
  it("may be drawn between two steps that do not know each other", () => expect(why("start", "r")).toBeNull());
  it("may be drawn between two steps in the same container", () => expect(why("in1", "in2")).toBeNull());
  it("does not lead to itself", () => expect(why("a", "a")).toMatch(/itself/));
  it("does not lead into the start", () => expect(why("a", "start")).toMatch(/comes first/));
  it("does not close a circle", () => expect(why("b", "a")).toMatch(/wait for each other/));
  it("is not drawn twice", () => expect(why("a", "b")).toMatch(/already/));
  it("does not cross a container's wall", () => {
    expect(why("a", "in1")).toMatch(/wall of box/);
    expect(why("in1", "b")).toMatch(/wall of box/);
  });
  it("leaves by a way that is there", () => {
    expect(why("r", "b", "no")).toMatch(/no way out called “no”/);
    expect(why("r", "in1", "yes")).toMatch(/wall/);
  });
});

describe("a container", () => {
  it("takes ordinary steps", () => expect(parentRefusal(drawn, CATALOG, "a", "box")).toBeNull());
  it("takes neither the start nor another container", () => {
    expect(parentRefusal(drawn, CATALOG, "start", "box")).toMatch(/comes first/);
    expect(parentRefusal(drawn, CATALOG, "box", "box")).toMatch(/container/);
    expect(parentRefusal(drawn, CATALOG, "a", "b")).toMatch(/cannot hold/);
  });
});
