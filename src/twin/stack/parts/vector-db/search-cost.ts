/** What the cost of one nearest-neighbour search depends on. */
export interface SearchShape {
  readonly index: "hnsw" | "ivf" | "flat";
  /** Vectors in the index. */
  readonly vectors: number;
  readonly topK: number;
  /** hnsw: the candidate list; ivf: lists probed. */
  readonly ef: number;
  /** Share of the vectors that pass the query's filter; 1: no filter. */
  readonly filter: number;
}

/**
 * Vectors compared by one search, to scale a measured time with; the ratio of two is what counts.
 *
 * hnsw: the candidate list times the logarithm of the index: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
 * Hierarchical Navigable Small World graphs", arXiv 1603.09320, section 4.2.1 (search scales with log N at a given recall), and `ef` as the
 * length of the list that the base layer works off. A filter makes the walk longer: it goes on until the list holds enough that pass, so about
 * 1 / share as many are visited; engines scan what passes instead once that is less (Elasticsearch's and Lucene's documentation of filtered
 * kNN search; Qdrant's planner likewise).
 *
 * ivf: nlist = 4 sqrt(N) coarse centroids (FAISS wiki, "Guidelines to choose an index"), then `ef` lists of N / nlist.
 *
 * flat: everything, but no more than passes the filter.
 */
export function comparisons(shape: SearchShape): number {
  return COSTS[shape.index](shape);
}

/** Neighbours compared an entry of the candidate list and layer; an estimate, which only weighs a walk against a scan. */
const NEIGHBOURS = 2;

const COSTS: Readonly<Record<SearchShape["index"], (shape: SearchShape) => number>> = {
  hnsw: ({ vectors, topK, ef, filter }) => {
    const walk = (NEIGHBOURS * Math.max(ef, topK) * Math.log(Math.max(Math.E, vectors))) / filter;
    return Math.min(walk, Math.max(1, vectors * filter));
  },
  ivf: ({ vectors, ef }) => {
    const lists = Math.max(1, 4 * Math.sqrt(vectors));
    return lists + Math.min(ef, lists) * (vectors / lists);
  },
  flat: ({ vectors, filter }) => Math.max(1, vectors * filter),
};
