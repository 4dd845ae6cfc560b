"""Figure 1 of arXiv 2204.10140, and a lasso around one side of the cloud, without a server or a screen."""

import murmuration as mm

table = mm.read("assets/cremona-10000.parquet")
traces = mm.trace(table, primes=1000)
means = mm.average(table, traces, by="rank", conductor=(7500, 10000))
print(means.slice(499, 1).to_pylist())  # rank 0 at n = 500, p = 3571

cloud = mm.cloud(mm.project(table, traces, "pc1,pc2,pc3", conductor=(7500, 10000)), classes="rank")
left_half = [(-1, -1), (0, -1), (0, 1), (-1, 1)]
rows = cloud.lasso(cloud.model, left_half)  # seen from straight ahead, without perspective
print(
    len(rows), "classes with pc1 left of the middle; their ranks:", table.take(rows)["rank"].value_counts().to_pylist()
)
