import { describe, expect, it } from "vitest";
import * as idrs from "../src/index";

describe("what is public", () => {
  it("is at most a hundred values, with those that programs outside rely on", () => {
    const names = Object.keys(idrs);
    expect(names.length).toBeLessThanOrEqual(100);
    expect(names).toEqual(
      expect.arrayContaining(
        (
          "smooth constant nearestNeighbor userFunction functionClassifier batchClassifier loadOnnxClassifier loadMnist " +
          "loadCifar10 imageAt certifiedRadius worstCaseProbability noncentralChiSquared roundedGaussian readRecord ABSTAIN"
        ).split(" "),
      ),
    );
  });
});
