/** The part of jstat that this package uses; jstat ships no types. */
declare module "jstat" {
  export const jStat: {
    normal: { inv(p: number, mean: number, std: number): number };
  };
}
