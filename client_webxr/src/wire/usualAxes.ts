// Projections that are one click away, in the page and on the headset's panel: sums that theory gives, components,
// discriminants of the class column, shapes, a plane, traces at the first primes.

export const USUAL_AXES = [
  "mn,m2,pc1",
  "pc1,pc2,pc3",
  "ld1,ld2,pc1",
  "shape1,shape2,mn",
  "mn,m2",
  "pc1,pc2,logN",
  "a2,a3,a5",
] as const;
